/*
 * The command line of `start`: see options.h.  Here it is taken apart, and
 * here is what depends on more than one option, or on the caller: it is done
 * at the end, so that the order of the options does not matter.
 */
#include "config.h"

#include "define/options.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "define/caller.h"
#include "define/directive.h"
#include "define/private.h"
#include "message.h"

/* An option is a row of its own, or a directive's. */
struct option {
	const struct option_row *row;
	const struct directive *directive;
};

/* By name (length characters), or by letter when name is NULL. */
static bool
matches(const char *option, char option_letter, const char *name,
    size_t length, char letter)
{
	if (name == NULL)
		return option_letter == letter;
	return strlen(option) == length &&
	    strncmp(option, name, length) == 0;
}

static bool
find_option(const char *name, size_t length, char letter, struct option *ret)
{
	const struct directive *d;
	const struct option_row *row;

	/* start-stop-daemon has both. */
	if (letter == 'c')
		letter = 'u';
	*ret = (struct option){ 0 };
	for (d = directives; d->name != NULL; d++) {
		if (d->option != NULL &&
		    matches(d->option, d->letter, name, length, letter)) {
			ret->directive = d;
			return true;
		}
	}
	for (row = option_rows; row->name != NULL; row++) {
		if (matches(row->name, row->letter, name, length, letter)) {
			ret->row = row;
			return true;
		}
	}
	return false;
}

static int
apply(struct option_parse *p, const struct option *option, const char *value)
{
	if (option->directive != NULL)
		return option_apply(p, option->directive, value);
	return option->row->apply(p, value);
}

static const char *
argument_of(const struct option *option)
{
	return option->directive != NULL ? option->directive->argument :
	    option->row->argument;
}

/* The option as it was typed, without its value; lives as long as p. */
static void
name_option(struct option_parse *p, const char *dashes, const char *name,
    size_t length)
{
	char *text;

	if (asprintf(&text, "%s%.*s", dashes, (int)length, name) == -1)
		message_die("out of memory");
	strings_add(&p->values, text);
	free(text);
	p->option = p->values.items[p->values.count - 1];
}

/* The value of an option is the next argument, but never the "--". */
static const char *
next_value(struct option_parse *p, char **argv, int *i, const char *argument)
{
	if (argv[*i + 1] == NULL || strcmp(argv[*i + 1], "--") == 0) {
		option_fail(p, "%s: expected an argument (%s)", p->option,
		    argument);
		return NULL;
	}
	return argv[++*i];
}

/* "--name", "--name=value" or "--name value" at argv[*i]. */
static int
parse_long(struct option_parse *p, char **argv, int *i)
{
	const char *name = argv[*i] + 2, *argument, *value;
	size_t length = strcspn(name, "=");
	struct option option;

	name_option(p, "--", name, length < 80 ? length : 80);
	if (!find_option(name, length, 0, &option))
		return option_fail(p, "unknown option '%s'", p->option);
	argument = argument_of(&option);
	if (argument == NULL && name[length] == '=')
		return option_fail(p, "%s: expected no argument, not '%.80s'",
		    p->option, name + length + 1);
	if (argument == NULL)
		return apply(p, &option, NULL);
	value = name[length] == '=' ? name + length + 1 :
	    next_value(p, argv, i, argument);
	return value == NULL ? -1 : apply(p, &option, value);
}

/* "-qt", "-dDIR" or "-d DIR" at argv[*i]. */
static int
parse_short(struct option_parse *p, char **argv, int *i)
{
	const char *letter, *argument, *value;
	struct option option;

	for (letter = argv[*i] + 1; *letter != '\0'; letter++) {
		name_option(p, "-", letter, 1);
		if (!find_option(NULL, 0, *letter, &option))
			return option_fail(p, "unknown option '%s'",
			    p->option);
		argument = argument_of(&option);
		if (argument != NULL) {
			value = letter[1] != '\0' ? letter + 1 :
			    next_value(p, argv, i, argument);
			return value == NULL ? -1 : apply(p, &option, value);
		}
		if (apply(p, &option, NULL) == -1)
			return -1;
	}
	return 0;
}

static int
parse_arguments(struct option_parse *p, char **argv)
{
	const char *error;
	int i, ret = 0;

	for (i = 1; ret == 0 && argv[i] != NULL; i++) {
		if (strcmp(argv[i], "--") == 0) {
			p->has_command = true;
			for (i++; argv[i] != NULL; i++)
				strings_add(&p->o->command, argv[i]);
			break;
		}
		if (strncmp(argv[i], "--", 2) == 0) {
			ret = parse_long(p, argv, &i);
		} else if (argv[i][0] == '-' && argv[i][1] != '\0') {
			ret = parse_short(p, argv, &i);
		} else {
			/* A definition's file is checked when it is found. */
			error = strchr(argv[i], '/') != NULL ? NULL :
			    value_check_name(argv[i]);
			if (error != NULL)
				return option_fail(p, "'%.80s': %s", argv[i],
				    error);
			strings_add(&p->o->names, argv[i]);
		}
	}
	return ret;
}

static const struct seen *
seen(const struct option_parse *p, const char *name)
{
	return &p->seen[directive_find(name) - directives];
}

static int
contradict(struct option_parse *p, const char *one, const char *other)
{
	return option_fail(p, "%s and %s contradict each other", one, other);
}

