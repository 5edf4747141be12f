/*
 * Before a start, or the plan of one: see preparing.h.  Nothing is made here.
 */
#include "config.h"

#include "command/preparing.h"

#include <sys/stat.h>

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include "command/command.h"
#include "command/outcome.h"
#include "message.h"
#include "state/definition.h"

/* The definition: given, or the one of the last start. */
static int
find_definition(const struct starting *s, struct prepared *r)
{
	char err[512];
	int result, error;

	service_init(&r->stored, s->name);
	if (s->given != NULL) {
		r->service = s->given;
		return EXIT_DONE;
	}
	r->service = &r->stored;
	result = definition_read(s->paths->definition, &r->stored, &error,
	    err, sizeof(err));
	if (result == 0)
		return EXIT_DONE;
	if (result == 1)
		message_error("%s: no definition: nothing was started under "
		    "this name; a command goes after --", s->name);
	else
		message_error("%s: %s", s->name, err);
	return command_status_of_definition(error);
}

/* All that can be found wrong before anything is touched. */
static int
check(const struct starting *s, struct prepared *r)
{
	const char *program = r->service->command.items[0];
	char err[512];

	if (strchr(program, '/') == NULL) {
		message_error("%s: cannot execute %s: not found in PATH",
		    s->name, program);
		return EXIT_NOT_INSTALLED;
	}
	if (credentials_resolve(r->service->user, r->service->group,
	    &r->credentials, err, sizeof(err)) == -1) {
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
	service_free(&p->stored);
}

/*
 * What the child would find in its set-up, as far as it can be seen from here:
 * a start leaves that to the child, who is there when it matters.
 */
static int
check_files(const struct starting *s, const struct prepared *r)
{
	const char *program = r->service->command.items[0];
	const char *dir = r->service->working_directory;
	struct stat st;
	int error = 0;

	if (stat(dir, &st) == -1)
		error = errno;
	else if (!S_ISDIR(st.st_mode))
		error = ENOTDIR;
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
	return s->user != NULL || s->group != NULL;
}

static int
foresee(const char *name, struct paths *p, void *context)
{
	const struct service *given = context;
	struct service stored;
	char err[512];
	int error;
	bool needs;

	if (given != NULL) {
		lookup_prepare();
		return EXIT_DONE;
	}
	/* One that cannot be read is said when it is its turn. */
	service_init(&stored, name);
	needs = definition_read(p->definition, &stored, &error, err,
	    sizeof(err)) == 0 && preparing_needs_lookup(&stored);
	service_free(&stored);
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
