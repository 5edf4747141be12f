/*
 * The end of a service: signals to what KillMode= says, and seeing that it is
 * gone.  The keeper is the subreaper, so whatever was orphaned is its child,
 * and "no child left" is "nothing left".  After an adoption that is not so:
 * then one of those who must still go is watched at a time.
 */
#include "config.h"

#include <sys/wait.h>

#include <errno.h>
#include <signal.h>
#include <unistd.h>

#include "define/service.h"
#include "keeper/private.h"
#include "process/process.h"
#include "state/paths.h"

#define PASSES_MAX 1000		/* of SIGKILL */
#define PASSES_OTHER_MAX 10

/* Whatever descends from this process is the service's.  Not so in a command,
 * whose shell may have left it children of its own. */
static bool
has_whole_tree(const struct keeper *k)
{
	return !k->adopted && !k->in_caller;
}

static int
find_tree(struct keeper *k)
{
	if (has_whole_tree(k))
		return tree_descendants(getpid(), &k->tree);
	return tree_of_run(&k->record, k->order->paths->pid, &k->tree);
}

/* Must this one go, as KillMode= says? */
static bool
is_meant(const struct keeper *k, const struct tree_member *member)
{
	switch (k->service->kill_mode) {
	case KILL_CONTROL_GROUP:
	case KILL_MIXED:
		return true;
	case KILL_PROCESS:
		return member->pid == k->main_pid &&
		    member->start == k->main_start;
	case KILL_PROCESS_GROUP:
		return member->group == k->main_pid;
	}
	return true;
}

static void
signal_main(const struct keeper *k, int signal)
{
	if (!k->machine.main_alive)
		return;
	/* Our own child, not yet reaped: its number is nobody else's. */
	if (!k->adopted)
		kill(k->main_pid, signal);
	else
		process_signal(k->main_pid, k->main_start, signal);
}

/*
 * Reap a descendant that is dead.  Those that replace themselves by a child
 * all the time would fill the tree with zombies while we look at it, until
 * looking takes longer than one of them lives.
 */
static bool
reap_dead(const struct keeper *k, pid_t pid)
{
	siginfo_t info = { .si_pid = 0 };

	return pid != k->main_pid &&
	    waitid(P_PID, (id_t)pid, &info, WEXITED | WNOHANG) == 0 &&
	    info.si_pid == pid;
}

/*
 * Each one of the tree once, again and again until there is no new one: a
 * process that forks while we look has children that were not there before.
 * One that has SIGKILL pending forks no more, so with SIGKILL this ends; who
 * ignores another signal may go on for ever, and this does not.
 * False when /proc could not be read.
 */
static bool
signal_tree(struct keeper *k, int signal)
{
	struct tree done = { 0 };
	const int passes = signal == SIGKILL ? PASSES_MAX : PASSES_OTHER_MAX;
	bool is_new = true, was_seen = true;

	for (int pass = 0; is_new && pass < passes; pass++) {
		is_new = false;
		was_seen = find_tree(k) == 0;
		if (!was_seen)
			break;
		for (size_t i = 0; i < k->tree.count; i++) {
			const struct tree_member *member = &k->tree.members[i];

			if (!is_meant(k, member) ||
			    tree_has(&done, member->pid, member->start) ||
			    reap_dead(k, member->pid))
				continue;
			/* With no memory to know it by it is no new one. */
			if (tree_add(&done, member) == 0)
				is_new = true;
			process_signal(member->pid, member->start, signal);
			if (signal != SIGKILL && signal != SIGCONT &&
			    signal != SIGSTOP)
				process_signal(member->pid, member->start,
				    SIGCONT);
		}
	}
	tree_free(&done);
	return was_seen;
}

void
ending_signal(struct keeper *k, int signal)
{
	enum kill_mode mode = k->service->kill_mode;

	if (mode == KILL_PROCESS || (mode == KILL_MIXED && signal != SIGKILL)) {
		signal_main(k, signal);
		if (signal != SIGKILL)
			signal_main(k, SIGCONT);	/* it may be stopped */
		return;
	}
	/* The main process by its number, in case /proc tells nothing. */
	if (!signal_tree(k, signal) || signal == SIGKILL)
		signal_main(k, signal);
}

static bool
reap_adopted(struct keeper *k)
{
	if (!k->machine.main_alive ||
	    process_is_alive(k->main_pid, k->main_start, NULL))
		return false;
	k->machine.code = k->machine.status = 0;
	return true;
}

/*
 * waitid(2) for whoever is dead.  Before the main process is gone, and its pid
 * may be another's, the record is not vouched for any more; and while it is not
 * known whether it has come to its exec, that is looked up.
 */
static int
reap_one(struct keeper *k, siginfo_t *ret)
{
	struct process_stat st;

	if (!k->machine.main_alive || k->adopted)
		return waitid(P_ALL, 0, ret, WEXITED | WNOHANG);
	if (waitid(P_ALL, 0, ret, WEXITED | WNOHANG | WNOWAIT) == -1)
		return -1;
	if (ret->si_pid == k->main_pid) {
		record_take_back(&k->vouch);
		if (k->child.channel != -1)
			k->died_executed = process_stat(k->main_pid,
			    &st) == 0 && st.executed;
	}
	return ret->si_pid == 0 ? 0 :
	    waitid(P_PID, (id_t)ret->si_pid, ret, WEXITED | WNOHANG);
}

bool
ending_reap(struct keeper *k)
{
	siginfo_t info;
	bool main_died = false;
	int result;

	for (;;) {
		info.si_pid = 0;
		result = reap_one(k, &info);
		if (result == -1 && errno == EINTR)
			continue;
		if (result == -1 || info.si_pid == 0)
			break;
		if (k->adopted || info.si_pid != k->main_pid ||
		    !k->machine.main_alive)
			continue;
		k->machine.code = info.si_code;
		k->machine.status = info.si_status;
		k->main_died = main_died = true;
	}
	k->empty = result == -1 && errno == ECHILD;
	return k->adopted ? reap_adopted(k) : main_died;
}

static void
watch(struct keeper *k, pid_t pid, uint64_t start)
{
	if (k->watched != -1)
		close(k->watched);
	k->watched = process_open(pid, start);
	k->watched_is_gone = k->watched == -1 && errno == ESRCH;
	k->poll_by_time = k->watched == -1 && errno != ESRCH;
}

void
ending_look(struct keeper *k)
{
	enum kill_mode mode = k->service->kill_mode;
	bool is_left = false;

	if (k->watched != -1)
		close(k->watched);
	k->watched = -1;
	k->watched_is_gone = false;
	k->poll_by_time = false;
	if (k->machine.main_alive) {
		k->empty = false;
		if (k->adopted)
			watch(k, k->main_pid, k->main_start);
		return;
	}
	if (mode == KILL_PROCESS) {
		k->empty = true;
		return;
	}
	/* With the whole tree ours, waitid() has said it: no child left. */
	if (has_whole_tree(k) && (k->empty || mode != KILL_PROCESS_GROUP))
		return;
	k->empty = true;
	if (find_tree(k) == -1) {
		k->poll_by_time = true;
		k->empty = false;
		return;
	}
	for (size_t i = 0; i < k->tree.count && !is_left; i++) {
		const struct tree_member *member = &k->tree.members[i];

		if (!is_meant(k, member) ||
		    !process_is_alive(member->pid, member->start, NULL))
			continue;
		watch(k, member->pid, member->start);
		is_left = k->watched != -1 || k->poll_by_time;
	}
	k->empty = !is_left;
}
