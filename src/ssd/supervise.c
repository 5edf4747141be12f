/*
 * --supervise: the program under a keeper.  Its start is one of `holdfast
 * start`, which this puts the command line of together; a stop asks the keeper,
 * since a signal to the program alone would be a reason to restart it.
 */
#include "config.h"

#include <sys/resource.h>

#include <dirent.h>
#include <errno.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "define/options.h"
#include "define/service.h"
#include "define/value.h"
#include "message.h"
#include "process/process.h"
#include "ssd/private.h"
#include "state/paths.h"
#include "state/record.h"

/* What a keeper runs is called so, or something that begins so. */
static const char keepers_name[] = "holdfast";

static void
put(struct strings *line, const char *fmt, ...)
    __attribute__((format(printf, 2, 3)));

static void
put(struct strings *line, const char *fmt, ...)
{
	char *text;
	va_list ap;

	va_start(ap, fmt);
	if (vasprintf(&text, fmt, ap) == -1)
		message_die("out of memory");
	va_end(ap);
	strings_add(line, text);
	free(text);
}

/*
 * The service's name: --name, or what the pidfile is called without ".pid", or
 * the program.
 */
static void
put_name(const struct ssd *s, struct strings *line)
{
	const char *from = s->name != NULL ? s->name : s->pidfile != NULL ?
	    s->pidfile : s->startas, *slash = strrchr(from, '/'), *error;
	char name[256];
	size_t length;

	snprintf(name, sizeof(name), "%s", slash != NULL ? slash + 1 : from);
	length = strlen(name);
	if (s->name == NULL && s->pidfile != NULL && length > 4 &&
	    strcmp(name + length - 4, ".pid") == 0)
		name[length - 4] = '\0';
	error = value_check_name(name);
	if (error != NULL)
		ssd_usage(s, "--supervise: cannot call a service '%s': %s",
		    name, error);
	strings_add(line, name);
}

static void
refuse_combinations(const struct ssd *s)
{
	static const char refused[] =
	    "--supervise cannot be combined with %s";

	if (s->root != NULL)
		ssd_usage(s, refused, "--chroot");
	if (s->policy.name != NULL)
		ssd_usage(s, refused, "--procsched");
	if (s->io.name != NULL)
		ssd_usage(s, refused, "--iosched");
	if (s->no_close)
		ssd_usage(s, refused, "--no-close");
	if (s->notify_await)
		ssd_usage(s, refused, "--notify-await");
	if (ssd_first_extra(s) != NULL)
		ssd_usage(s, refused, ssd_first_extra(s));
}

int
supervise_start(const struct ssd *s)
{
	struct strings line = { 0 };
	int status;

	refuse_combinations(s);
	put(&line, "holdfast");
	put(&line, "start");
	put_name(s, &line);
	if (!s->verbose)
		put(&line, "--quiet");
	if (s->pidfile != NULL && strcmp(s->pidfile, "/dev/null") != 0)
		put(&line, "--pidfile=%s", s->pidfile);
	put(&line, "--chdir=%s", s->directory);
	if (s->chuid != NULL)
		put(&line, "--user=%s", s->chuid);
	if (s->change_group)
		put(&line, "--group=%u", (unsigned)s->credentials.gid);
	if (s->umask_is_set)
		put(&line, "--umask=%04o", (unsigned)s->umask);
	if (s->nice != 0)
		put(&line, "--nice=%d", getpriority(PRIO_PROCESS, 0) +
		    s->nice);
	if (s->output != NULL)
		put(&line, "--output=%s", s->output);
	for (size_t i = 0; i < s->keeper_options.count; i++)
		strings_add(&line, s->keeper_options.items[i]);
	put(&line, "--");
	strings_add(&line, s->startas);
	for (int i = 0; i < s->argument_count; i++)
		strings_add(&line, s->arguments[i]);
	status = s->holdfast((int)line.count, line.items);
	strings_clear(&line);
	return status == EXIT_DONE ? SSD_DONE : status == EXIT_USAGE ?
	    SSD_USAGE : SSD_FAILED;
}

/* Is its parent what a keeper is? */
static bool
may_be_supervised(const struct ssd_match *m)
{
	char link[32], path[PATHS_MAX], *name;
	ssize_t n;

	if (m->start == 0 || m->parent <= 1)
		return false;
	snprintf(link, sizeof(link), "/proc/%d/exe", m->parent);
	n = readlink(link, path, sizeof(path) - 1);
	path[n > 0 ? n : 0] = '\0';
	name = strrchr(path, '/');
	return name != NULL && strncmp(name + 1, keepers_name,
	    sizeof(keepers_name) - 1) == 0;
}

/*
 * Does a living keeper have service name, with m for its main process, or with
 * this pidfile when m is NULL?
 */
static bool
has_keeper(struct paths *p, const char *name, const struct ssd_match *m,
    const char *pidfile, struct ssd_match *ret)
{
	struct record_text text;
	struct record r;

	if (paths_for(p, name) == -1 ||
	    record_read(p->record, &r, &text, NULL) == -1 ||
	    record_is_final(&r))
		return false;
	if (m != NULL ? r.main_pid != m->pid || r.main_start != m->start ||
	    r.keeper_pid != m->parent : strcmp(r.pidfile, pidfile) != 0)
		return false;
	if (!process_is_alive(r.keeper_pid, r.keeper_start, NULL))
		return false;
	*ret = (struct ssd_match){
		.pid = r.keeper_pid,
		.start = r.keeper_start,
		.fd = process_open(r.keeper_pid, r.keeper_start),
		.is_keeper = true,
	};
	return true;
}

static bool
find(const struct ssd_match *m, const char *pidfile, struct ssd_match *ret)
{
	struct dirent *entry;
	struct paths p;
	char err[512];
	bool found = false;
	DIR *root;

	if (paths_init(&p, NULL, NULL, NULL, err, sizeof(err)) == -1 ||
	    paths_check(&p, err, sizeof(err)) != 0)
		return false;
	root = opendir(p.root);
	if (root == NULL)
		return false;
	while (!found && (entry = readdir(root)) != NULL)
		found = value_check_name(entry->d_name) == NULL &&
		    has_keeper(&p, entry->d_name, m, pidfile, ret);
	closedir(root);
	return found;
}

bool
supervise_find(const struct ssd_match *m, struct ssd_match *ret)
{
	return may_be_supervised(m) && find(m, NULL, ret);
}

bool
supervise_find_pidfile(const char *pidfile, struct ssd_match *ret)
{
	return find(NULL, pidfile, ret);
}

bool
supervise_is_stop(int signal)
{
	return signal == SIGTERM || signal == SIGINT || signal == SIGQUIT ||
	    signal == SIGKILL || signal == SIGABRT;
}
