/*
 * A program that is started and let go: see program.h.
 */
#include "config.h"

#include "process/program.h"

#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/syscall.h>

#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <sched.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "process/credentials.h"
#include "state/pidfile.h"

#define STATUS_FAILED 2

/* Newer than the headers of the oldest systems that build this. */
#ifndef SYS_close_range
#define SYS_close_range 436
#endif
#ifndef CLOSE_RANGE_CLOEXEC
#define CLOSE_RANGE_CLOEXEC (1U << 2)
#endif
/* linux/ioprio.h */
#define IOPRIO_WHO_PROCESS 1

/* Where a step that failed is told. */
typedef void teller(void *context, const struct program_report *r);

struct run {
	const struct program *p;
	teller *tell;
	void *context;
	bool background;
};

static void
tell(const struct run *r, enum program_step step, int error)
{
	struct program_report report;

	memset(&report, 0, sizeof(report));
	report.step = step;
	report.error = error;
	report.fatal = step != PROGRAM_BEGUN && step != PROGRAM_IO_SCHEDULING;
	r->tell(r->context, &report);
}

/* -1, told: a step failed. */
static int
fail(const struct run *r, enum program_step step)
{
	tell(r, step, errno);
	return -1;
}

static int
write_pidfile(const struct run *r)
{
	mode_t mask = 0;
	int result;

	if (r->p->pidfile == NULL)
		return 0;
	if (r->background)
		mask = umask(022);
	result = pidfile_put(r->p->pidfile, getpid());
	if (r->background)
		umask(mask);
	return result == 0 ? 0 : fail(r, PROGRAM_PIDFILE);
}

/* *ret_null and *ret_output are -1 for what stays as it is. */
static int
open_files(const struct run *r, int *ret_null, int *ret_output)
{
	const struct program *p = r->p;

	*ret_null = *ret_output = -1;
	if (p->close_files) {
		*ret_null = open("/dev/null", O_RDONLY | O_CLOEXEC);
		if (*ret_null == -1)
			return fail(r, PROGRAM_NULL);
	}
	if (p->output == NULL && !p->close_files)
		return 0;
	*ret_output = open(p->output != NULL ? p->output : "/dev/null",
	    O_CREAT | O_WRONLY | O_APPEND | O_CLOEXEC, 0664);
	return *ret_output == -1 ? fail(r, PROGRAM_OUTPUT) : 0;
}

static int
set_priorities(const struct run *r)
{
	const struct program *p = r->p;
	struct sched_param param = { .sched_priority = p->priority };

	errno = 0;
	if (p->nice != 0 && nice(p->nice) == -1 && errno != 0)
		return fail(r, PROGRAM_NICE);
	/* By the system call: musl does not have it. */
	if (p->scheduling_is_set &&
	    syscall(SYS_sched_setscheduler, 0, p->policy, &param) == -1)
		return fail(r, PROGRAM_SCHEDULING);
	if (p->io_priority != -1 && syscall(SYS_ioprio_set,
	    IOPRIO_WHO_PROCESS, 0, p->io_priority) == -1)
		tell(r, PROGRAM_IO_SCHEDULING, errno);
	return 0;
}

static int
change_place(const struct run *r)
{
	const struct program *p = r->p;

	if (p->root != NULL) {
		if (chdir(p->root) == -1)
			return fail(r, PROGRAM_CHDIR_ROOT);
		if (chroot(p->root) == -1)
			return fail(r, PROGRAM_CHROOT);
	}
	return chdir(p->directory) == 0 ? 0 : fail(r, PROGRAM_CHDIR);
}

/*
 * Only what differs is changed, so that an ordinary user may name himself; and
 * a group alone leaves the supplementary ones as they are.
 */
