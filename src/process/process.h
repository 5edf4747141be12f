/*
 * A process that one may signal safely: its identity is pid and start time
 * (field 22 of /proc/PID/stat), and it is signalled through a pidfd where the
 * kernel has one.
 */
#ifndef HOLDFAST_PROCESS_H
#define HOLDFAST_PROCESS_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

/* What /proc/PID/stat says. */
struct process_stat {
	pid_t pid, parent, group, session;
	char state;		/* R S D T Z X ... */
	char name[64];		/* 15 bytes of it, as a rule: comm */
	uint64_t start;		/* clock ticks since boot */
	int64_t cpu_usec;	/* user and system time */
	int64_t rss_bytes;
	int threads;
	bool executed;		/* it has done an exec since its fork */
};

/* 0; or -1 with errno: ESRCH when there is no such process. */
int process_stat(pid_t pid, struct process_stat *ret);

/*
 * The process with this pid and start time lives.  A zombie does not; a
 * process whose first thread has ended while others run does, and so does one
 * of which /proc could not be read (no descriptor left, say; *ret is then
 * zero): taking the living for dead would start it twice.  ret may be NULL.  With start 0 any start time will do.
 */
bool process_is_alive(pid_t pid, uint64_t start, struct process_stat *ret);

/*
 * Has pid a program to run: is it there, and no zombie?  False also where that
 * cannot be seen, another user's for example.
 */
bool process_has_program(pid_t pid);

/*
 * A pidfd, close-on-exec, of the process with this pid and start time.  -1
 * with errno: ESRCH when it is gone or another has its pid, ENOSYS when the
 * kernel has no pidfds.
 */
int process_open(pid_t pid, uint64_t start);

/* The same, and *ret is what its /proc/PID/stat said after the open. */
int process_open_stat(pid_t pid, uint64_t start, struct process_stat *ret);

/* Signal the process of a pidfd.  0, or -1 with errno. */
int process_signal_through(int fd, int signal);

/*
 * Signal the process with this pid and start time, and no other: through a
 * pidfd, else kill(2) right after the check.  0; or -1 with errno (ESRCH,
 * EPERM).  pid must be greater than 1.
 */
int process_signal(pid_t pid, uint64_t start, int signal);

/*
 * The same with a value (sigqueue(3)): how a command asks the keeper, so that
 * two `stop`s are not taken for one impatient user.
 */
#define PROCESS_REQUEST 0x686f6c64
int process_request(pid_t pid, uint64_t start, int signal);

/*
 * From now on a request that reaches this process, otherwise than through a
 * signalfd, is ignored; any other signal does what it did.  For a command that
 * was the keeper for a moment: who read that in the record may be late.
 */
void process_outlive_requests(void);

#endif