static int
check_contradictions(struct option_parse *p)
{
	const char *one, *other;

	if (p->o->common.quiet && p->o->common.verbose)
		return contradict(p, "--quiet", "--verbose");
	one = seen(p, "WorkingDirectory")->option;
	if (p->same_dir != NULL && one != NULL)
		return contradict(p, p->same_dir, one);
	if (service_contradicts(&p->o->service, &one, &other))
		return contradict(p, seen(p, one)->option,
		    seen(p, other)->option);
	return 0;
}

static int
check_grammar(struct option_parse *p)
{
	const struct start_options *o = p->o;

	if (o->names.count == 0)
		return option_fail(p, "expected the name of a service");
	if (p->has_command && o->command.count == 0)
		return option_fail(p, "expected a command after --");
	if (p->has_command && o->command.items[0][0] == '\0')
		return option_fail(p,
		    "'': expected a command after --");
	p->o->common.names_are_new = p->has_command;
	if (p->has_command && o->names.count > 1)
		return option_fail(p, "'%s': expected one name only "
		    "where there is a command", o->names.items[1]);
	if (!p->has_command && p->first_directive != NULL)
		return option_fail(p, "%s: expected a command after -- "
		    "(a definition that exists is not changed)",
		    p->first_directive);
	return check_contradictions(p);
}

/* The caller's environment goes first: --env is above it. */
static void
take_environment(struct option_parse *p)
{
	struct service *s = &p->o->service;
	struct strings own = s->environment;
	size_t i;

	s->environment = (struct strings){ 0 };
	if (p->clear_env == NULL)
		caller_environment(&s->environment, s->user != NULL);
	for (i = 0; i < own.count; i++)
		strings_set(&s->environment, own.items[i]);
	strings_clear(&own);
}

static int
take_directory(struct option_parse *p)
{
	const char *error;
	char *path = caller_absolute(".");

	if (path == NULL)
		return option_fail(p,
		    "%s: cannot tell the current directory: %s", p->same_dir,
		    message_strerror(errno));
	error = directive_set_literal(&p->o->service,
	    directive_find("WorkingDirectory"), path);
	if (error != NULL)
		option_fail(p, "%s: '%.80s': %s", p->same_dir, path, error);
	free(path);
	return error == NULL ? 0 : -1;
}

static int
take_command(struct option_parse *p)
{
	struct service *s = &p->o->service;
	struct exec_line *line;
	char *program;
	size_t i;

	program = caller_find_program(p->o->command.items[0],
	    strings_get(&s->environment, "PATH"));
	if (program == NULL)
		return option_fail(p,
		    "%s: cannot tell the current directory: %s",
		    p->o->command.items[0], message_strerror(errno));
	line = exec_add(&s->exec_start, program);
	free(program);
	for (i = 1; i < p->o->command.count; i++)
		strings_add(&line->words, p->o->command.items[i]);
	return service_check(s, p->err, p->size);
}

int
options_parse_start(int argc, char **argv, struct start_options *ret,
    char *err, size_t size)
{
	struct start_options o = { 0 };
	struct option_parse p = { .o = &o, .err = err, .size = size };
	const struct directive *d;
	size_t count = 0;
	int error;

	(void)argc;
	for (d = directives; d->name != NULL; d++)
		count++;
	p.seen = calloc(count, sizeof(p.seen[0]));
	if (p.seen == NULL)
		message_die("out of memory");
	service_init(&o.service, NULL);
	/* A command that is typed gets what a shell would give it. */
	o.service.ignore_sigpipe = false;
	error = parse_arguments(&p, argv);
	if (error == 0)
		error = check_grammar(&p);
	if (error == 0 && p.has_command) {
		take_environment(&p);
		if (p.same_dir != NULL)
			error = take_directory(&p);
		if (error == 0)
			error = take_command(&p);
	}
	strings_clear(&p.values);
	free(p.seen);
	if (error == -1)
		options_free_start(&o);
	*ret = o;
	return error;
}

void
options_free_start(struct start_options *o)
{
	strings_clear(&o->names);
	strings_clear(&o->command);
	service_free(&o->service);
}

bool
options_is_of_start(const char *text, bool *ret_argument)
{
	struct option option;
	size_t length;

	if (strncmp(text, "--", 2) != 0)
		return false;
	length = strcspn(text + 2, "=");
	if (length == 0 || !find_option(text + 2, length, 0, &option))
		return false;
	*ret_argument = text[2 + length] == '\0' &&
	    argument_of(&option) != NULL;
	return true;
}

static void
print_option(FILE *out, char letter, const char *name, const char *argument,
    const char *help)
{
	char text[64];

	snprintf(text, sizeof(text), "--%s%s%s", name,
	    argument == NULL ? "" : "=", argument == NULL ? "" : argument);
	fprintf(out, "  %c%c%c %-26s %s\n", letter == 0 ? ' ' : '-',
	    letter == 0 ? ' ' : letter, letter == 0 ? ' ' : ',', text, help);
}

void
options_print_help(FILE *out)
{
	const struct directive *d;
	const struct option_row *row;

	for (d = directives; d->name != NULL; d++) {
		if (d->option != NULL)
			print_option(out, d->letter, d->option, d->argument,
			    d->help);
	}
	for (row = option_rows; row->name != NULL; row++)
		print_option(out, row->letter, row->name, row->argument,
		    row->help);
}