static int
change_credentials(const struct run *r)
{
	const struct program *p = r->p;
	struct credentials *c = p->credentials;
	bool other_group, other_user;

	if (!p->change_group && !p->change_user)
		return 0;
	other_group = getgid() != c->gid;
	other_user = p->change_user && getuid() != c->uid;
	if (other_group && setgid(c->gid) == -1)
		return fail(r, PROGRAM_GROUP);
	/* The groups that the new root's files have for the user. */
	if (p->change_user && (other_group || other_user) &&
	    ((p->root != NULL && lookup_groups(c) == -1) ||
	    setgroups(c->group_count, c->groups) == -1))
		return fail(r, PROGRAM_GROUPS);
	if (other_user && setuid(c->uid) == -1)
		return fail(r, PROGRAM_USER);
	return 0;
}

/* Of those from 3 on, without the call that does it at once. */
static void
close_on_exec_each(void)
{
	struct rlimit limit;
	int flags;

	if (getrlimit(RLIMIT_NOFILE, &limit) == -1 ||
	    limit.rlim_cur > 1024 * 1024)
		limit.rlim_cur = 1024 * 1024;
	for (int fd = STDERR_FILENO + 1; fd < (int)limit.rlim_cur; fd++) {
		flags = fcntl(fd, F_GETFD);
		if (flags != -1)
			(void)fcntl(fd, F_SETFD, flags | FD_CLOEXEC);
	}
}

static int
set_descriptors(const struct run *r, int null, int output)
{
	if (output != -1 && (dup2(output, STDOUT_FILENO) == -1 ||
	    dup2(output, STDERR_FILENO) == -1))
		return fail(r, PROGRAM_DESCRIPTORS);
	if (null == -1)
		return 0;
	if (dup2(null, STDIN_FILENO) == -1)
		return fail(r, PROGRAM_DESCRIPTORS);
	/* Not closed yet: the exec that fails is still to be told. */
	if (syscall(SYS_close_range, STDERR_FILENO + 1, ~0U,
	    CLOSE_RANGE_CLOEXEC) == -1)
		close_on_exec_each();
	return 0;
}

static void
run(const struct run *r)
{
	const struct program *p = r->p;
	int null, output;

	if (p->umask_is_set)
		umask(p->umask);
	if (write_pidfile(r) == -1 || open_files(r, &null, &output) == -1 ||
	    set_priorities(r) == -1 || change_place(r) == -1 ||
	    change_credentials(r) == -1 ||
	    set_descriptors(r, null, output) == -1)
		return;
	/* That it ends says nothing: who is killed does not say so. */
	if (r->background)
		tell(r, PROGRAM_BEGUN, 0);
	execve(p->path, p->arguments, p->environment);
	(void)fail(r, PROGRAM_EXEC);
}

struct here {
	void (*say)(const struct program_report *r);
	struct program_report *last;
};

static void
tell_here(void *context, const struct program_report *r)
{
	struct here *here = context;

	if (r->fatal)
		*here->last = *r;
	else
		here->say(r);
}

void
program_execute(const struct program *p,
    void (*say)(const struct program_report *r), struct program_report *ret)
{
	struct here here = { say, ret };
	const struct run r = {
		.p = p,
		.tell = tell_here,
		.context = &here,
	};

	run(&r);
}

static void
tell_channel(void *context, const struct program_report *r)
{
	(void)!write(*(int *)context, r, sizeof(*r));
}

static void __attribute__((noreturn))
run_in_background(void *context, pid_t session, int channel)
{
	const struct run r = {
		.p = context,
		.tell = tell_channel,
		.context = &channel,
		.background = true,
	};

	(void)session;
	run(&r);
	_exit(STATUS_FAILED);
}

int
program_start(struct program *p, struct child *ret)
{
	return child_fork(false, run_in_background, p, ret);
}

enum program_news
program_read(const struct child *c, struct program_report *ret)
{
	ssize_t n;

	do
		n = read(c->channel, ret, sizeof(*ret));
	while (n == -1 && errno == EINTR);
	if (n == sizeof(*ret))
		return PROGRAM_REPORT;
	return n == -1 ? PROGRAM_QUIET : PROGRAM_END;
}
