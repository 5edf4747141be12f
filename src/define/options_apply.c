/*
 * What each option of start does: see private.h.  An option stores its
 * value and nothing else; options.c does what depends on several of them.
 */
#include "config.h"

#include "define/private.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "define/caller.h"
#include "define/envfile.h"
#include "message.h"

int
option_fail(struct option_parse *p, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(p->err, p->size, fmt, ap);
	va_end(ap);
	return -1;
}

static int
fail_value(struct option_parse *p, const char *value, const char *expected)
{
	return option_fail(p, "%s: '%.80s': %s", p->option, value, expected);
}

static void
need_command(struct option_parse *p)
{
	if (p->first_directive == NULL)
		p->first_directive = p->option;
}

/* Note that the current option sets d; twice the same is no harm. */
static int
note(struct option_parse *p, const struct directive *d, const char *value)
{
	struct seen *before = &p->seen[d - directives];

	need_command(p);
	if (before->value != NULL && strcmp(before->value, value) != 0 &&
	    strncmp(d->name, "Environment", 11) != 0)
		return option_fail(p, "%s '%.80s' and %s '%.80s' contradict "
		    "each other", before->option, before->value, p->option,
		    value);
	strings_add(&p->values, value);
	before->option = p->option;
	before->value = p->values.items[p->values.count - 1];
	return 0;
}

/* Set d to value as it is; typed is what the user gave. */
static int
set(struct option_parse *p, const struct directive *d, const char *value,
    const char *typed)
{
	const char *error;

	if (note(p, d, value) == -1)
		return -1;
	error = directive_set_literal(&p->o->service, d, value);
	return error == NULL ? 0 : fail_value(p, typed, error);
}

/* "-FILE" keeps its minus; another file must be there, and make sense. */
static int
set_env_file(struct option_parse *p, const struct directive *d,
    const char *value, const char *path)
{
	struct strings ignored = { 0 };
	unsigned line = 0;
	char *optional;
	int ret;

	if (value[0] == '-') {
		if (asprintf(&optional, "-%s", path) == -1)
			message_die("out of memory");
		ret = set(p, d, optional, value);
		free(optional);
		return ret;
	}
	ret = envfile_read(path, &ignored, &line);
	strings_clear(&ignored);
	if (ret == -1 && errno == EINVAL && line > 0)
		return option_fail(p, "%s: %s:%u: expected NAME=VALUE",
		    p->option, path, line);
	if (ret == -1)
		return option_fail(p, "%s: cannot read %s: %s", p->option, path,
		    message_strerror(errno));
	return set(p, d, path, value);
}

static int
set_path(struct option_parse *p, const struct directive *d, const char *value)
{
	bool is_file = strcmp(d->option, "env-file") == 0;
	char *output, *path = caller_absolute(value +
	    (is_file && value[0] == '-' ? 1 : 0));
	int ret;

	if (path == NULL)
		return option_fail(p,
		    "%s: cannot tell the current directory: %s", p->option,
		    message_strerror(errno));
	if (is_file) {
		ret = set_env_file(p, d, value, path);
	} else if (strcmp(d->option, "output") == 0) {
		if (asprintf(&output, "append:%s", path) == -1)
			message_die("out of memory");
		ret = set(p, d, output, value);
		free(output);
	} else {
		ret = set(p, d, path, value);
	}
	free(path);
	return ret;
}

/* NAME alone takes over what the caller has. */
static int
set_env(struct option_parse *p, const struct directive *d, const char *value)
{
	const char *callers;
	char *assignment;
	int ret;

	if (strchr(value, '=') != NULL)
		return set(p, d, value, value);
	callers = getenv(value);
	if (callers == NULL)
		return fail_value(p, value, "expected NAME=VALUE, "
		    "or the name of a variable that is set");
	if (asprintf(&assignment, "%s=%s", value, callers) == -1)
		message_die("out of memory");
	ret = set(p, d, assignment, value);
	free(assignment);
	return ret;
}

/* USER, or USER:GROUP. */
static int
set_user(struct option_parse *p, const struct directive *d, const char *value)
{
	const char *colon = strchr(value, ':');
	char *user;
	int ret;

	if (colon == NULL)
		return set(p, d, value, value);
	if (colon == value || colon[1] == '\0')
		return fail_value(p, value, "expected USER or USER:GROUP");
	user = strndup(value, (size_t)(colon - value));
	if (user == NULL)
		message_die("out of memory");
	ret = set(p, d, user, value);
	free(user);
	return ret == 0 ? set(p, directive_find("Group"), colon + 1, value) :
	    -1;
}

int
option_apply(struct option_parse *p, const struct directive *d,
    const char *value)
{
	const char *option = d->option;

	if (*value == '\0')
		return option_fail(p, "%s: '': expected %s", p->option,
		    d->argument);
	if (strcmp(option, "user") == 0)
		return set_user(p, d, value);
	if (strcmp(option, "env") == 0)
		return set_env(p, d, value);
	if (strcmp(option, "output") == 0) {
		if (strcmp(value, "log") == 0)
			return set(p, d, "journal", value);
		if (strcmp(value, "null") == 0 ||
		    strcmp(value, "inherit") == 0)
			return set(p, d, value, value);
	}
	if (strcmp(option, "output") == 0 ||
	    strcmp(option, "pidfile") == 0 || strcmp(option, "env-file") == 0)
		return set_path(p, d, value);
	return set(p, d, value, value);
}

static int
apply_same_dir(struct option_parse *p, const char *value)
{
	(void)value;
	p->same_dir = p->option;
	need_command(p);
	return 0;
}

