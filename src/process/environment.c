/*
 * The environment of a service: see environment.h.  The variables of systemd's
 * services, from what the definition says and nothing else.  The service's own
 * strings are not copied: the keeper builds this at each start, and what it
 * once needed for that it keeps as long as the service runs.
 */
#include "config.h"

#include "process/environment.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "define/caller.h"
#include "define/envfile.h"
#include "process/credentials.h"

static int
add(struct strings *list, const char *key, const char *value)
{
	char *assignment;
	int result, error;

	if (asprintf(&assignment, "%s=%s", key, value) == -1)
		return -1;
	result = strings_try_add(list, assignment);
	error = errno;
	free(assignment);
	errno = error;
	return result;
}

static int
add_own(struct strings *list, const struct credentials *c,
    const char *invocation_id)
{
	if (add(list, "INVOCATION_ID", invocation_id) == -1)
		return -1;
	if (c->name == NULL)
		return 0;
	return add(list, "HOME", c->home) == -1 ||
	    add(list, "USER", c->name) == -1 ||
	    add(list, "LOGNAME", c->name) == -1 ||
	    add(list, "SHELL", c->shell) == -1 ? -1 : 0;
}

/* Where key (with its '=') is among the first count items, or count. */
static size_t
find(char **items, size_t count, const char *key, size_t length)
{
	size_t i;

	for (i = 0; i < count; i++) {
		if (items[i][0] == key[0] &&
		    strncmp(items[i], key, length) == 0)
			break;
	}
	return i;
}

/* Over what is there, but for the first, which is the INVOCATION_ID. */
static size_t
merge(char **items, size_t count, const struct strings *list)
{
	size_t at;

	for (size_t i = 0; i < list->count; i++) {
		at = find(items, count, list->items[i],
		    strcspn(list->items[i], "=") + 1);
		if (at == 0 && count > 0)
			continue;
		items[at] = list->items[i];
		if (at == count)
			count++;
	}
	return count;
}

/* Is assignment, or its name, in list? */
static bool
is_unset(const struct strings *list, const char *assignment)
{
	const size_t length = strcspn(assignment, "=");

	for (size_t i = 0; i < list->count; i++) {
		if (strcmp(list->items[i], assignment) == 0 ||
		    (strncmp(list->items[i], assignment, length) == 0 &&
		    list->items[i][length] == '\0'))
			return true;
	}
	return false;
}

/* Take out what list has; but not the INVOCATION_ID, the first. */
static size_t
unset(char **items, size_t count, const struct strings *list)
{
	size_t kept = 1;

	for (size_t i = 1; i < count; i++) {
		if (!is_unset(list, items[i]))
			items[kept++] = items[i];
	}
	for (size_t i = kept; i < count; i++)
		items[i] = NULL;
	return kept;
}

static int
read_files(const struct service *s, struct strings *ret, const char **ret_file)
{
	const char *file;
	unsigned line;
	bool optional;

	for (size_t i = 0; i < s->environment_files.count; i++) {
		file = s->environment_files.items[i];
		optional = file[0] == '-';
		if (optional)
			file++;
		if (envfile_read(file, ret, &line) == -1 &&
		    !(optional && errno == ENOENT)) {
			*ret_file = file;
			return -1;
		}
	}
	return 0;
}

int
environment_build(const struct service *s, const struct credentials *c,
    const char *invocation_id, struct environment *env, const char **ret_file)
{
	size_t count = 0;
	int error;

	*env = (struct environment){ 0 };
	*ret_file = NULL;
	if (read_files(s, &env->read, ret_file) == -1 ||
	    add_own(&env->added, c, invocation_id) == -1)
		goto fail;
	/* With room for a PATH and the NULL. */
	env->items = calloc(env->added.count + s->environment.count +
	    env->read.count + 2, sizeof(env->items[0]));
	if (env->items == NULL)
		goto fail;
	count = merge(env->items, count, &env->added);
	count = merge(env->items, count, &s->environment);
	count = merge(env->items, count, &env->read);
	count = unset(env->items, count, &s->unset_environment);
	if (find(env->items, count, "PATH=", 5) < count ||
	    is_unset(&s->unset_environment, "PATH=" CALLER_DEFAULT_PATH))
		return 0;
	if (add(&env->added, "PATH", CALLER_DEFAULT_PATH) == -1)
		goto fail;
	env->items[count] = env->added.items[env->added.count - 1];
	return 0;
fail:
	error = errno;
	environment_free(env);
	errno = error;
	return -1;
}

void
environment_free(struct environment *env)
{
	free(env->items);
	strings_clear(&env->added);
	strings_clear(&env->read);
	*env = (struct environment){ 0 };
}
