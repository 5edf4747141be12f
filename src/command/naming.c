/*
 * What services are meant, and command_each() of them: by a name, with or
 * without ".service"; by an alias, of which their definitions tell; or by a
 * definition file, which is whatever has a slash.
 */
#include "config.h"

#include "command/command.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "command/share.h"
#include "define/caller.h"
#include "define/search.h"
#include "define/value.h"
#include "message.h"
#include "state/paths.h"

#define SUFFIX ".service"

/* One for each that was given, in its order. */
struct named {
	struct strings names;	/* the services' own */
	struct strings files;	/* absolute, or "" */
};

/* What name is without its suffix.  The caller frees it. */
static char *
without_suffix(const char *name)
{
	const size_t length = strlen(name), suffix = strlen(SUFFIX);
	char *ret = text_copy(name);

	if (length > suffix && strcmp(name + length - suffix, SUFFIX) == 0)
		ret[length - suffix] = '\0';
	return ret;
}

static int
check(const char *given, const char *name, bool is_file, struct paths *p)
{
	const char *wrong = value_check_name(name);

	if (wrong != NULL && is_file)
		return command_usage("'%s': the name of its service, '%s': %s",
		    given, name, wrong);
	if (wrong != NULL)
		return command_usage("'%s': %s", given, wrong);
	if (is_file && name[strlen(name) - 1] == '@')
		return command_usage("'%s': a template: expected the name of "
		    "an instance", given);
	if (paths_for(p, name) == -1)
		return command_usage("'%s': expected a shorter name, "
		    "or a shorter run directory", given);
	return EXIT_DONE;
}

static int
resolve_file(const char *given, struct paths *p, struct named *ret)
{
	char *name = without_suffix(strrchr(given, '/') + 1);
	char *file = caller_absolute(given);
	int status;

	if (file == NULL || access(file, F_OK) == -1) {
		message_error("%s: no definition: %s%s", given,
		    message_strerror(errno),
		    strcmp(command_argv[1], "start") == 0 ?
		    "; a command goes after --" : "");
		status = EXIT_NOT_CONFIGURED;
	} else {
		status = check(given, name, true, p);
	}
	if (status == EXIT_DONE) {
		strings_add(&ret->names, name);
		strings_add(&ret->files, file);
	}
	free(name);
	free(file);
	return status;
}

/* The service that p is set to was never started: another one's alias? */
static int
resolve_alias(char **name, struct paths *p)
{
	struct strings dirs;
	struct found found;
	char *path;
	int error = 0;

	paths_definition_dirs(p, &dirs);
	if (search_find(&dirs, *name, &found, &path) == -1) {
		error = errno;
		message_error("%s: cannot follow alias %s: %s", *name, path,
		    error == EINVAL ? "expected the name of a service" :
		    message_strerror(error));
	} else if (strcmp(found.name, *name) != 0) {
		free(*name);
		*name = text_copy(found.name);
	}
	free(path);
	search_free(&found);
	strings_clear(&dirs);
	return error == 0 ? EXIT_DONE : EXIT_NOT_CONFIGURED;
}

static int
resolve_name(const char *given, bool is_new, struct paths *p,
    struct named *ret)
{
	char *name = without_suffix(given);
	int status;

	status = check(given, name, false, p);
	if (status == EXIT_DONE && !is_new && access(p->dir, F_OK) == -1) {
		status = resolve_alias(&name, p);
		if (status == EXIT_DONE)
			status = check(given, name, false, p);
	}
	if (status == EXIT_DONE) {
		strings_add(&ret->names, name);
		strings_add(&ret->files, "");
	}
	free(name);
	return status;
}

/* is_new: they are to be given to something new, so they are neither aliases nor
 * files. */
static int
resolve(const struct strings *given, bool is_new, struct paths *p,
    struct named *ret)
{
	int status = EXIT_DONE;

	if (given->count == 0)
		return command_usage("%s: expected the name of a service",
		    command_argv[1]);
	for (size_t i = 0; i < given->count && status == EXIT_DONE; i++) {
		if (strchr(given->items[i], '/') == NULL || is_new)
			status = resolve_name(given->items[i], is_new, p, ret);
		else
			status = resolve_file(given->items[i], p, ret);
	}
	return status;
}

static void
free_named(struct named *n)
{
	strings_clear(&n->names);
	strings_clear(&n->files);
}

struct each {
	struct named named;
	struct paths paths;
	int (*action)(const char *name, struct paths *p, void *context);
	void *context;
};

static int
each_of(size_t from, size_t to, void *context)
{
	struct each *e = context;
	int status, highest = 0;

	for (size_t i = from; i < to; i++) {
		/* Checked before: it fits. */
		paths_for(&e->paths, e->named.names.items[i]);
		e->paths.file = e->named.files.items[i][0] == '\0' ? NULL :
		    e->named.files.items[i];
		status = e->action(e->named.names.items[i], &e->paths,
		    e->context);
		if (status > highest)
			highest = status;
	}
	return highest;
}

static int
prepare_each(struct each *e, const struct strings *names,
    const struct common_options *common)
{
	char err[512];
	int status;

	if (paths_init(&e->paths, common->run_dir, common->log_dir,
	    common->definition_dir, err, sizeof(err)) == -1)
		return command_usage("%s", err);
	status = resolve(names, common->names_are_new, &e->paths, &e->named);
	if (status != EXIT_DONE)
		return status;
	if (paths_check(&e->paths, err, sizeof(err)) == -1) {
		message_error("%s", err);
		return EXIT_NO_PERMISSION;
	}
	return EXIT_DONE;
}

int
command_each(const struct strings *names, const struct common_options *common,
    int (*action)(const char *name, struct paths *p, void *context),
    void *context)
{
	struct each e = { .action = action, .context = context };
	int status = prepare_each(&e, names, common);

	if (status == EXIT_DONE)
		status = each_of(0, names->count, &e);
	free_named(&e.named);
	return status;
}

int
command_look_at_each(const struct strings *names,
    const struct common_options *common,
    int (*action)(const char *name, struct paths *p, void *context),
    void *context)
{
	struct each e = { .action = action, .context = context };
	int status = prepare_each(&e, names, common);

	if (status == EXIT_DONE)
		status = share_out(names->count, each_of, &e, STATUS_UNKNOWN);
	free_named(&e.named);
	return status;
}
