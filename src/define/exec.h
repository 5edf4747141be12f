/*
 * Command lines of a definition: ExecStart= and its like, as systemd reads
 * them, and what their variables make of them.
 */
#ifndef HOLDFAST_EXEC_H
#define HOLDFAST_EXEC_H

#include <stdbool.h>
#include <stddef.h>

#include "define/strings.h"

/* What stands before the program's path: systemd.service(5), COMMAND LINES. */
enum exec_prefix {
	EXEC_IGNORE = 1,	/* -: a failure counts as success */
	EXEC_NAMED = 2,		/* @: the second word is argv[0] */
	EXEC_VERBATIM = 4,	/* :: no variables are replaced */
	EXEC_PRIVILEGED = 8,	/* +: with full privileges */
	EXEC_KEEP_USER = 16,	/* !: with the privileges to change them */
};

struct exec_line {
	unsigned prefixes;	/* a set of enum exec_prefix */
	char *program;		/* absolute, or a name to be looked up */
	struct strings words;	/* argv */
	bool is_literal;	/* no variable is in them, $ is $ */
};

struct exec_list {
	struct exec_line *items;
	size_t count;
};

/*
 * Append the commands of value (several: a lone ; between them), specifiers
 * being those of s.  Returns NULL, or a text of what was expected, good until
 * the next call, the list then as before.  Dies when out of memory.
 */
const char *exec_parse(struct exec_list *list, const char *unit,
    const char *value);

/* Append one with its program and argv[0] only: add its other words, literal.
 * The pointer is good until the next one is appended. */
struct exec_line *exec_add(struct exec_list *list, const char *program);

/* As exec_parse() reads it back.  The caller frees it. */
char *exec_print(const struct exec_line *line);

/* Free all, and be as a new list. */
void exec_clear(struct exec_list *list);

/*
 * argv with the variables of environment ("K=V", ends with NULL): $K as a word
 * is the words of its value, ${K} is its value, $$ is $.  unset (size bytes)
 * gets the name of the first one that is not set, or "".  Returns 0, with
 * *ret to be cleared by the caller; or -1 with errno ENOMEM.
 */
int exec_expand(const struct exec_line *line, char *const *environment,
    struct strings *ret, char *unset, size_t size);

#endif
