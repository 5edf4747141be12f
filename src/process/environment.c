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
#include "define/unit.h"
#include "message.h"
#include "process/credentials.h"

static void
add(struct strings *list, const char *key, const char *value)
{
	char *assignment;

	if (asprintf(&assignment, "%s=%s", key, value) == -1)
		message_die("out of memory");
	strings_add(list, assignment);
	free(assignment);
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
		if (unit_read_environment(file, ret, &line) == -1 &&
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
	struct strings added = { 0 }, read = { 0 };
	char **items;
	size_t count = 0;
	int error;

	if (read_files(s, &read, ret_file) == -1) {
		error = errno;
		strings_clear(&read);
		errno = error;
		return -1;
	}
	add(&added, "INVOCATION_ID", invocation_id);
	if (c->name != NULL) {
		add(&added, "HOME", c->home);
		add(&added, "USER", c->name);
		add(&added, "LOGNAME", c->name);
		add(&added, "SHELL", c->shell);
	}
	/* With room for a PATH and the NULL. */
	items = calloc(added.count + s->environment.count + read.count + 2,
	    sizeof(items[0]));
	if (items == NULL)
		message_die("out of memory");
	count = merge(items, count, &added);
	count = merge(items, count, &s->environment);
	count = merge(items, count, &read);
	if (find(items, count, "PATH=", 5) == count) {
		add(&added, "PATH", CALLER_DEFAULT_PATH);
		items[count] = added.items[added.count - 1];
	}
	*env = (struct environment){ items, added, read };
	return 0;
}

void
environment_free(struct environment *env)
{
	free(env->items);
	strings_clear(&env->added);
	strings_clear(&env->read);
	*env = (struct environment){ 0 };
}
