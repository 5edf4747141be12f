/*
 * From fork to exec: see child.h.  What runs in the child calls nothing that
 * allocates or locks, never returns, and reports a failed step with its errno
 * on the channel.  The channel is close-on-exec: its end of file says that
 * exec was done.
 */
#include "config.h"

#include "process/child.h"

#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>

#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "define/directive.h"
#include "define/service.h"
#include "process/credentials.h"
#include "state/hold.h"
#include "state/paths.h"

#define STATUS_SETUP_FAILED 127
#define IO_WHO_PROCESS 1
#define IO_CLASS_SHIFT 13

static void
report(int channel, enum child_step step, int detail, bool fatal)
{
	struct child_report r;

	memset(&r, 0, sizeof(r));
	r.step = step;
	r.error = errno;
	r.detail = detail;
	r.fatal = fatal;
	(void)!write(channel, &r, sizeof(r));
	if (fatal)
		_exit(STATUS_SETUP_FAILED);
}

/*
 * Ignored signals stay ignored through exec, and so does the mask: the caller's
 * nohup, or a shell's background job without job control, would reach the
 * service.  The keeper has no handlers of its own, so whatever is not the
 * default was inherited.  By the system call, because libc keeps two signals
 * for itself that a caller can ignore all the same; all zeros is SIG_DFL.
 */
static int
reset_signals(void)
{
	const unsigned long default_action[16] = { 0 };
	sigset_t none;

	for (int n = 1; n < NSIG; n++) {
		/* Refused for KILL and STOP, which nobody can ignore. */
		if (n != SIGKILL && n != SIGSTOP)
			(void)syscall(SYS_rt_sigaction, n, default_action,
			    NULL, (NSIG - 1) / 8);
	}
	sigemptyset(&none);
	return sigprocmask(SIG_SETMASK, &none, NULL);
}

/* As far as allowed when the hard limit may not be raised (a container). */
static void
set_limits(const struct service *s, int channel)
{
	struct rlimit now, wanted;

	for (int i = 0; i < RLIM_NLIMITS; i++) {
		if (!s->limits[i].is_set)
			continue;
		wanted = s->limits[i].value;
		if (setrlimit(i, &wanted) == 0)
			continue;
		if (errno != EPERM) {
			report(channel, STEP_LIMIT, i, true);
			continue;
		}
		report(channel, STEP_LIMIT, i, false);
		if (getrlimit(i, &now) == -1)
			report(channel, STEP_LIMIT, i, true);
		if (wanted.rlim_max > now.rlim_max)
			wanted.rlim_max = now.rlim_max;
		if (wanted.rlim_cur > wanted.rlim_max)
			wanted.rlim_cur = wanted.rlim_max;
		if (setrlimit(i, &wanted) == -1)
			report(channel, STEP_LIMIT, i, true);
	}
}

static int
set_oom_score(int value)
{
	char text[16];
	int fd, length, result;

	length = snprintf(text, sizeof(text), "%d", value);
	fd = open("/proc/self/oom_score_adj", O_WRONLY | O_CLOEXEC);
	if (fd == -1)
		return -1;
	result = write(fd, text, length) == length ? 0 : -1;
	close(fd);
	return result;
}

/* Without a policy of its own, a priority is none. */
static int
set_scheduling(const struct service *s)
{
	const bool is_real_time = s->scheduling_policy == SCHED_FIFO ||
	    s->scheduling_policy == SCHED_RR;
	struct sched_param param = { 0 };

	if (!s->scheduling_is_set && !s->scheduling_reset_on_fork)
		return 0;
	if (is_real_time)
		param.sched_priority = s->scheduling_priority > 0 ?
		    s->scheduling_priority : 1;
	/* By the system call: musl has none of its own for this. */
	return (int)syscall(SYS_sched_setscheduler, 0, s->scheduling_policy |
	    (s->scheduling_reset_on_fork ? SCHED_RESET_ON_FORK : 0), &param);
}

/* ioprio_set(2): a priority alone is one of the class best-effort. */
static int
set_io_scheduling(const struct service *s)
{
	const int class = s->io_class == -1 ? IO_BEST_EFFORT : s->io_class;
	int priority = s->io_priority == -1 ? 4 : s->io_priority;

	if (s->io_class == -1 && s->io_priority == -1)
		return 0;
	if (class == IO_NONE || class == IO_IDLE)
		priority = 0;
	return (int)syscall(SYS_ioprio_set, IO_WHO_PROCESS, 0,
	    class << IO_CLASS_SHIFT | priority);
}

