/*
 * The environment of a service: see environment.h.  The variables of systemd's
 * services, from what the definition says and nothing else.
 */
#include "config.h"

#include "process/environment.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>

#include "define/service.h"
#include "define/unit.h"
#include "message.h"
#include "process/credentials.h"

static const char default_path[] =
    "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";

static void
set(struct strings *env, const char *key, const char *value)
{
	char *assignment;

	if (asprintf(&assignment, "%s=%s", key, value) == -1)
		message_die("out of memory");
	strings_set(env, assignment);
	free(assignment);
}

int
environment_build(const struct service *s, const struct credentials *c,
    const char *invocation_id, struct strings *env, const char **ret_file)
{
	const char *file;
	unsigned line;
	bool optional;

	if (c->name != NULL) {
		set(env, "HOME", c->home);
		set(env, "USER", c->name);
		set(env, "LOGNAME", c->name);
		set(env, "SHELL", c->shell);
	}
	for (size_t i = 0; i < s->environment.count; i++)
		strings_set(env, s->environment.items[i]);
	for (size_t i = 0; i < s->environment_files.count; i++) {
		file = s->environment_files.items[i];
		optional = file[0] == '-';
		if (optional)
			file++;
		if (unit_read_environment(file, env, &line) == -1 &&
		    !(optional && errno == ENOENT)) {
			*ret_file = file;
			return -1;
		}
	}
	if (strings_get(env, "PATH") == NULL)
		set(env, "PATH", default_path);
	set(env, "INVOCATION_ID", invocation_id);
	return 0;
}
