/*
 * Names to ids, by the system's databases: see lookup.h.  In a file of its own,
 * because it may load modules: the quick program is linked without it.
 */
#include "config.h"

#include "process/lookup.h"

#include <errno.h>
#include <grp.h>
#include <pwd.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "message.h"

void
lookup_prepare(void)
{
}

/* A number as text, or false. (uid_t)-1 means "no change" to the kernel. */
static bool
parse_id(const char *text, uint32_t *ret)
{
	char *end;
	unsigned long value;

	if (text[0] < '0' || text[0] > '9')
		return false;
	errno = 0;
	value = strtoul(text, &end, 10);
	if (errno != 0 || *end != '\0' || value >= UINT32_MAX)
		return false;
	*ret = (uint32_t)value;
	return true;
}

static int
resolve_user(const char *user, enum lookup_digits digits,
    struct credentials *c, char *err, size_t size)
{
	struct passwd *pw = NULL;
	uint32_t id;
	const bool is_id = digits != LOOKUP_NAME && parse_id(user, &id);

	errno = 0;
	if (digits == LOOKUP_NAME_FIRST || !is_id)
		pw = getpwnam(user);
	if (pw == NULL && is_id)
		pw = getpwuid(id);
	if (pw == NULL) {
		snprintf(err, size, "unknown user '%s'%s%s", user,
		    errno != 0 && errno != ENOENT ? ": " : "",
		    errno != 0 && errno != ENOENT ? message_strerror(errno) : "");
		return -1;
	}
	c->uid = pw->pw_uid;
	c->gid = pw->pw_gid;
	c->name = strdup(pw->pw_name);
	c->home = strdup(pw->pw_dir);
	c->shell = strdup(pw->pw_shell[0] != '\0' ? pw->pw_shell : "/bin/sh");
	if (c->name == NULL || c->home == NULL || c->shell == NULL) {
		snprintf(err, size, "cannot look up user '%s': %s", user,
		    message_strerror(ENOMEM));
		return -1;
	}
	return 0;
}

static int
resolve_group(const char *group, enum lookup_digits digits,
    struct credentials *c, char *err, size_t size)
{
	struct group *gr = NULL;
	uint32_t id;

	const bool is_id = digits != LOOKUP_NAME && parse_id(group, &id);

	if (digits == LOOKUP_NAME_FIRST || !is_id)
		gr = getgrnam(group);
	if (gr != NULL)
		c->gid = gr->gr_gid;
	else if (is_id)
		c->gid = id;
	else {
		snprintf(err, size, "unknown group '%s'", group);
		return -1;
	}
	return 0;
}

/* The groups of a named user; without one just the group. */
static int
resolve_groups(struct credentials *c, char *err, size_t size)
{
	gid_t *groups = NULL, *more;
	int count = 16;

	for (;;) {
		int room = count;

		more = reallocarray(groups, room, sizeof(*groups));
		if (more == NULL)
			break;
		groups = more;
		if (c->name == NULL) {
			groups[0] = c->gid;
			count = 1;
		} else if (getgrouplist(c->name, c->gid, groups, &count) == -1
		    && count > room)
			continue;
		c->groups = groups;
		c->group_count = count;
		return 0;
	}
	free(groups);
	snprintf(err, size, "cannot look up groups: %s", message_strerror(ENOMEM));
	return -1;
}

int
lookup_credentials(const char *user, const char *group,
    enum lookup_digits digits, struct credentials *c, char *err, size_t size)
{
	if ((user != NULL &&
	    resolve_user(user, digits, c, err, size) == -1) ||
	    (group != NULL &&
	    resolve_group(group, digits, c, err, size) == -1) ||
	    resolve_groups(c, err, size) == -1)
		return -1;
	/* An ordinary user may name himself; setgroups(2) would be refused. */
	c->change = geteuid() == 0 || c->uid != geteuid() ||
	    c->gid != getegid();
	return 0;
}

int
lookup_further_groups(char *const *further, size_t count,
    struct credentials *c, char *err, size_t size)
{
	const gid_t own = c->gid;
	gid_t *more;
	int result = 0;

	if (count == 0)
		return 0;
	more = reallocarray(c->groups, c->group_count + count, sizeof(*more));
	if (more == NULL) {
		snprintf(err, size, "cannot look up groups: %s",
		    message_strerror(ENOMEM));
		return -1;
	}
	c->groups = more;
	for (size_t i = 0; i < count && result == 0; i++) {
		result = resolve_group(further[i], LOOKUP_NAME_FIRST, c, err,
		    size);
		c->groups[c->group_count++] = c->gid;
	}
	c->gid = own;
	c->change = true;
	return result;
}

int
lookup_groups(struct credentials *c)
{
	char err[128];
	gid_t *before = c->groups;

	c->groups = NULL;
	if (resolve_groups(c, err, sizeof(err)) == -1) {
		c->groups = before;
		errno = ENOMEM;
		return -1;
	}
	free(before);
	return 0;
}
