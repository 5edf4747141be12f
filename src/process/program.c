/*
 * A program that is started and let go: see program.h.
 */
#include "config.h"

#include "process/program.h"

#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>

#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "process/capability.h"
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
	const bool ours = r->background && r->p->pidfile_is_ours;
	mode_t mask = 0;
	int result;

	if (r->p->pidfile == NULL)
		return 0;
	if (ours)
		mask = umask(022);
	result = pidfile_put(r->p->pidfile, getpid());
	if (ours)
		umask(mask);
	return result == 0 ? 0 : fail(r, PROGRAM_PIDFILE);
}

/* What become descriptors 0 to 2, -1 for what stays as it is; and what the
 * commands that read them write to. */
struct files {
	int input, output, error, null;
};

#define NO_FILES { -1, -1, -1, -1 }

/* Does not return; what went wrong is written to report. */
static void __attribute__((noreturn))
read_by_shell(const struct run *r, const char *command, int from, int null,
    int report)
{
	char *const arguments[] = { (char *)(uintptr_t)"sh",
		(char *)(uintptr_t)"-c", (char *)(uintptr_t)command, NULL };

	if (dup2(from, STDIN_FILENO) != -1 &&
	    dup2(null, STDOUT_FILENO) != -1 && dup2(null, STDERR_FILENO) != -1)
		execve("/bin/sh", arguments, r->p->environment);
	(void)!write(report, &errno, sizeof(errno));
	_exit(STATUS_FAILED);
}

/* A plain fork(2): libc's does more than may be done here. */
static pid_t
fork_here(void)
{
	return (pid_t)syscall(SYS_clone, SIGCHLD, NULL, NULL, NULL, NULL);
}

/* As nobody's child.  0 after its exec, else errno. */
static int
start_shell(const struct run *r, const char *command, int from, int null)
{
	pid_t between;
	int report[2], error = 0;

	if (pipe2(report, O_CLOEXEC) == -1)
		return errno;
	between = fork_here();
	if (between == 0) {
		if (fork_here() == 0)
			read_by_shell(r, command, from, null, report[1]);
		_exit(0);
	}
	if (between == -1)
		error = errno;
	else
		while (waitpid(between, NULL, 0) == -1 && errno == EINTR)
			continue;
	close(report[1]);
	while (error == 0 &&
	    read(report[0], &error, sizeof(error)) == -1 && errno == EINTR)
		continue;
	close(report[0]);
	return error;
}

/* A pipe to a shell command; -1, told, if it fails. */
static int
open_command(const struct run *r, enum program_step step, const char *command,
    int null)
{
	int pair[2], error;

	if (pipe2(pair, O_CLOEXEC) == -1)
		return fail(r, step);
	error = start_shell(r, command, pair[0], null);
	close(pair[0]);
	if (error == 0)
		return pair[1];
	close(pair[1]);
	errno = error;
	return fail(r, step);
}

static int
open_path(const struct run *r, enum program_step step, const char *path,
    int flags)
{
	const int fd = open(path, flags | O_CLOEXEC, r->p->output_mode);

	return fd == -1 ? fail(r, step) : fd;
}

/* What is named, or else what is not. */
static int
open_file(const struct run *r, enum program_step step,
    const struct program_file *f, int flags, bool named, struct files *files,
    int *ret)
{
	if ((f->path != NULL || f->command != NULL) != named ||
	    (!named && !f->is_null))
		return 0;
	if (f->command != NULL)
		*ret = open_command(r, step, f->command, files->null);
	else if (f->path != NULL)
		*ret = open_path(r, step, f->path, flags);
	else
		*ret = open_path(r, flags == O_RDONLY ? PROGRAM_NULL : step,
		    "/dev/null", flags);
	return *ret == -1 ? -1 : 0;
}

static bool
is_one_file(const struct program *p)
{
	return p->output.path == p->error.path && p->output.command == NULL &&
	    p->error.command == NULL && p->output.is_null == p->error.is_null;
}

static int
open_files(const struct run *r, bool named, struct files *f)
{
	const struct program *p = r->p;
	const int flags = O_CREAT | O_WRONLY | O_APPEND;

	if (!named && (p->output.command != NULL || p->error.command != NULL) &&
	    (f->null = open_path(r, PROGRAM_NULL, "/dev/null", O_WRONLY)) == -1)
		return -1;
	if (open_file(r, PROGRAM_INPUT, &p->input, O_RDONLY, named, f,
	    &f->input) == -1 ||
	    open_file(r, PROGRAM_OUTPUT, &p->output, flags, named, f,
	    &f->output) == -1)
		return -1;
	if (is_one_file(p)) {
		f->error = f->output;
		return 0;
	}
	return open_file(r, PROGRAM_ERROR, &p->error, flags, named, f,
	    &f->error);
}

/* A number into a file of /proc/self: 0, or -1 with errno. */
static int
put_number(const char *path, int number)
{
	char text[16];
	int fd, length, result;

	length = snprintf(text, sizeof(text), "%d", number);
	fd = open(path, O_WRONLY | O_CLOEXEC);
	if (fd == -1)
		return -1;
	result = write(fd, text, (size_t)length) == length ? 0 : -1;
	close(fd);
	return result;
}