static void
set_resources(const struct service *s, int channel)
{
	set_limits(s, channel);
	if (s->nice_is_set && setpriority(PRIO_PROCESS, 0, s->nice) == -1)
		report(channel, STEP_NICE, 0,
		    errno != EPERM && errno != EACCES);
	if (s->oom_score_adjust_is_set &&
	    set_oom_score(s->oom_score_adjust) == -1)
		report(channel, STEP_OOM_SCORE, 0,
		    errno != EPERM && errno != EACCES);
	if (set_scheduling(s) == -1)
		report(channel, STEP_SCHEDULING, 0, errno != EPERM);
	if (set_io_scheduling(s) == -1)
		report(channel, STEP_IO_SCHEDULING, 0, errno != EPERM);
	umask(s->umask);
}

static int
set_descriptors(const struct child_order *o)
{
	int null;

	null = open("/dev/null", O_RDONLY | O_CLOEXEC);
	if (null == -1 || dup2(null, STDIN_FILENO) == -1 ||
	    dup2(o->output, STDOUT_FILENO) == -1 ||
	    dup2(o->error, STDERR_FILENO) == -1)
		return -1;
	return 0;
}

/*
 * Whoever is to keep it is dead, or who starts it is, before what was to be
 * there before it is there: better not to begin.
 */
static bool
may_begin(const struct child_order *o)
{
	char word;
	ssize_t n = 1;

	/* Left where it is: our parent asks for it as well. */
	if (o->word != -1)
		do
			n = recv(o->word, &word, 1, MSG_PEEK);
		while (n == -1 && errno == EINTR);
	return n == 1 && (o->parent == 0 || getppid() == o->parent);
}

static void __attribute__((noreturn))
run_child(const struct child_order *o, pid_t session, int channel)
{
	const struct sigaction ignore = { .sa_handler = SIG_IGN };
	const struct service *s = o->service;

	if (setpgid(0, 0) == -1)
		report(channel, STEP_PROCESS_GROUP, 0, true);
	if (reset_signals() == -1)
		report(channel, STEP_SIGNALS, 0, true);
	if (s->ignore_sigpipe)
		(void)sigaction(SIGPIPE, &ignore, NULL);
	/* Before the limits: LimitFSIZE= is not meant for the pidfile. */
	if (hold_publish(o->hold) == -1 ||
	    (o->parent == 0 && hold_ride_along(o->hold) == -1))
		report(channel, STEP_PIDFILE, 0, true);
	if (o->name(o->context, session) == -1)
		report(channel, STEP_RECORD, 0, true);
	set_resources(s, channel);
	if (o->credentials != NULL && credentials_apply(o->credentials) == -1)
		report(channel, STEP_CREDENTIALS, 0, true);
	if (s->no_new_privileges &&
	    prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == -1)
		report(channel, STEP_NO_NEW_PRIVILEGES, 0, true);
	if (chdir(o->directory) == -1 &&
	    (!s->working_directory_is_optional || chdir("/") == -1))
		report(channel, STEP_DIRECTORY, 0, true);
	if (set_descriptors(o) == -1)
		report(channel, STEP_DESCRIPTORS, 0, true);
	if (!may_begin(o))
		_exit(STATUS_SETUP_FAILED);
	execve(s->exec_start.items[0].program, o->arguments, o->environment);
	report(channel, STEP_EXEC, 0, true);
	_exit(STATUS_SETUP_FAILED);
}

/*
 * The go-between: in a session of its own it clones the child, as its own
 * sibling when that is to be ours, and is gone.  vfork(2), because it needs no
 * memory of its own, and its parent needs what it writes to *ret.
 */
int
child_fork(bool ours, child_run *run, void *context, struct child *ret)
{
	volatile pid_t pid = -1, session = -1;
	volatile int error = ECHILD;	/* the go-between was killed */
	pid_t between;
	int pair[2];

	if (pipe2(pair, O_CLOEXEC | O_NONBLOCK) == -1)
		return -1;
	between = vfork();
	if (between == 0) {
		session = setsid();
		if (session != -1)
			pid = (pid_t)syscall(SYS_clone,
			    (ours ? CLONE_PARENT : 0) | SIGCHLD,
			    NULL, NULL, NULL, NULL);
		if (pid == 0)
			run(context, session, pair[1]);
		error = errno;
		_exit(0);
	}
	if (between == -1)
		error = errno;
	else
		while (waitpid(between, NULL, 0) == -1 && errno == EINTR)
			continue;
	close(pair[1]);
	if (pid == -1) {
		close(pair[0]);
		errno = error;
		return -1;
	}
	ret->pid = pid;
	ret->session = session;
	ret->channel = pair[0];
	return 0;
}

