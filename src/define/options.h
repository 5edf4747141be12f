/*
 * The command line of `start`: one option for each directive, and a few that
 * are not directives.  Stores only, never acts.
 */
#ifndef HOLDFAST_OPTIONS_H
#define HOLDFAST_OPTIONS_H

#include <stdbool.h>
#include <stdio.h>

#include "define/service.h"

/* Options that every command takes. */
struct common_options {
	bool quiet, verbose, dry_run, json;
	const char *run_dir;		/* --run-dir (in argv), or NULL */
	const char *log_dir;		/* --log-dir, or NULL */
	const char *definition_dir;	/* --definition-dir, or NULL */
	bool names_are_new;		/* of what is not known yet */
};

struct start_options {
	struct common_options common;
	struct strings names;		/* the services */
	struct strings command;		/* after --; empty when none */
	struct service service;		/* the directives; name is unset */
};

/*
 * Read argv (argv[0] is "start").  Returns 0, or -1 with in err one line that
 * names the culprit and what was expected.  In the service of ret: the command
 * resolved to an absolute path (PATH of the service's environment; a path with
 * a slash against the caller's directory); --same-dir resolved; the caller's
 * environment taken over unless --clear-env, and --env applied after it.
 */
int options_parse_start(int argc, char **argv, struct start_options *ret,
    char *err, size_t size);
/* Also after -1, or of one that is all zeros.  It is then to be filled anew. */
void options_free_start(struct start_options *o);

/*
 * Is "--NAME" or "--NAME=VALUE" an option of start?  *ret_argument: it has an
 * argument, and that is the next one.
 */
bool options_is_of_start(const char *text, bool *ret_argument);

/* The help text's list of the options of start, from the directive table. */
void options_print_help(FILE *out);

#endif
