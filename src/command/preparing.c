/*
 * Before a start, or the plan of one: see preparing.h.  Nothing is made here.
 */
#include "config.h"

#include "command/preparing.h"

#include <sys/stat.h>

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "command/command.h"
#include "command/outcome.h"
#include "define/caller.h"
#include "define/search.h"
#include "define/unit.h"
#include "message.h"
#include "state/definition.h"

/* systemd looks for a program without a path where it looks itself. */
static void
find_program(struct service *s)
{
	struct exec_line *line = &s->exec_start.items[0];
	char *path;

	if (strchr(line->program, '/') != NULL)
		return;
	path = caller_find_program(line->program, CALLER_DEFAULT_PATH);
	if ((line->prefixes & EXEC_NAMED) == 0)
		service_set_text(&line->words.items[0], path);
	free(line->program);
	line->program = path;
}

/* What the definition takes over from the caller is a part of it from now on;
 * what it sets itself goes before. */
static void
pass_environment(struct service *s)
{
	const char *name, *value;
	char *assignment;

	for (size_t i = 0; i < s->pass_environment.count; i++) {
		name = s->pass_environment.items[i];
		value = getenv(name);
		if (value == NULL || strings_get(&s->environment, name) != NULL)
			continue;
		if (asprintf(&assignment, "%s=%s", name, value) == -1)
			message_die("out of memory");
		strings_add(&s->environment, assignment);
		free(assignment);
	}
	strings_clear(&s->pass_environment);
}

/* What was found, with its drop-ins. */
static int
read_found(const struct found *found, struct service *s, int *ret_errno,
    char *err, size_t size)
{
	*ret_errno = 0;
	if (found->is_masked) {
		snprintf(err, size, "it is masked, by %s", found->file);
		return -1;
	}
	if (unit_load(s, found, ret_errno, err, size) == -1 ||
	    service_check(s, err, size) == -1)
		return -1;
	find_program(s);
	pass_environment(s);
	return 0;
}

int
preparing_find(const char *name, const struct paths *p, struct found *ret,
    int *ret_errno, char *err, size_t size)
{
	struct strings dirs;
	char *path = NULL;
	int result = 0;

	*ret = (struct found){ 0 };
	paths_definition_dirs(p, &dirs);
	if (p->file != NULL) {
		ret->name = text_copy(name);
		ret->file = text_copy(p->file);
		search_drop_ins(&dirs, ret);
	} else if (search_find(&dirs, name, ret, &path) == -1) {
		*ret_errno = errno;
		snprintf(err, size, "cannot follow alias %s: %s", path,
		    message_strerror(errno));
		result = -1;
	}
	free(path);
	strings_clear(&dirs);
	return result;
}

int
preparing_read(const char *name, const struct paths *p, struct service *s,
    bool *ret_is_new, int *ret_errno, char *err, size_t size)
{
	struct found found;
	int result;

	service_init(s, name);
	result = preparing_find(name, p, &found, ret_errno, err, size);
	*ret_is_new = found.file != NULL;
	if (result == 0 && found.file != NULL)
		result = read_found(&found, s, ret_errno, err, size);
	else if (result == 0)
		result = definition_read(p->definition, s, ret_errno, err,
		    size);
	search_free(&found);
	return result;
}

/* The definition: given, found, or the one of the last start. */
static int
find_definition(const struct starting *s, struct prepared *r)
{
	char err[512];
	int result, error;

	if (s->given != NULL) {
		service_init(&r->read, s->name);
		r->service = s->given;
		r->is_new = true;
		return EXIT_DONE;
	}
	r->service = &r->read;
	result = preparing_read(s->name, s->paths, &r->read, &r->is_new,
	    &error, err, sizeof(err));
	if (result == 0)
		return EXIT_DONE;
	if (result == 1)
		message_error("%s: no definition: there is no unit file, and "
		    "nothing was started under this name; a command goes "
		    "after --", s->name);
	else
		message_error("%s: %s", s->name, err);
	return command_status_of_definition(error);
}

/* All that can be found wrong before anything is touched. */
static int
check(const struct starting *s, struct prepared *r)
{
	const char *program = r->service->exec_start.items[0].program;
	char err[512];

	if (strchr(program, '/') == NULL) {
		message_error("%s: cannot execute %s: not found in PATH",
		    s->name, program);
		return EXIT_NOT_INSTALLED;
	}
	if (credentials_resolve(r->service->user, r->service->group,
	    r->service->supplementary_groups.items,
	    r->service->supplementary_groups.count, &r->credentials, err, sizeof(err)) == -1) {
		message_error("%s: %s", s->name, err);
		return EXIT_FAILED;
	}
	return EXIT_DONE;
}

int
preparing_begin(const struct starting *s, struct prepared *ret)
{
	int status;

	*ret = (struct prepared){ .service = NULL };
	status = find_definition(s, ret);
	return status == EXIT_DONE ? check(s, ret) : status;
}

void
preparing_free(struct prepared *p)
{
	credentials_free(&p->credentials);
	service_free(&p->read);
}

/*
 * What the child would find in its set-up, as far as it can be seen from here:
 * a start leaves that to the child, who is there when it matters.
 */
static int
check_files(const struct starting *s, const struct prepared *r)
{
	const char *program = r->service->exec_start.items[0].program;
	const char *dir = r->service->working_directory;
	struct stat st;
	int error = 0;

	if (strcmp(dir, "~") == 0)
		dir = r->credentials.home;
	if (stat(dir, &st) == -1)
		error = errno;
	else if (!S_ISDIR(st.st_mode))
		error = ENOTDIR;
	if (r->service->working_directory_is_optional)
		error = 0;
	if (error != 0) {
		message_error("%s: cannot change directory to %s: %s",
		    s->name, dir, message_strerror(error));
		return EXIT_FAILED;
	}
	if (stat(program, &st) == -1 ||
	    faccessat(AT_FDCWD, program, X_OK, AT_EACCESS) == -1)
		error = errno;
	else if (!S_ISREG(st.st_mode))
		error = EACCES;
	if (error == 0)
		return EXIT_DONE;
	message_error("%s: cannot execute %s: %s", s->name, program,
	    message_strerror(error));
	return error == ENOENT || error == ENOTDIR ? EXIT_NOT_INSTALLED :
	    command_status_of(error);
}

int
preparing_plan(const struct starting *s, void (*print)(const struct starting *s,
    const struct service *service, const struct credentials *credentials))
{
	struct prepared r;
	int status;

	status = preparing_begin(s, &r);
	if (status == EXIT_DONE)
		status = check_files(s, &r);
	if (status == EXIT_DONE)
		print(s, r.service, &r.credentials);
	preparing_free(&r);
	return status;
}

bool
preparing_needs_lookup(const struct service *s)
{
	return s->user != NULL || s->group != NULL ||
	    s->supplementary_groups.count > 0;
}

static int
foresee(const char *name, struct paths *p, void *context)
{
	const struct service *given = context;
	struct service read;
	char err[512];
	int error;
	bool needs, is_new;

	if (given != NULL) {
		lookup_prepare();
		return EXIT_DONE;
	}
	/* One that cannot be read is said when it is its turn. */
	needs = preparing_read(name, p, &read, &is_new, &error, err,
	    sizeof(err)) == 0 && preparing_needs_lookup(&read);
	service_free(&read);
	if (needs)
		lookup_prepare();
	return EXIT_DONE;
}

int
preparing_foresee(const struct strings *names,
    const struct common_options *common, struct service *given)
{
	if (given != NULL && !preparing_needs_lookup(given))
		return EXIT_DONE;
	return command_each(names, common, foresee, given);
}
