/*
 * The service's whole tree.
 */
#ifndef HOLDFAST_TREE_H
#define HOLDFAST_TREE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

struct record;

struct tree_member {
	pid_t pid;
	uint64_t start;
	pid_t group;
};

struct tree {
	struct tree_member *members;
	size_t count, room;
};

/* t, which is all zeros at first, keeps its memory from call to call. */
void tree_free(struct tree *t);

/* Is the process with this pid and start time (0: any) a member? */
bool tree_has(const struct tree *t, pid_t pid, uint64_t start);

/* Add one that is not.  0, or -1 with errno. */
int tree_add(struct tree *t, const struct tree_member *member);

/* All descendants of process root, without root itself.  0, or -1 errno. */
int tree_descendants(pid_t root, struct tree *t);

/*
 * The members of a service whose keeper is gone, as its record has it: the main
 * process if it is alive, its descendants, its session's processes (only while
 * the main one is alive: the number may be another's later), and whoever has
 * its INVOCATION_ID in the environment; without a keeper also whoever has
 * inherited the lock of pidfile.  0, or -1 with errno.
 */
int tree_of_run(const struct record *r, const char *pidfile, struct tree *t);

#endif
