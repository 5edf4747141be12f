/*
 * What the quick program leaves to the whole one.
 *
 * Most of a short command's time is the loading of its libraries.  So holdfast
 * is linked statically, without what only some commands need: libsmartcols (for
 * tables and JSON), and the lookup of names of users, which may load modules.
 * A command that needs one is simply begun anew, by holdfast-whole, which has
 * everything.  That must be before anything was done or said: a table is made
 * before its first row, and preparing_foresee() looks at the definitions of all
 * services that a command names before it acts on the first.
 */
#include "config.h"

#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "command/command.h"
#include "command/table.h"
#include "message.h"
#include "process/lookup.h"

static const char name[] = "holdfast-whole";

/* Beside this program as long as it is not installed; else in its place. */
static void __attribute__((noreturn))
begin_anew(void)
{
	char path[PATH_MAX + sizeof(name)], *slash;
	ssize_t n;

	(void)message_flush();
	n = readlink("/proc/self/exe", path, PATH_MAX - 1);
	path[n > 0 ? n : 0] = '\0';
	slash = strrchr(path, '/');
	if (slash != NULL) {
		memcpy(slash + 1, name, sizeof(name));
		execv(path, command_argv);
	}
	snprintf(path, sizeof(path), "%s/%s", PKGLIBEXECDIR, name);
	execv(path, command_argv);
	message_die("cannot execute %s: %s", path, message_strerror(errno));
}

void
lookup_prepare(void)
{
	begin_anew();
}

/* Something was done since nobody foresaw this: it is too late to begin anew. */
int
lookup_credentials(const char *user, const char *group,
    enum lookup_digits digits, struct credentials *c, char *err, size_t size)
{
	(void)digits;
	(void)c;
	snprintf(err, size, "cannot look up %s '%s': the definition was "
	    "changed meanwhile", user != NULL ? "user" : "group",
	    user != NULL ? user : group != NULL ? group : "");
	return -1;
}

/* After the one above. */
int
lookup_further_groups(char *const *further, size_t count,
    struct credentials *c, char *err, size_t size)
{
	(void)further;
	(void)count;
	return lookup_credentials(NULL, NULL, LOOKUP_NAME, c, err, size);
}

/* Who has a user to look up is the whole program by then. */
int
lookup_groups(struct credentials *c)
{
	(void)c;
	errno = ENOSYS;
	return -1;
}

struct table *
table_new(const char *json_name, bool json, const struct table_column *columns,
    size_t count)
{
	(void)json_name;
	(void)json;
	(void)columns;
	(void)count;
	begin_anew();
}

/* Without a table nobody gets here. */
void
table_no_headings(struct table *t)
{
	(void)t;
	abort();
}

int
table_add(struct table *t, const char *const *values)
{
	(void)t;
	(void)values;
	abort();
}

int
table_print(struct table *t)
{
	(void)t;
	abort();
}

void
table_free(struct table *t)
{
	(void)t;
}
