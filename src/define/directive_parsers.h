/*
 * The functions of the directive table's rows; see struct directive for what
 * parse and print promise.  Only directive.c, which has the table, and the two
 * files that define them include this.
 */
#ifndef HOLDFAST_DIRECTIVE_PARSERS_H
#define HOLDFAST_DIRECTIVE_PARSERS_H

#include <stdbool.h>
#include <stddef.h>

#include "define/directive.h"

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
DIRECTIVE_KIND(command)
DIRECTIVE_KIND(type)
DIRECTIVE_KIND(umask)
DIRECTIVE_KIND(environment)
DIRECTIVE_KIND(environment_file)
DIRECTIVE_PARSER(nice)
DIRECTIVE_PARSER(oom)
DIRECTIVE_PRINTER(int)		/* at offset, if the bool at detail is set */
DIRECTIVE_KIND(limit)		/* detail: RLIMIT_... */

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

#endif
