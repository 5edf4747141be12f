/*
 * What the command line names: the program, users and groups.
 */
#include "config.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "message.h"
#include "process/credentials.h"
#include "ssd/private.h"

static const char *
join(const char *directory, const char *name)
{
	char *path;

	if (asprintf(&path, "%s/%s", directory, name) == -1)
		message_die("out of memory");
	return path;
}

/* Where a file that is not there would be, its directory without links. */
static const char *
resolve(const char *path)
{
	const char *slash = strrchr(path, '/');
	char *directory, *real;

	if (slash == NULL)
		return path;
	directory = strndup(path, (size_t)(slash - path) + 1);
	if (directory == NULL)
		message_die("out of memory");
	real = realpath(directory, NULL);
	free(directory);
	if (real == NULL)
		return path;
	return join(strcmp(real, "/") == 0 ? "" : real, slash + 1);
}

char *
ssd_search(const char *root, const char *name)
{
	const char *path = getenv("PATH"), *end;
	char *file;
	struct stat st;

	if (path == NULL)
		path = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:"
		    "/sbin:/bin";
	for (;; path = end + 1) {
		end = strchrnul(path, ':');
		if (asprintf(&file, "%s%.*s/%s", root != NULL ? root : "",
		    (int)(end - path), path, name) == -1)
			message_die("out of memory");
		if (file[0] == '/' && stat(file, &st) == 0 &&
		    S_ISREG(st.st_mode) && access(file, X_OK) == 0)
			return file;
		free(file);
		if (*end == '\0')
			return NULL;
	}
}

/*
 * The program must be there to be started.  To be stopped or asked after it
 * need not: that of a package that was removed still runs.
 */
static void
find_exec(struct ssd *s)
{
	const char *path, *given = s->exec, *found = NULL;
	int error;

	if (s->exec == NULL)
		return;
	/* What is executed is found from there, too: it stays as it is. */
	if (s->exec[0] != '/')
		s->exec = join(s->directory, s->exec);
	path = s->root != NULL ? join(s->root, s->exec) : s->exec;
	s->exec_is_there = stat(path, &s->exec_status) == 0;
	error = errno;
	/* BusyBox's and OpenRC's look there; Debian's only in the directory of
	 * --chdir, where it is not. */
	if (!s->exec_is_there && s->root == NULL && strchr(given, '/') == NULL)
		found = ssd_search(NULL, given);
	if (found != NULL) {
		s->exec_is_there = stat(found, &s->exec_status) == 0;
		s->exec = found;
		if (s->startas == given)
			s->startas = found;
	}
	s->exec_path = s->exec_is_there ? path : resolve(path);
	if (!s->exec_is_there && s->command == SSD_START)
		ssd_fail_errno(s, error, "unable to stat %s", path);
}

bool
ssd_resolve_match(struct ssd *s)
{
	struct credentials c = { 0 };
	unsigned number;
	char err[256];

	if (ssd_is_number(s->user, &number)) {
		s->match_uid = number;
		return true;
	}
	if (lookup_credentials(s->user, NULL, LOOKUP_NAME, &c, err,
	    sizeof(err)) == -1)
		return false;
	s->match_uid = c.uid;
	credentials_free(&c);
	return true;
}

static bool
find_group(const char *name, gid_t *ret)
{
	struct credentials c = { 0 };
	unsigned number;
	char err[256];

	if (ssd_is_number(name, &number)) {
		*ret = number;
		return true;
	}
	if (lookup_credentials(NULL, name, LOOKUP_NAME, &c, err,
	    sizeof(err)) == -1)
		return false;
	*ret = c.gid;
	credentials_free(&c);
	return true;
}

enum ssd_unknown
ssd_resolve_user(struct ssd *s)
{
	char err[256], group[16], user[16];
	unsigned number;
	bool is_number;
	gid_t gid = 0;

	if (s->group != NULL) {
		if (!find_group(s->group, &gid))
			return SSD_UNKNOWN_GROUP;
		s->change_group = true;
		s->group_name = s->group;
		s->credentials.gid = gid;
	}
	if (s->chuid == NULL)
		return SSD_KNOWN;
	snprintf(group, sizeof(group), "%u", (unsigned)gid);
	is_number = ssd_is_number(s->chuid, &number);
	if (is_number)
		snprintf(user, sizeof(user), "%u", number);
	if (lookup_credentials(is_number ? user : s->chuid,
	    s->group != NULL ? group : NULL, LOOKUP_NUMBER, &s->credentials,
	    err, sizeof(err)) == -1)
		return SSD_UNKNOWN_USER;
	s->change_user = s->change_group = s->change_groups = true;
	s->chuid = s->credentials.name;
	if (s->group == NULL)
		s->group_name = "";
	return SSD_KNOWN;
}

void
ssd_resolve(struct ssd *s)
{
	struct stat st;

	find_exec(s);
	if (s->user != NULL && !ssd_resolve_match(s))
		ssd_fail(s, "user '%s' not found", s->user);
	switch (ssd_resolve_user(s)) {
	case SSD_UNKNOWN_GROUP:
		ssd_fail(s, "group '%s' not found", s->group);
	case SSD_UNKNOWN_USER:
		ssd_fail(s, "user '%s' not found", s->chuid);
	case SSD_KNOWN:
		break;
	}
	if (s->change_user && stat(s->credentials.home, &st) == 0)
		setenv("HOME", s->credentials.home, 1);
	if (s->extras.interpreted && s->exec != NULL && s->pidfile == NULL)
		s->begins = ssd_find_interpreter(s->exec, s->exec_path, NULL);
}
