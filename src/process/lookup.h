/*
 * Names to ids, by the system's databases.
 */
#ifndef HOLDFAST_LOOKUP_H
#define HOLDFAST_LOOKUP_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

struct credentials {
	bool change;			/* false: stay who we are */
	uid_t uid;
	gid_t gid;
	gid_t *groups;			/* supplementary */
	size_t group_count;
	char *name, *home, *shell;	/* NULL unless a user was named */
};

/*
 * To be called when names will have to be looked up, before anything is done or
 * said: the quick program cannot do it, and is begun anew as one that can.
 */
void lookup_prepare(void);

/* What digits are: a name if there is one like that; or a number; or a name. */
enum lookup_digits { LOOKUP_NAME_FIRST, LOOKUP_NUMBER, LOOKUP_NAME };

/*
 * Look up user and group, of which one may be NULL, into *c, which holds the
 * caller's own ids.  0, or -1 with one line in err; *c is then to be freed, but
 * not to be used.
 */
int lookup_credentials(const char *user, const char *group,
    enum lookup_digits digits, struct credentials *c, char *err, size_t size);

/* Add further groups, names or numbers, to those of *c.  The same. */
int lookup_further_groups(char *const *further, size_t count,
    struct credentials *c, char *err, size_t size);

/*
 * Once more the groups of c's user, by the databases of the root directory that
 * this process has now.  0, or -1 with errno.
 */
int lookup_groups(struct credentials *c);

#endif
