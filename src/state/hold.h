/*
 * The hold: the pidfile, locked with flock(2) through libbsd's pidfile(3).
 * Who has the lock has the service.  The only file that includes <libutil.h>;
 * its traps (no close-on-exec, symlinks followed, pids of -1, another's file
 * removed) are closed here and nowhere else.
 */
#ifndef HOLDFAST_HOLD_H
#define HOLDFAST_HOLD_H

#include <sys/types.h>

struct hold;

/*
 * Take the hold: the pidfile at path, and also at extra when that is not NULL
 * (an old script's place).  Both or none.  Returns the hold, with its
 * descriptors close-on-exec; or NULL with errno: EEXIST when another process
 * has it, *ret_holder then the pid in the file if that is a usable one (> 1),
 * else 0; ELOOP for a symlink; ENOTSUP for anything but a regular file; EMLINK
 * for an extra one that has other names; others of open(2).  *ret_path is then
 * the path that failed.  The last one taken is put back by message_die(), until
 * hold_share() or what frees it.
 */
struct hold *hold_take(const char *path, const char *extra,
    pid_t *ret_holder, const char **ret_path);

/* Before a fork: what becomes of the hold is no longer ours alone to say. */
void hold_share(const struct hold *h);

/*
 * Publish the calling process's pid: called in the service, before its exec.
 * Returns 0, or -1 with errno (a full disk): still held, but without a pid.
 */
int hold_publish(struct hold *h);

/* Publish another's pid: for the keeper that adopts.  0, or -1 with errno. */
int hold_publish_other(struct hold *h, pid_t pid);

/*
 * Let the hold ride along with the service instead (--no-keeper): a shared
 * lock on a read-only descriptor that survives exec, taken before the
 * exclusive one is given up, so that there is no moment without.  Frees h.
 * Returns 0, or -1 with errno.
 */
int hold_ride_along(struct hold *h);

/* Remove the pidfile if it still is ours, then give up the lock.  Frees h. */
void hold_release(struct hold *h);

/*
 * The pid in the pidfile before we took it, if that was a usable one (> 1);
 * else 0.
 */
pid_t hold_pid_before(const struct hold *h);

/*
 * Release, but as if it had never been taken: a pidfile that held a pid stays,
 * and holds it again.  Frees h.
 */
void hold_put_back(struct hold *h);

/* Close our descriptors only: another process goes on holding.  Frees h. */
void hold_close(struct hold *h);

enum hold_state {
	HOLD_ABSENT,		/* no pidfile */
	HOLD_FREE,		/* a pidfile that nobody holds: left over */
	HOLD_HELD,
	HOLD_UNKNOWN,		/* cannot tell: errno says why */
};

/*
 * Ask without taking.  A lock that is asked for is held for a microsecond:
 * hold_take() elsewhere may see it, which is why starters look again.
 * *ret_pid: the pid in the file if it is a usable one (> 1), else 0.
 */
enum hold_state hold_probe(const char *path, pid_t *ret_pid);

/*
 * The same, and a shared lock (hold_ride_along()) is HOLD_HELD, too.  Another
 * who asks in that microsecond is told that it is held: not for every day.
 */
enum hold_state hold_probe_shared(const char *path, pid_t *ret_pid);

#endif
