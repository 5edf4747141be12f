/*
 * forget: remove what is known of a stopped service.  The hold is taken first:
 * nobody starts it meanwhile.
 */
#include "config.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "command/command.h"
#include "command/damaged.h"
#include "message.h"
#include "state/hold.h"

static int
remove_files(const char *name, const struct paths *p)
{
	const char *const files[] = { p->record, p->definition, p->events,
	    p->output };
	static const char *const suffixes[] = { RECORD_BY_KEEPER,
	    RECORD_BY_CHILD };
	char half[PATHS_MAX + 8];
	int error;

	for (size_t i = 0; i < sizeof(files) / sizeof(files[0]); i++) {
		/* One that was being written when its writer was killed. */
		for (size_t n = 0; n < 2; n++) {
			snprintf(half, sizeof(half), "%s%s", files[i],
			    suffixes[n]);
			(void)unlink(half);
		}
		if (unlink(files[i]) == -1 && errno != ENOENT) {
			error = errno;
			message_error("%s: cannot remove %s: %s", name,
			    files[i], message_strerror(error));
			return command_status_of(error);
		}
	}
	return EXIT_DONE;
}

static int
forget(const char *name, struct paths *p, void *context)
{
	const struct common_options *common = context;
	struct view v;
	struct hold *hold;
	const char *path;
	pid_t holder;
	int status;

	if (access(p->dir, F_OK) == -1 && errno == ENOENT) {
		message_say("%s: not known", name);
		return EXIT_DONE;
	}
	hold = common->dry_run ? NULL :
	    hold_take(p->pid, NULL, &holder, &path);
	if (hold == NULL && !common->dry_run && errno != EEXIST)
		return command_say_cannot_lock(name, path, errno, 0);
	view_read(p, &v);
	if (v.live == LIVE_UNKNOWN && !damaged_may_drop(hold, p, &v)) {
		if (hold != NULL)
			hold_put_back(hold);
		return damaged_refuse(name, p, &v, "forget it");
	}
	if (v.live == LIVE_UP || v.keeper_alive ||
	    (hold == NULL && !common->dry_run)) {
		message_error("%s: cannot forget it: it is running", name);
		/* Its pidfile was taken from under it: leave it as it was. */
		if (hold != NULL && v.live == LIVE_UP)
			(void)hold_publish_other(hold, v.record.main_pid);
		if (hold != NULL)
			hold_close(hold);
		return EXIT_FAILED;
	}
	if (hold == NULL) {
		message_say("%s: would forget it", name);
		return EXIT_DONE;
	}
	status = remove_files(name, p);
	hold_release(hold);
	/* Not empty when it was started again since: then it stays. */
	(void)rmdir(p->dir);
	if (status == EXIT_DONE)
		message_say("%s: forgotten", name);
	return status;
}

static int
run_forget(int argc, char **argv)
{
	struct common_options common;

	return command_run(argc, argv, &common, forget, &common);
}

const struct command command_forget = {
	.name = "forget",
	.usage = "NAME...",
	.help = "remove what is known of stopped services",
	.run = run_forget,
};