static int
set_nice(const struct program *p)
{
	if (p->nice_is_absolute) {
		if (setpriority(PRIO_PROCESS, 0, p->nice) == -1)
			return -1;
		/* Its session is a group of its own to the scheduler, where
		 * the kernel does that, and that has a niceness, too. */
		(void)put_number("/proc/self/autogroup", p->nice);
		return 0;
	}
	errno = 0;
	return p->nice != 0 && nice(p->nice) == -1 && errno != 0 ? -1 : 0;
}

/* By the system calls: musl does not have them. */
static int
set_scheduling(const struct program *p)
{
	struct sched_param param = { .sched_priority = p->priority };

	return (int)(p->policy == -1 ?
	    syscall(SYS_sched_setparam, 0, &param) :
	    syscall(SYS_sched_setscheduler, 0, p->policy, &param));
}

static int
set_priorities(const struct run *r)
{
	const struct program *p = r->p;

	if (set_nice(p) == -1)
		return fail(r, PROGRAM_NICE);
	if (p->scheduling_is_set && set_scheduling(p) == -1)
		return fail(r, PROGRAM_SCHEDULING);
	if (p->io_priority != -1 && syscall(SYS_ioprio_set,
	    IOPRIO_WHO_PROCESS, 0, p->io_priority) == -1)
		tell(r, PROGRAM_IO_SCHEDULING, errno);
	if (p->oom_score_is_set &&
	    put_number("/proc/self/oom_score_adj", p->oom_score) == -1)
		return fail(r, PROGRAM_OOM_SCORE);
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
	if (p->directory != NULL && chdir(p->directory) == -1)
		return fail(r, PROGRAM_CHDIR);
	return 0;
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
	other_group = p->change_group && getgid() != c->gid;
	other_user = p->change_user && getuid() != c->uid;
	if (other_group && setgid(c->gid) == -1)
		return fail(r, PROGRAM_GROUP);
	/* The groups that the new root's files have for the user. */
	if (p->change_groups && (other_group || other_user) &&
	    ((p->root != NULL && lookup_groups(c) == -1) ||
	    setgroups(c->group_count, c->groups) == -1))
		return fail(r, PROGRAM_GROUPS);
	if (other_user && setuid(c->uid) == -1)
		return fail(r, PROGRAM_USER);
	return 0;
}

static int
change_privileges(const struct run *r)
{
	const struct program *p = r->p;
	const bool keep = p->capabilities != NULL || p->secure_bits_is_set;

	if (keep && prctl(PR_SET_KEEPCAPS, 1) == -1)
		return fail(r, PROGRAM_CAPABILITIES);
	if (change_credentials(r) == -1)
		return -1;
	if (keep && capabilities_apply(p->capabilities) == -1)
		return fail(r, PROGRAM_CAPABILITIES);
	if (p->secure_bits_is_set &&
	    prctl(PR_SET_SECUREBITS, p->secure_bits) == -1)
		return fail(r, PROGRAM_SECURE_BITS);
	if (p->no_new_privileges &&
	    prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == -1)
		return fail(r, PROGRAM_NO_NEW_PRIVILEGES);
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
set_descriptors(const struct run *r, const struct files *f)
{
	const struct program *p = r->p;

	if ((f->input != -1 && dup2(f->input, STDIN_FILENO) == -1) ||
	    (f->output != -1 && dup2(f->output, STDOUT_FILENO) == -1) ||
	    (f->error != -1 && dup2(f->error, STDERR_FILENO) == -1))
		return fail(r, PROGRAM_DESCRIPTORS);
	/* Not closed yet: the exec that fails is still to be told. */
	if (p->close_files && syscall(SYS_close_range, STDERR_FILENO + 1, ~0U,
	    CLOSE_RANGE_CLOEXEC) == -1)
		close_on_exec_each();
	if (p->given_as == -1)
		return 0;
	if (p->given_as == p->given ? fcntl(p->given, F_SETFD, 0) == -1 :
	    dup2(p->given, p->given_as) == -1)
		return fail(r, PROGRAM_DESCRIPTORS);
	return 0;
}

static void
run(const struct run *r)
{
	const struct program *p = r->p;
	struct files files = NO_FILES;

	if (p->umask_is_set)
		umask(p->umask);
	if ((!p->inside && write_pidfile(r) == -1) ||
	    open_files(r, false, &files) == -1 ||
	    (!p->inside && open_files(r, true, &files) == -1))
		return;
	if (set_priorities(r) == -1 || change_place(r) == -1 ||
	    (p->inside && write_pidfile(r) == -1) ||
	    change_privileges(r) == -1 ||
	    (p->inside && open_files(r, true, &files) == -1) ||
	    set_descriptors(r, &files) == -1)
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
program_start(struct program *p, bool ours, struct child *ret)
{
	return child_fork(ours, run_in_background, p, ret);
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
