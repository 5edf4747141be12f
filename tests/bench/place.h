/*
 * Where a run of the benchmark has its things, and the end of them all.
 */
#ifndef HOLDFAST_PLACE_H
#define HOLDFAST_PLACE_H

#include <limits.h>

/* Where this run has its things; all of it is removed at the end. */
struct place {
	char state[PATH_MAX];	/* in memory, as /run is: pidfiles, records */
	char work[PATH_MAX];	/* programs, logs, service directories */
	char beacon[PATH_MAX];	/* a copy in work: who runs it is ours */
	char holdfast[PATH_MAX];
};

extern struct place place;

/*
 * Make it, and find holdfast and the beacon, near program (the benchmark's
 * own name) unless the environment says where.
 */
void place_begin(const char *program);
/* SIGKILL the beacons and keepers of this run; remove the place. */
void place_end(void);

/* Make to, which must not be there, a copy of the program at from. */
void copy_program(const char *from, const char *to);

/* rm -r */
void remove_tree(const char *path);

#endif
