/*
 * Where things are: see paths.h.  What is in the run directory is believed
 * (pids to signal, a definition to run), so nobody else may write there.
 */
#include "config.h"

#include "state/paths.h"

#include <sys/stat.h>

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "message.h"

static const char root_run_dir[] = "/run/holdfast";
static const char root_log_dir[] = "/var/log/holdfast";

static int fail(char *err, size_t size, const char *fmt, ...)
    __attribute__((format(printf, 3, 4)));

static int
fail(char *err, size_t size, const char *fmt, ...)
{
	va_list ap;
	int error = errno;

	va_start(ap, fmt);
	vsnprintf(err, size, fmt, ap);
	va_end(ap);
	errno = error;
	return -1;
}

/* Join into dst; -1 when it does not fit or what is given is relative. */
static int
join(char dst[PATHS_MAX], const char *dir, const char *name, char *err,
    size_t size)
{
	if (dir[0] != '/')
		return fail(err, size,
		    "'%s': expected a directory with its whole path", dir);
	if (snprintf(dst, PATHS_MAX, "%s%s%s", dir,
	    name[0] == '\0' ? "" : "/", name) >= PATHS_MAX)
		return fail(err, size, "'%.40s...': path too long", dir);
	return 0;
}

static const char *
environment(const char *name)
{
	const char *value;

	value = getenv(name);
	return value != NULL && value[0] != '\0' ? value : NULL;
}

static int
find_run_dir(struct paths *p, const char *given, char *err, size_t size)
{
	const char *dir;
	char own[32];

	dir = given != NULL ? given : environment("HOLDFAST_RUN_DIR");
	if (dir != NULL)
		return join(p->root, dir, "", err, size);
	if (geteuid() == 0)
		return join(p->root, root_run_dir, "", err, size);
	dir = environment("XDG_RUNTIME_DIR");
	if (dir != NULL && dir[0] == '/')
		return join(p->root, dir, "holdfast", err, size);
	snprintf(own, sizeof(own), "holdfast-%u", (unsigned)geteuid());
	return join(p->root, "/tmp", own, err, size);
}

static int
find_log_dir(struct paths *p, const char *given, char *err, size_t size)
{
	const char *dir;

	dir = given != NULL ? given : environment("HOLDFAST_LOG_DIR");
	if (dir != NULL)
		return join(p->log_dir, dir, "", err, size);
	if (geteuid() == 0)
		return join(p->log_dir, root_log_dir, "", err, size);
	dir = environment("XDG_STATE_HOME");
	if (dir != NULL && dir[0] == '/')
		return join(p->log_dir, dir, "holdfast", err, size);
	dir = environment("HOME");
	if (dir != NULL && dir[0] == '/')
		return join(p->log_dir, dir, ".local/state/holdfast", err,
		    size);
	return join(p->log_dir, p->root, "", err, size);
}

int
paths_init(struct paths *p, const char *run_dir, const char *log_dir,
    const char *definition_dir, char *err, size_t size)
{
	p->dir[0] = '\0';
	p->file = NULL;
	p->definition_dirs = definition_dir != NULL ? definition_dir :
	    environment("HOLDFAST_DEFINITION_DIR");
	if (p->definition_dirs != NULL && p->definition_dirs[0] != '/')
		return fail(err, size,
		    "'%s': expected a directory with its whole path",
		    p->definition_dirs);
	if (find_run_dir(p, run_dir, err, size) == -1)
		return -1;
	return find_log_dir(p, log_dir, err, size);
}

static void
add_dir(struct strings *list, const char *dir, const char *below)
{
	char path[PATHS_MAX];

	if (dir != NULL && dir[0] == '/' && snprintf(path, sizeof(path),
	    "%s%s", dir, below) < PATHS_MAX)
		strings_add(list, path);
}

void
paths_definition_dirs(const struct paths *p, struct strings *ret)
{
	static const char *const of_system[] = { "/etc/holdfast",
		"/etc/systemd/system", "/run/systemd/system",
		"/usr/local/lib/systemd/system", "/usr/lib/systemd/system",
		"/lib/systemd/system" };
	static const char *const of_users[] = { "/etc/systemd/user",
		"/usr/lib/systemd/user" };
	const char *config = environment("XDG_CONFIG_HOME"), *dirs;
	const char *home = environment("HOME");
	char dir[PATHS_MAX];
	size_t length;

	*ret = (struct strings){ 0 };
	for (dirs = p->definition_dirs; dirs != NULL && *dirs != '\0';
	    dirs += length + (dirs[length] != '\0')) {
		length = strcspn(dirs, ":");
		snprintf(dir, sizeof(dir), "%.*s", (int)length, dirs);
		add_dir(ret, dir, "");
	}
	if (p->definition_dirs != NULL)
		return;
	if (geteuid() == 0) {
		for (size_t i = 0; i < sizeof(of_system) / sizeof(of_system[0]);
		    i++)
			add_dir(ret, of_system[i], "");
		return;
	}
	add_dir(ret, config != NULL ? config : home,
	    config != NULL ? "/holdfast" : "/.config/holdfast");
	add_dir(ret, config != NULL ? config : home,
	    config != NULL ? "/systemd/user" : "/.config/systemd/user");
	for (size_t i = 0; i < sizeof(of_users) / sizeof(of_users[0]); i++)
		add_dir(ret, of_users[i], "");
}

