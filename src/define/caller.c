/*
 * What a start takes over from its caller: see caller.h.
 */
#include "config.h"

#include "define/caller.h"

#include <sys/stat.h>

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "define/value.h"
#include "message.h"

extern char **environ;

static bool
is_one_of(const char *const *names, const char *name, size_t length)
{
	for (; *names != NULL; names++) {
		if (strlen(*names) == length &&
		    memcmp(*names, name, length) == 0)
			return true;
	}
	return false;
}

static bool
is_taken(const char *assignment, bool for_other_user)
{
	static const char *const of_session[] = { "_", "INVOCATION_ID",
		"LISTEN_FDNAMES", "LISTEN_FDS", "LISTEN_PID", "MAINPID",
		"NOTIFY_SOCKET", "OLDPWD", "PWD", NULL };
	static const char *const of_user[] = { "HOME", "LOGNAME", "SHELL",
		"USER", NULL };
	size_t length = strcspn(assignment, "=");

	/* No valid names: exported functions of bash, BASH_FUNC_f%%. */
	return assignment[length] == '=' &&
	    value_is_variable(assignment, length) &&
	    !is_one_of(of_session, assignment, length) &&
	    strncmp(assignment, "HOLDFAST_", 9) != 0 &&
	    !(for_other_user && is_one_of(of_user, assignment, length));
}

void
caller_environment(struct strings *env, bool for_other_user)
{
	char **item;

	for (item = environ; item != NULL && *item != NULL; item++) {
		if (is_taken(*item, for_other_user))
			strings_set(env, *item);
	}
}

static char *
join(const char *dir, const char *name)
{
	size_t length = strlen(dir);
	char *path;

	if (asprintf(&path, "%s%s%s", dir,
	    length > 0 && dir[length - 1] == '/' ? "" : "/", name) == -1)
		message_die("out of memory");
	return path;
}

char *
caller_absolute(const char *path)
{
	char *cwd, *ret;

	if (path[0] == '/')
		return join("/", path + 1);
	cwd = getcwd(NULL, 0);
	if (cwd == NULL)
		return NULL;
	/* Linux says "(unreachable)/..." for one outside of the root. */
	if (cwd[0] != '/') {
		free(cwd);
		errno = ENOENT;
		return NULL;
	}
	while (path[0] == '.' && path[1] == '/')
		path += 1 + strspn(path + 1, "/");
	ret = strcmp(path, ".") == 0 ? strdup(cwd) : join(cwd, path);
	free(cwd);
	if (ret == NULL)
		message_die("out of memory");
	return ret;
}

static bool
is_file(const char *path)
{
	struct stat st;

	return stat(path, &st) == 0 && S_ISREG(st.st_mode);
}

/* command in one directory of the search path, when there is such a file. */
static char *
look_in(const char *dir, size_t length, const char *command)
{
	char *relative, *path, *copy = strndup(dir, length);

	if (copy == NULL)
		message_die("out of memory");
	relative = join(length == 0 ? "." : copy, command);
	free(copy);
	path = caller_absolute(relative);
	free(relative);
	if (path != NULL && !is_file(path)) {
		free(path);
		path = NULL;
	}
	return path;
}

char *
caller_find_program(const char *command, const char *search_path)
{
	const char *p = search_path == NULL ? CALLER_DEFAULT_PATH :
	    search_path;
	char *path, *second_best = NULL;
	size_t length;

	if (strchr(command, '/') != NULL)
		return caller_absolute(command);
	for (;; p += length + 1) {
		length = strcspn(p, ":");
		path = look_in(p, length, command);
		if (path != NULL && faccessat(AT_FDCWD, path, X_OK,
		    AT_EACCESS) == 0) {
			free(second_best);
			return path;
		}
		if (second_best == NULL)
			second_best = path;
		else
			free(path);
		if (p[length] == '\0')
			break;
	}
	if (second_best == NULL)
		second_best = strdup(command);
	if (second_best == NULL)
		message_die("out of memory");
	return second_best;
}
