/*
 * Names to ids, and becoming that user for good: see credentials.h.
 */
#include "config.h"

#include "process/credentials.h"

#include <errno.h>
#include <grp.h>
#include <stdlib.h>
#include <unistd.h>

int
credentials_resolve(const char *user, const char *group,
    char *const *further, size_t count, struct credentials *ret, char *err, size_t size)
{
	*ret = (struct credentials){ .uid = geteuid(), .gid = getegid() };
	if (user == NULL && group == NULL && count == 0)
		return 0;
	if (lookup_credentials(user, group, LOOKUP_NAME_FIRST, ret, err,
	    size) == 0 && lookup_further_groups(further, count, ret, err,
	    size) == 0)
		return 0;
	credentials_free(ret);
	return -1;
}

void
credentials_free(struct credentials *c)
{
	free(c->groups);
	free(c->name);
	free(c->home);
	free(c->shell);
	*c = (struct credentials){ 0 };
}

int
credentials_apply(const struct credentials *c)
{
	if (!c->change)
		return 0;
	if (setgroups(c->group_count, c->groups) == -1 ||
	    setresgid(c->gid, c->gid, c->gid) == -1 ||
	    setresuid(c->uid, c->uid, c->uid) == -1)
		return -1;
	if (c->uid != 0 && setuid(0) != -1) {
		errno = EPERM;
		return -1;
	}
	return 0;
}