static void
run_service(void *context, pid_t session, int channel)
{
	run_child(context, session, channel);
}

int
child_spawn(struct child_order *order, struct child *ret)
{
	return child_fork(order->parent != 0, run_service, order, ret);
}

enum child_news
child_read(const struct child *c, struct child_report *ret)
{
	ssize_t n;

	do
		n = read(c->channel, ret, sizeof(*ret));
	while (n == -1 && errno == EINTR);
	if (n == sizeof(*ret))
		return CHILD_REPORT;
	return n == -1 ? CHILD_QUIET : CHILD_EXECUTED;
}

/* The kernel's ENOENT and EACCES may be about the interpreter of a script. */
static bool
find_interpreter(const char *path, char *buf, size_t size)
{
	char line[256], *start;
	ssize_t n;
	int fd;

	fd = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK);
	if (fd == -1)
		return false;
	n = read(fd, line, sizeof(line) - 1);
	close(fd);
	if (n < 3 || line[0] != '#' || line[1] != '!')
		return false;
	line[n] = '\0';
	start = line + 2 + strspn(line + 2, " \t");
	start[strcspn(start, " \t\r\n")] = '\0';
	snprintf(buf, size, "%s", start);
	return true;
}

static void
describe_exec(int error, const struct service *s, char *buf, size_t size)
{
	const char *path = s->exec_start.items[0].program;
	char interpreter[256];
	struct stat st;

	if ((error == ENOENT || error == EACCES) && stat(path, &st) == 0 &&
	    find_interpreter(path, interpreter, sizeof(interpreter)) &&
	    (error == ENOENT || (st.st_mode & 0111) != 0))
		snprintf(buf, size, "execute %s: its interpreter %s", path,
		    interpreter);
	else if (error == ENOENT && stat(path, &st) == 0)
		snprintf(buf, size, "execute %s: its loader", path);
	else
		snprintf(buf, size, "execute %s", path);
}

static const char *
limit_name(int resource)
{
	for (const struct directive *d = directives; d->name != NULL; d++) {
		if (strncmp(d->name, "Limit", 5) == 0 && d->detail == resource)
			return d->name;
	}
	return "a limit";
}

void
child_describe(const struct child_report *r, const struct service *s,
    const struct paths *p, char *buf, size_t size)
{
	switch (r->step) {
	case STEP_PROCESS_GROUP:
		snprintf(buf, size, "make a process group");
		break;
	case STEP_SIGNALS:
		snprintf(buf, size, "reset signals");
		break;
	case STEP_LIMIT:
		snprintf(buf, size, "set %s", limit_name(r->detail));
		break;
	case STEP_NICE:
		snprintf(buf, size, "set Nice to %d", s->nice);
		break;
	case STEP_OOM_SCORE:
		snprintf(buf, size, "set OOMScoreAdjust to %d",
		    s->oom_score_adjust);
		break;
	case STEP_SCHEDULING:
		snprintf(buf, size, "set CPUSchedulingPolicy");
		break;
	case STEP_IO_SCHEDULING:
		snprintf(buf, size, "set IOSchedulingClass");
		break;
	case STEP_NO_NEW_PRIVILEGES:
		snprintf(buf, size, "set NoNewPrivileges");
		break;
	case STEP_PIDFILE:
		snprintf(buf, size, "write pidfile %s",
		    s->pidfile != NULL ? s->pidfile : p->pid);
		break;
	case STEP_RECORD:
		snprintf(buf, size, "write %s", p->record);
		break;
	case STEP_CREDENTIALS:
		snprintf(buf, size, "become user %s%s%s",
		    s->user != NULL ? s->user : "(same)",
		    s->group != NULL ? ", group " : "",
		    s->group != NULL ? s->group : "");
		break;
	case STEP_DIRECTORY:
		snprintf(buf, size, "change directory to %s",
		    s->working_directory);
		break;
	case STEP_DESCRIPTORS:
		snprintf(buf, size, "set up descriptors 0 to 2");
		break;
	case STEP_EXEC:
		describe_exec(r->error, s, buf, size);
		break;
	}
}
