/*
 * What the files of this folder share among themselves only: the functions of
 * the directive table's rows (directive.c has the table, directive_process.c
 * and directive_policy.c have the functions), and the options of start one by
 * one (options.c reads the command line, options_apply.c knows what each does).
 */
#ifndef HOLDFAST_DEFINE_PRIVATE_H
#define HOLDFAST_DEFINE_PRIVATE_H

#include <stdbool.h>
#include <stddef.h>

#include "define/directive.h"
#include "define/options.h"

/* See struct directive for what parse and print promise. */
#define DIRECTIVE_PARSER(name) \
	const char *directive_parse_##name(struct service *s, \
	    const struct directive *d, const char *value);
#define DIRECTIVE_PRINTER(name) \
	bool directive_print_##name(const struct service *s, \
	    const struct directive *d, size_t i, char **ret_value);
#define DIRECTIVE_KIND(name) DIRECTIVE_PARSER(name) DIRECTIVE_PRINTER(name)

/* directive_process.c: the process and its surroundings */
DIRECTIVE_KIND(text)		/* the char * at offset */
DIRECTIVE_PARSER(path)		/* the same, an absolute path */
DIRECTIVE_KIND(directory)
DIRECTIVE_PARSER(user)		/* the char * at offset */
DIRECTIVE_KIND(exec)		/* the struct exec_list at offset */
DIRECTIVE_KIND(type)
DIRECTIVE_KIND(umask)
DIRECTIVE_KIND(environment)
DIRECTIVE_KIND(environment_file)
DIRECTIVE_PARSER(nice)
DIRECTIVE_PARSER(oom)
DIRECTIVE_PRINTER(int)		/* at offset, if the bool at detail is set */
DIRECTIVE_KIND(limit)		/* detail: RLIMIT_... */

/* directive_execution.c: what of the execution has no option */
DIRECTIVE_KIND(flag)		/* at offset; detail: its default */
DIRECTIVE_PARSER(variables)	/* the struct strings at offset */
DIRECTIVE_PARSER(unset)		/* the same */
DIRECTIVE_PARSER(groups)	/* the same */
DIRECTIVE_PRINTER(words)	/* the same */
DIRECTIVE_KIND(policy)
DIRECTIVE_KIND(io_class)
DIRECTIVE_KIND(number)		/* the int at offset, -1 not set; detail: max */

/* directive_policy.c: how it is stopped, restarted, ready, held, and heard */
DIRECTIVE_KIND(output)
DIRECTIVE_KIND(kill_signal)
DIRECTIVE_KIND(timeout_stop)
DIRECTIVE_KIND(stop_schedule)
DIRECTIVE_KIND(kill_mode)
DIRECTIVE_KIND(restart)
DIRECTIVE_KIND(restart_sec)
DIRECTIVE_KIND(limit_interval)
DIRECTIVE_KIND(limit_burst)
DIRECTIVE_PRINTER(nothing)	/* of an alias */
DIRECTIVE_KIND(ready)
DIRECTIVE_KIND(timeout_start)
DIRECTIVE_KIND(keeper)

/* The option that set a directive, as it was typed. */
struct seen {
	const char *option;
	const char *value;
};

struct option_parse {
	struct start_options *o;
	struct seen *seen;		/* one for each directive */
	struct strings values;		/* what seen refers to */
	const char *option;		/* the one being read, as typed */
	const char *first_directive;	/* the first one that needs a command */
	const char *same_dir, *clear_env; /* as typed, or NULL */
	bool has_command;
	char *err;
	size_t size;
};

/* An option that is not one directive. */
struct option_row {
	const char *name;
	char letter;
	const char *argument;		/* NULL: takes none */
	const char *help;
	int (*apply)(struct option_parse *p, const char *value);
};

/* The options that are not one directive; ends with a name of NULL. */
extern const struct option_row option_rows[];

/* Apply the option of directive d to value.  0, or -1 with p->err. */
int option_apply(struct option_parse *p, const struct directive *d,
    const char *value);

/* Put a message into p->err.  Returns -1. */
int option_fail(struct option_parse *p, const char *fmt, ...)
    __attribute__((format(printf, 2, 3)));

#endif