/* dir/file, with suffix; not by printf, because of `status` of a thousand. */
static int
put(char dst[PATHS_MAX], const char *dir, const char *file, const char *suffix)
{
	const size_t a = strlen(dir), b = strlen(file), c = strlen(suffix);

	if (a + b + c + 2 > PATHS_MAX) {
		errno = ENAMETOOLONG;
		return -1;
	}
	memcpy(dst, dir, a);
	dst[a] = '/';
	memcpy(dst + a + 1, file, b);
	memcpy(dst + a + 1 + b, suffix, c + 1);
	return 0;
}

int
paths_for(struct paths *p, const char *name)
{
	if (put(p->dir, p->root, name, "") == -1 ||
	    put(p->pid, p->dir, "pid", "") == -1 ||
	    put(p->record, p->dir, "record", "") == -1 ||
	    put(p->definition, p->dir, "service", "") == -1 ||
	    put(p->events, p->dir, "events", "") == -1 ||
	    put(p->output, p->dir, "output", "") == -1)
		return -1;
	return put(p->log, p->log_dir, name, ".log");
}

/* 0; 1 when there is nothing; or -1 with err and errno. */
static int
check_directory(const char *dir, char *err, size_t size)
{
	struct stat st;

	if (lstat(dir, &st) == -1) {
		if (errno == ENOENT)
			return 1;
		return fail(err, size, "cannot look at %s: %s", dir,
		    message_strerror(errno));
	}
	/* What is there is wrong: that is no lack of permission. */
	errno = ENOTSUP;
	if (S_ISLNK(st.st_mode))
		return fail(err, size,
		    "will not use %s: it is a symbolic link", dir);
	if (!S_ISDIR(st.st_mode))
		return fail(err, size,
		    "will not use %s: it is not a directory", dir);
	if (st.st_uid != geteuid() && st.st_uid != 0)
		return fail(err, size,
		    "will not use %s: it belongs to user %u, not to you", dir,
		    (unsigned)st.st_uid);
	if ((st.st_mode & (S_IWGRP | S_IWOTH)) != 0)
		return fail(err, size,
		    "will not use %s: others can write to it (mode %04o)", dir,
		    (unsigned)(st.st_mode & 07777));
	return 0;
}

int
paths_check(const struct paths *p, char *err, size_t size)
{
	return check_directory(p->root, err, size);
}

static int
make_directory(const char *dir, mode_t mode, char *err, size_t size)
{
	mode_t mask;
	int result, error;

	result = check_directory(dir, err, size);
	if (result != 1)
		return result;
	mask = umask(0);
	result = mkdir(dir, mode);
	error = errno;
	umask(mask);
	if (result == -1 && error != EEXIST) {
		errno = error;
		return fail(err, size, "cannot make directory %s: %s", dir,
		    message_strerror(error));
	}
	return check_directory(dir, err, size);
}

int
paths_make_root(const struct paths *p, char *err, size_t size)
{
	return make_directory(p->root, geteuid() == 0 ? 0755 : 0700, err,
	    size) == 0 ? 0 : -1;
}

int
paths_make(const struct paths *p, char *err, size_t size)
{
	if (paths_make_root(p, err, size) == -1)
		return -1;
	return make_directory(p->dir, 0755, err, size) == 0 ? 0 : -1;
}

static int
fail_to_make(const char *dir, int error, char *err, size_t size)
{
	fail(err, size, "cannot make directory %s: %s", dir, message_strerror(error));
	errno = error;
	return -1;
}

int
paths_make_log_dir(const struct paths *p, char *err, size_t size)
{
	char dir[PATHS_MAX], *slash;
	int error;

	/* From the end: as a rule it is there. */
	snprintf(dir, sizeof(dir), "%s", p->log_dir);
	if (mkdir(dir, 0755) == 0 || errno == EEXIST)
		return 0;
	for (slash = strchr(dir + 1, '/'); slash != NULL;
	    slash = strchr(slash + 1, '/')) {
		*slash = '\0';
		if (mkdir(dir, 0755) == -1 && errno != EEXIST) {
			error = errno;
			if (access(dir, F_OK) == -1)
				return fail_to_make(dir, error, err, size);
		}
		*slash = '/';
	}
	if (mkdir(dir, 0755) == -1 && errno != EEXIST)
		return fail_to_make(dir, errno, err, size);
	return 0;
}
