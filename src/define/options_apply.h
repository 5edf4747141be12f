/*
 * The options of start one by one, between options.c, which reads the command
 * line, and options_apply.c, which knows what each option does.  Nobody else
 * includes this.
 */
#ifndef HOLDFAST_OPTIONS_APPLY_H
#define HOLDFAST_OPTIONS_APPLY_H

#include <stdbool.h>
#include <stddef.h>

#include "define/directive.h"
#include "define/options.h"

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