static int
apply_clear_env(struct option_parse *p, const char *value)
{
	(void)value;
	p->clear_env = p->option;
	need_command(p);
	return 0;
}

static int
apply_no_keeper(struct option_parse *p, const char *value)
{
	(void)value;
	return set(p, directive_find("X-HoldfastKeeper"), "no", "no");
}

/* What is read is now "--property KEY": the rest of it is its value. */
static void
add_key(struct option_parse *p, const char *key, size_t length)
{
	char *text;

	if (asprintf(&text, "%s %.*s", p->option, (int)length, key) == -1)
		message_die("out of memory");
	strings_add(&p->values, text);
	free(text);
	p->option = p->values.items[p->values.count - 1];
}

/* NAME=VALUE is LimitNAME=VALUE, in whichever case. */
static int
apply_limit(struct option_parse *p, const char *value)
{
	size_t length = strcspn(value, "=");
	const struct directive *d;

	for (d = directives; d->name != NULL; d++) {
		if (value[length] == '=' && strlen(d->name) == length + 5 &&
		    strncmp(d->name, "Limit", 5) == 0 &&
		    strncasecmp(d->name + 5, value, length) == 0)
			break;
	}
	if (d->name == NULL)
		return fail_value(p, value,
		    "expected a limit such as NOFILE=1024");
	add_key(p, value, length);
	value += length + 1;
	return set(p, d, value, value);
}

/* BURST/INTERVAL, BURST; 0 or no is off. */
static int
apply_start_limit(struct option_parse *p, const char *value)
{
	const char *slash = strchr(value, '/');
	char burst[32];
	size_t length = slash == NULL ? strlen(value) :
	    (size_t)(slash - value);

	if (length >= sizeof(burst) || length == 0)
		return fail_value(p, value,
		    "expected BURST/INTERVAL such as 5/10s, or no");
	strlcpy(burst, strcmp(value, "no") == 0 ? "0" : value,
	    strcmp(value, "no") == 0 ? sizeof(burst) : length + 1);
	if (set(p, directive_find("StartLimitBurst"), burst, value) == -1)
		return -1;
	return slash == NULL ? 0 : set(p,
	    directive_find("StartLimitIntervalSec"), slash + 1, value);
}

/* KEY=VALUE as it would stand in a unit file. */
static int
apply_property(struct option_parse *p, const char *value)
{
	size_t length = strcspn(value, "=");
	const struct directive *d = NULL;
	const char *error;
	char *name;

	if (value[length] == '=') {
		name = strndup(value, length);
		if (name == NULL)
			message_die("out of memory");
		d = directive_find(name);
		free(name);
	}
	if (d == NULL)
		return fail_value(p, value, "expected KEY=VALUE with "
		    "a directive that is known");
	if (strcmp(d->name, "ExecStart") == 0)
		return fail_value(p, value, "expected the command after --");
	add_key(p, value, length);
	value += length + 1;
	if (note(p, d, value) == -1)
		return -1;
	error = d->parse(&p->o->service, d, value);
	return error == NULL ? 0 : fail_value(p, value, error);
}

static int
apply_quiet(struct option_parse *p, const char *value)
{
	(void)value;
	p->o->common.quiet = true;
	return 0;
}

static int
apply_verbose(struct option_parse *p, const char *value)
{
	(void)value;
	p->o->common.verbose = true;
	return 0;
}

static int
apply_dry_run(struct option_parse *p, const char *value)
{
	(void)value;
	p->o->common.dry_run = true;
	return 0;
}

static int
set_directory(struct option_parse *p, const char **directory, const char *value)
{
	if (*value == '\0')
		return fail_value(p, value, "expected DIR");
	if (*directory != NULL && strcmp(*directory, value) != 0)
		return option_fail(p, "%s '%.80s' and %s '%.80s' contradict "
		    "each other", p->option, *directory, p->option, value);
	*directory = value;
	return 0;
}

static int
apply_run_dir(struct option_parse *p, const char *value)
{
	return set_directory(p, &p->o->common.run_dir, value);
}

static int
apply_log_dir(struct option_parse *p, const char *value)
{
	return set_directory(p, &p->o->common.log_dir, value);
}

static int
apply_definition_dir(struct option_parse *p, const char *value)
{
	return set_directory(p, &p->o->common.definition_dir, value);
}

const struct option_row option_rows[] = {
	{ "same-dir", 0, NULL, "stay in the caller's directory",
	    apply_same_dir },
	{ "clear-env", 0, NULL, "take nothing over from the caller's "
	    "environment", apply_clear_env },
	{ "limit", 0, "NAME=VALUE", "a resource limit, such as NOFILE=1024 "
	    "or CORE=0:infinity", apply_limit },
	{ "start-limit", 0, "BURST/TIME", "at most BURST starts in TIME, "
	    "such as 5/10s; or no", apply_start_limit },
	{ "no-keeper", 0, NULL, "run it without a keeper", apply_no_keeper },
	{ "property", 0, "KEY=VALUE", "set any directive of a unit file",
	    apply_property },
	{ "dry-run", 't', NULL, "say what would be done", apply_dry_run },
	{ "quiet", 'q', NULL, "say nothing but errors", apply_quiet },
	{ "verbose", 'v', NULL, "say more", apply_verbose },
	{ "run-dir", 0, "DIR", "where the state is kept", apply_run_dir },
	{ "log-dir", 0, "DIR", "where the logs are kept", apply_log_dir },
	{ "definition-dir", 0, "DIR", "where definitions are: DIR:DIR...",
	    apply_definition_dir },
	{ NULL, 0, NULL, NULL, NULL },
};
