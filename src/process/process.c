/*
 * A process that one may signal safely: see process.h.  A pid alone is a
 * number that the kernel gives to others later; pid and start time are not.
 */
#include "config.h"

#include "process/process.h"

#include <sys/syscall.h>

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* Newer than the headers of the oldest systems that build this. */
#ifndef SYS_pidfd_send_signal
#define SYS_pidfd_send_signal 424
#endif
#ifndef SYS_pidfd_open
#define SYS_pidfd_open 434
#endif

/* The fields after the name, by proc(5)'s numbers. */
enum { FIELD_STATE = 3, FIELD_PARENT, FIELD_GROUP, FIELD_SESSION,
	FIELD_FLAGS = 9,
	FIELD_UTIME = 14, FIELD_STIME = 15, FIELD_THREADS = 20,
	FIELD_START = 22, FIELD_RSS = 24, FIELD_COUNT };

/* Forked but did not exec (linux/sched.h): cleared before exec closes what is
 * close-on-exec. */
#define PF_FORKNOEXEC 0x40

static int64_t
ticks_to_usec(uint64_t ticks)
{
	const long per_second = sysconf(_SC_CLK_TCK);

	return (int64_t)(ticks * 1000000 / (per_second > 0 ? per_second : 100));
}

static int
parse_stat(char *text, struct process_stat *ret)
{
	uint64_t value[FIELD_COUNT] = { 0 };
	char *p, *end, *name;

	/* The name may hold anything, parentheses too: the last one ends it. */
	p = strrchr(text, ')');
	if (p == NULL || p[1] != ' ' || p[2] == '\0')
		return -1;
	name = strchr(text, '(');
	*p = '\0';
	snprintf(ret->name, sizeof(ret->name), "%s",
	    name != NULL ? name + 1 : "");
	ret->state = p[2];
	p += 3;
	for (int i = FIELD_PARENT; i < FIELD_COUNT; i++) {
		value[i] = strtoull(p, &end, 10);
		if (end == p)
			return -1;
		p = end;
	}
	ret->parent = (pid_t)value[FIELD_PARENT];
	ret->group = (pid_t)value[FIELD_GROUP];
	ret->session = (pid_t)value[FIELD_SESSION];
	ret->executed = (value[FIELD_FLAGS] & PF_FORKNOEXEC) == 0;
	ret->threads = (int)value[FIELD_THREADS];
	ret->start = value[FIELD_START];
	ret->cpu_usec = ticks_to_usec(value[FIELD_UTIME] + value[FIELD_STIME]);
	ret->rss_bytes = (int64_t)value[FIELD_RSS] * sysconf(_SC_PAGESIZE);
	return 0;
}

int
process_stat(pid_t pid, struct process_stat *ret)
{
	char path[32], text[1024];
	ssize_t n;
	int fd, error;

	snprintf(path, sizeof(path), "/proc/%d/stat", pid);
	/* openat: musl's open makes sure of close-on-exec by another call. */
	fd = openat(AT_FDCWD, path, O_RDONLY | O_CLOEXEC);
	if (fd == -1) {
		if (errno == ENOENT)
			errno = ESRCH;
		return -1;
	}
	n = read(fd, text, sizeof(text) - 1);
	error = errno;
	close(fd);
	if (n <= 0) {
		errno = n == 0 ? ESRCH : error;
		return -1;
	}
	text[n] = '\0';
	ret->pid = pid;
	if (parse_stat(text, ret) == -1) {
		errno = EBADMSG;
		return -1;
	}
	return 0;
}

/* 0 when the process lives; else -1 with errno: ESRCH when it does not. */
static int
check_alive(pid_t pid, uint64_t start, struct process_stat *ret)
{
	if (pid <= 1) {
		errno = ESRCH;
		return -1;
	}
	if (process_stat(pid, ret) == -1)
		return -1;
	if ((start != 0 && ret->start != start) || ret->state == 'X' ||
	    (ret->state == 'Z' && ret->threads <= 1)) {
		errno = ESRCH;
		return -1;
	}
	return 0;
}

bool
process_is_alive(pid_t pid, uint64_t start, struct process_stat *ret)
{
	struct process_stat st;

	if (ret == NULL)
		ret = &st;
	*ret = (struct process_stat){ .pid = pid };
	return check_alive(pid, start, ret) == 0 || errno != ESRCH;
}

bool
process_has_program(pid_t pid)
{
	char path[32], first;

	snprintf(path, sizeof(path), "/proc/%d/exe", pid);
	return readlink(path, &first, 1) == 1;
}

int
process_open(pid_t pid, uint64_t start)
{
	struct process_stat st;

	return process_open_stat(pid, start, &st);
}

int
process_open_stat(pid_t pid, uint64_t start, struct process_stat *ret)
{
	int fd, error;

	if (pid <= 1) {
		errno = ESRCH;
		return -1;
	}
	fd = (int)syscall(SYS_pidfd_open, pid, 0);
	if (fd == -1)
		return -1;
	/* Checked after the open: now the pidfd cannot become another's. */
	if (check_alive(pid, start, ret) == -1) {
		error = errno;
		close(fd);
		errno = error;
		return -1;
	}
	return fd;
}

static int
send_signal(pid_t pid, uint64_t start, int signal, siginfo_t *info)
{
	struct process_stat st;
	int fd, result, error;

	fd = process_open(pid, start);
	if (fd != -1) {
		result = (int)syscall(SYS_pidfd_send_signal, fd, signal, info,
		    0);
		error = errno;
		close(fd);
		if (result == 0 || error != ENOSYS) {
			errno = error;
			return result;
		}
	} else if (errno == ESRCH)
		return -1;
	if (check_alive(pid, start, &st) == -1)
		return -1;
	if (info == NULL)
		return kill(pid, signal);
	return (int)syscall(SYS_rt_sigqueueinfo, pid, signal, info);
}

int
process_signal_through(int fd, int signal)
{
	return (int)syscall(SYS_pidfd_send_signal, fd, signal, NULL, 0);
}

int
process_signal(pid_t pid, uint64_t start, int signal)
{
	return send_signal(pid, start, signal, NULL);
}

int
process_request(pid_t pid, uint64_t start, int signal)
{
	siginfo_t info;

	memset(&info, 0, sizeof(info));
	info.si_signo = signal;
	info.si_code = SI_QUEUE;
	info.si_pid = getpid();
	info.si_uid = getuid();
	info.si_value.sival_int = PROCESS_REQUEST;
	return send_signal(pid, start, signal, &info);
}

/* Not a command's request: what it would have done without this handler. */
static void
on_request(int signal, siginfo_t *info, void *context)
{
	struct sigaction action = { .sa_handler = SIG_DFL };

	(void)context;
	if (info->si_code == SI_QUEUE &&
	    info->si_value.sival_int == PROCESS_REQUEST)
		return;
	(void)sigaction(signal, &action, NULL);
	(void)raise(signal);
}

void
process_outlive_requests(void)
{
	const int signals[] = { SIGTERM, SIGUSR2 };
	struct sigaction action = { .sa_sigaction = on_request,
	    .sa_flags = SA_SIGINFO | SA_RESTART };
	struct sigaction before;

	sigemptyset(&action.sa_mask);
	for (size_t i = 0; i < sizeof(signals) / sizeof(signals[0]); i++) {
		if (sigaction(signals[i], NULL, &before) == 0 &&
		    before.sa_handler == SIG_DFL)
			(void)sigaction(signals[i], &action, NULL);
	}
}
