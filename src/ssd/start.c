/*
 * --start: unless it runs already, in our place or in the background.
 */
#include "config.h"

#include <errno.h>
#include <limits.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "message.h"
#include "process/process.h"
#include "process/program.h"
#include "ssd/notify.h"
#include "ssd/private.h"
#include "state/paths.h"
#include "state/pidfile.h"
#include "state/turn.h"
#include "state/watch.h"

#define LOOK_AGAIN_MSEC 10	/* where there are no pidfds */
#define IO_PRIORITY(class, data) ((class) << 13 | (data))

/* For what is told without a context. */
static const struct ssd *the;
static const struct program *the_program;

int
ssd_take_turn(const struct ssd *s)
{
	struct paths p;
	char err[512], here[PATHS_MAX] = "";
	const char *what = s->pidfile != NULL ? s->pidfile : s->startas;
	char key[PATHS_MAX + PATH_MAX];

	if (paths_init(&p, NULL, NULL, NULL, err, sizeof(err)) == -1)
		return -1;
	if (what[0] != '/' && getcwd(here, sizeof(here)) == NULL)
		return -1;
	snprintf(key, sizeof(key), "%s:%s/%s", s->pidfile != NULL ? "pidfile" :
	    "program", here, what);
	return turn_take(&p, key);
}

static void
print_plan(const struct ssd *s)
{
	if (s->quiet)
		return;
	printf("Would start %s ", s->startas);
	for (int i = 0; i < s->argument_count; i++)
		printf("%s ", s->arguments[i]);
	if (s->change_user) {
		printf(" (as user %s[%d]", s->chuid, (int)s->credentials.uid);
		printf(", and group %s[%d])", s->group_name,
		    (int)s->credentials.gid);
	}
	if (s->root != NULL)
		printf(" in directory %s", s->root);
	if (s->nice != 0)
		printf(", and add %i to the priority", s->nice);
	if (s->policy.name != NULL)
		printf(", with scheduling policy %s with priority %i",
		    s->policy.name, s->policy.priority);
	if (s->io.name != NULL)
		printf(", with IO scheduling class %s with priority %i",
		    s->io.name, s->io.priority);
	printf(".\n");
}

static int
io_priority(const struct ssd *s)
{
	return s->io.name == NULL ? -1 :
	    IO_PRIORITY(s->io.value, s->io.priority);
}

static void
say_warning(const struct program_report *r)
{
	message_error("warning: unable to alter IO priority to mask %i (%s)",
	    io_priority(the), message_strerror(r->error));
}

static void __attribute__((noreturn))
fail_file(const struct ssd *s, int error, const struct program_file *f)
{
	if (f->command != NULL)
		ssd_fail_errno(s, error, "unable to start '%s'", f->command);
	ssd_fail_errno(s, error, "unable to open '%s'",
	    f->path != NULL ? f->path : "/dev/null");
}

static void __attribute__((noreturn))
fail(const struct ssd *s, const struct program_report *r)
{
	switch (r->step) {
	case PROGRAM_PIDFILE:
		ssd_fail_errno(s, r->error,
		    "unable to open pidfile '%s' for writing", s->pidfile);
	case PROGRAM_NULL:
		ssd_fail_errno(s, r->error, "unable to open '%s'",
		    "/dev/null");
	case PROGRAM_INPUT:
		ssd_fail_errno(s, r->error, "unable to open '%s'",
		    the_program->input.path);
	case PROGRAM_OUTPUT:
		fail_file(s, r->error, &the_program->output);
	case PROGRAM_ERROR:
		fail_file(s, r->error, &the_program->error);
	case PROGRAM_NICE:
		ssd_fail_errno(s, r->error,
		    "unable to alter nice level by %i", s->nice);
	case PROGRAM_SCHEDULING:
		ssd_fail_errno(s, r->error, "unable to set process scheduler");
	case PROGRAM_OOM_SCORE:
		ssd_fail_errno(s, r->error, "unable to set OOM score to %d",
		    s->extras.oom_score);
	case PROGRAM_CHDIR_ROOT:
		ssd_fail_errno(s, r->error, "unable to chdir() to %s",
		    s->root);
	case PROGRAM_CHROOT:
		ssd_fail_errno(s, r->error, "unable to chroot() to %s",
		    s->root);
	case PROGRAM_CHDIR:
		ssd_fail_errno(s, r->error, "unable to chdir() to %s",
		    s->directory);
	case PROGRAM_GROUP:
		ssd_fail_errno(s, r->error, "unable to set gid to %d",
		    (int)s->credentials.gid);
	case PROGRAM_GROUPS:
		ssd_fail_errno(s, r->error,
		    "unable to set initgroups() with gid %d",
		    (int)s->credentials.gid);
	case PROGRAM_USER:
		ssd_fail_errno(s, r->error, "unable to set uid to %s",
		    s->chuid);
	case PROGRAM_CAPABILITIES:
		ssd_fail_errno(s, r->error, "unable to set capabilities");
	case PROGRAM_SECURE_BITS:
		ssd_fail_errno(s, r->error, "unable to set secbits to %#x",
		    s->extras.secure_bits);
	case PROGRAM_NO_NEW_PRIVILEGES:
		ssd_fail_errno(s, r->error, "unable to set no-new-privs");
	case PROGRAM_DESCRIPTORS:
		ssd_fail_errno(s, r->error,
		    "unable to set up descriptors 0 to 2");
	case PROGRAM_BEGUN:
		ssd_fail(s, "%s ended before it could be executed",
		    s->startas);
	case PROGRAM_IO_SCHEDULING:
	case PROGRAM_EXEC:
		break;
	}
	ssd_fail_errno(s, r->error, "unable to start %s", s->startas);
}

