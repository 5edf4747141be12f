/*
 * The one table of directives: name in a unit file, command-line option,
 * parser and printer.  Unit files, options, `show`, the generated definition
 * and the help text all come from it.
 */
#ifndef HOLDFAST_DIRECTIVE_H
#define HOLDFAST_DIRECTIVE_H

#include <stdbool.h>
#include <stddef.h>

#include "define/service.h"

struct directive {
	const char *name;	/* "WorkingDirectory" */
	const char *section;	/* "Unit" or "Service" */
	const char *option;	/* "chdir", or NULL when it has none */
	char letter;		/* 'd', or 0 */
	const char *argument;	/* "DIR" for the help text */
	const char *help;	/* "change to DIR first (default /)" */
	/*
	 * Set it to value as that stands in a unit file: %% is a percent
	 * sign, lists are quoted words, an empty value resets a list.  NULL,
	 * or a static text of what was expected; s is then as before.
	 */
	const char *(*parse)(struct service *s, const struct directive *d,
	    const char *value);
	/*
	 * Print the I-th value (0, 1, ...) into *ret_value, which the caller
	 * frees; false when there is no I-th, or it is the default and need not
	 * be written.
	 */
	bool (*print)(const struct service *s, const struct directive *d,
	    size_t i, char **ret_value);
	size_t offset;		/* of the field, for shared parsers */
	int detail;		/* the same: an RLIMIT_ number, or the offset
				   of the field's is_set */
};

/* The whole table; ends with a name of NULL. */
extern const struct directive directives[];

/* By name ("LimitNOFILE"), or NULL. */
const struct directive *directive_find(const char *name);

/*
 * Set d to text as it is, without specifiers and quotes: of a list, one item.
 * Returns NULL, or a static text of what was expected; s is then as before.
 */
const char *directive_set_literal(struct service *s,
    const struct directive *d, const char *text);

#endif
