/*
 * A record that cannot be used: see damaged.h.  It alone tells what is the
 * service's and what a stranger's, so without it nobody is signalled; what the
 * pidfile tells is passed on to the user, who can see what that process is.
 */
#include "config.h"

#include "command/damaged.h"

#include <errno.h>
#include <string.h>

#include "command/command.h"
#include "message.h"
#include "process/process.h"
#include "state/hold.h"

static bool
is_alive(pid_t pid)
{
	return pid > 1 && process_is_alive(pid, 0, NULL);
}

/*
 * By what the pidfile tells.  Its keeper, if it has one, writes a good record
 * when its service ends.
 */
static int
refuse_damaged(const char *name, const struct paths *p, const char *what)
{
	enum hold_state state;
	int error;
	pid_t pid;

	state = hold_probe_shared(p->pid, &pid);
	error = errno;
	if (state == HOLD_UNKNOWN && (error == EACCES || error == EPERM)) {
		message_error("%s: cannot %s: its record %s is damaged, and "
		    "its pidfile %s: %s", name, what, p->record, p->pid,
		    message_strerror(error));
		return EXIT_NO_PERMISSION;
	}
	if (state == HOLD_HELD && is_alive(pid))
		message_error("%s: cannot %s: its record %s is damaged, and it "
		    "runs as pid %d: end that process, then try again", name,
		    what, p->record, pid);
	else if (state == HOLD_HELD)
		message_error("%s: cannot %s: its record %s is damaged, and a "
		    "process has %s locked: end that (fuser finds it), then "
		    "try again", name, what, p->record, p->pid);
	else if (is_alive(pid))
		message_error("%s: cannot %s: its record %s is damaged, and "
		    "process %d of its pidfile is alive: end that if it is "
		    "the service, else remove %s; then try again", name, what,
		    p->record, pid, p->pid);
	else
		message_error("%s: cannot %s: its record %s is damaged; its "
		    "pidfile names nothing that runs: 'holdfast forget %s' "
		    "drops it", name, what, p->record, name);
	return EXIT_FAILED;
}

int
damaged_refuse(const char *name, const struct paths *p, const struct view *v,
    const char *what)
{
	if (v->error == EBADMSG)
		return refuse_damaged(name, p, what);
	message_error("%s: cannot read its %s %s: %s", name,
	    v->known ? "pidfile" : "record", v->known ? p->pid : p->record,
	    message_strerror(v->error));
	return v->error == EACCES ? EXIT_NO_PERMISSION : EXIT_FAILED;
}

bool
damaged_may_drop(const struct hold *hold, const struct paths *p,
    const struct view *v)
{
	enum hold_state state = HOLD_FREE;
	pid_t pid;

	if (v->error != EBADMSG)
		return false;
	if (hold != NULL)
		pid = hold_pid_before(hold);
	else
		state = hold_probe_shared(p->pid, &pid);
	return (state == HOLD_FREE || state == HOLD_ABSENT) && !is_alive(pid);
}