/* The pidfile of a daemon that did not come to be, if it is still that. */
static void
take_pidfile_back(const struct ssd *s, pid_t pid)
{
	struct stat st;
	pid_t there;

	if (s->make_pidfile &&
	    pidfile_get(s->pidfile, &there, &st) == PIDFILE_PID &&
	    there == pid)
		(void)unlink(s->pidfile);
}

/* Until its exec is done, or cannot be: then that is the end. */
static void
wait_for_exec(const struct ssd *s, const struct child *c, struct notify *n)
{
	struct pollfd channel = { c->channel, POLLIN, 0 };
	struct program_report r;
	bool has_begun = false;

	for (;;) {
		switch (program_read(c, &r)) {
		case PROGRAM_END:
			if (has_begun)
				return;
			r = (struct program_report){ .step = PROGRAM_BEGUN };
			take_pidfile_back(s, c->pid);
			notify_close(n);
			fail(s, &r);
		case PROGRAM_QUIET:
			(void)poll(&channel, 1, -1);
			break;
		case PROGRAM_REPORT:
			if (r.fatal) {
				take_pidfile_back(s, c->pid);
				notify_close(n);
				fail(s, &r);
			}
			if (r.step == PROGRAM_BEGUN)
				has_begun = true;
			else
				say_warning(&r);
			break;
		}
	}
}

void
ssd_launch(const struct ssd *s, struct program *p, bool ours,
    struct child *ret, struct notify *n)
{
	the = s;
	the_program = p;
	p->environment = environ;
	if (program_start(p, ours, ret) == -1) {
		notify_close(n);
		ssd_fail_errno(s, errno, "unable to do first fork");
	}
	notify_begun(n);
	wait_for_exec(s, ret, n);
}

void
ssd_become(const struct ssd *s, struct program *p)
{
	struct program_report report;

	the = s;
	the_program = p;
	program_execute(p, say_warning, &report);
	fail(s, &report);
}

/* Until the time of --wait is over.  Does it live? */
bool
ssd_outlives_wait(const struct ssd *s, const struct child *c)
{
	struct pollfd polled = { process_open(c->pid, 0), POLLIN, 0 };
	const int64_t until = watch_now() + s->extras.wait_usec;
	int64_t left;

	while ((left = until - watch_now()) > 0 && polled.revents == 0 &&
	    process_is_alive(c->pid, 0, NULL))
		(void)poll(&polled, polled.fd != -1, polled.fd != -1 ?
		    (int)((left + 999) / 1000) : LOOK_AGAIN_MSEC);
	if (polled.fd != -1)
		close(polled.fd);
	return process_is_alive(c->pid, 0, NULL);
}

static int
start_in_background(const struct ssd *s, struct program *p, int turn)
{
	struct notify n = NOTIFY_NONE;
	struct child child;

	ssd_say_more(s, "Detaching to start %s...", s->startas);
	notify_open(s, &n, p);
	ssd_launch(s, p, false, &child, &n);
	ssd_say_more(s, "Detaching complete...");
	/* From now on it is seen. */
	if (turn != -1)
		close(turn);
	if (n.kind != NOTIFY_BY_NOTHING) {
		if (notify_wait(s, &n, &child) == -1)
			take_pidfile_back(s, child.pid);
		notify_close(&n);
		return n.status;
	}
	if (s->extras.wait_usec == 0 || ssd_outlives_wait(s, &child))
		return SSD_DONE;
	take_pidfile_back(s, child.pid);
	ssd_fail(s, "%s died", s->startas);
}

void
ssd_fill_program(const struct ssd *s, struct program *p)
{
	/* Before the operands there always is a place: the command's own name. */
	char **arguments = s->arguments - 1;
	const struct program_file nothing = { .is_null = s->background &&
	    !s->no_close };

	arguments[0] = (char *)(uintptr_t)(s->called != NULL ? s->called :
	    s->startas);
	*p = (struct program){
		.path = s->startas,
		.arguments = arguments,
		.environment = environ,
		.pidfile = s->make_pidfile ? s->pidfile : NULL,
		.pidfile_is_ours = true,
		.umask_is_set = s->umask_is_set,
		.umask = s->umask,
		.nice = s->nice,
		.scheduling_is_set = s->policy.name != NULL,
		.policy = s->policy.value,
		.priority = s->policy.priority,
		.io_priority = io_priority(s),
		.root = s->root,
		.directory = s->directory,
		.change_group = s->change_group,
		.change_user = s->change_user,
		.change_groups = s->change_groups,
		/* The program itself is another one's, which is not changed. */
		.credentials = (struct credentials *)(uintptr_t)&s->credentials,
		.input = nothing,
		.output = nothing,
		.error = nothing,
		.output_mode = 0664,
		.close_files = s->background && !s->no_close,
		.given = -1,
		.given_as = -1,
	};
	p->output.path = p->error.path = s->output;
	ssd_fill_extras(s, p);
}

int
ssd_start(struct ssd *s)
{
	struct ssd_found found = { 0 };
	struct program p;
	int turn = -1;

	if (!s->test)
		turn = ssd_take_turn(s);
	(void)ssd_find(s, &found);
	if (found.count > 0) {
		ssd_say(s, "%s already running.", s->exec != NULL ? s->exec :
		    "process");
		return s->oknodo ? SSD_DONE : SSD_NOTHING;
	}
	if (s->test) {
		print_plan(s);
		return SSD_DONE;
	}
	ssd_say_more(s, "Starting %s...", s->startas);
	if (s->supervise)
		return supervise_start(s);
	ssd_fill_program(s, &p);
	if (s->background)
		return start_in_background(s, &p, turn);
	ssd_become(s, &p);
}
