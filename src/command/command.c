/*
 * From the command line to a command: the table, the options that commands
 * share, and what is done for each name.  Nothing is done to a service before
 * the whole line was found good.
 */
#include "config.h"

#include "command/command.h"

#include <errno.h>
#include <getopt.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "message.h"

const struct command *const commands[] = {
	&command_start,
	&command_stop,
	&command_restart,
	&command_try_restart,
	&command_reload,
	&command_force_reload,
	&command_status,
	&command_list,
	&command_show,
	&command_verify,
	&command_logs,
	&command_wait,
	&command_signal,
	&command_forget,
	&command_help,
	NULL,
};

char **command_argv;

int
command_usage(const char *fmt, ...)
{
	char text[4096];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(text, sizeof(text), fmt, ap);
	va_end(ap);
	message_error("%s", text);
	return EXIT_USAGE;
}

int
command_status_of(int error)
{
	return error == EACCES || error == EPERM ? EXIT_NO_PERMISSION :
	    EXIT_FAILED;
}

int
command_status_of_definition(int error)
{
	return command_status_of(error) == EXIT_NO_PERMISSION ?
	    EXIT_NO_PERMISSION : EXIT_NOT_CONFIGURED;
}

int
command_say_cannot_lock(const char *name, const char *path, int error,
    pid_t holder)
{
	if (error == EEXIST && holder != 0)
		message_error("%s: cannot lock pidfile %s: process %d has it, "
		    "which is not of this service", name, path, holder);
	else if (error == EEXIST)
		message_error("%s: cannot lock pidfile %s: another process "
		    "has it", name, path);
	else
		message_error("%s: cannot lock pidfile %s: %s", name, path,
		    error == ENOTSUP ? "Not a regular file" :
		    error == ELOOP ? "It is a symbolic link" :
		    message_strerror(error));
	return command_status_of(error);
}

void
command_ignore_pipe(void)
{
	struct sigaction ignore = { .sa_handler = SIG_IGN };

	(void)sigaction(SIGPIPE, &ignore, NULL);
}

static const struct command *
find_command(const char *name)
{
	for (size_t i = 0; commands[i] != NULL; i++) {
		if (strcmp(commands[i]->name, name) == 0)
			return commands[i];
	}
	return NULL;
}

/* --help among the arguments, before any "--". */
static bool
asks_for_help(int argc, char **argv)
{
	for (int i = 1; i < argc && strcmp(argv[i], "--") != 0; i++) {
		if (strcmp(argv[i], "--help") == 0)
			return true;
	}
	return false;
}

static int
run_command(const struct command *c, int argc, char **argv)
{
	char help[] = "help";
	char *help_argv[] = { help, argv[0], NULL };

	if (asks_for_help(argc, argv))
		return command_help.run(2, help_argv);
	return c->run(argc, argv);
}

static int
run_first(int argc, char **argv)
{
	const struct command *c;
	char help[] = "help", *file;
	char *help_argv[] = { help, NULL };

	if (argc < 2)
		return command_usage(
		    "expected a command; 'holdfast help' lists them");
	if (strcmp(argv[1], "--version") == 0) {
		message_print("%s", PACKAGE_STRING);
		return EXIT_DONE;
	}
	if (strcmp(argv[1], "--help") == 0)
		return command_help.run(1, help_argv);
	if (argv[1][0] == '-')
		return command_usage("'%s': expected a command first, then "
		    "its options", argv[1]);
	/* FILE COMMAND, as the kernel calls us for a file that begins with
	 * #! and us, is COMMAND FILE. */
	if (strchr(argv[1], '/') != NULL && argc > 2 &&
	    find_command(argv[2]) != NULL) {
		file = argv[1];
		argv[1] = argv[2];
		argv[2] = file;
	}
	c = find_command(argv[1]);
	if (c == NULL && strchr(argv[1], '/') != NULL)
		return command_usage("'%s': expected a command after it, such "
		    "as start, stop, restart, reload or status", argv[1]);
	if (c == NULL)
		return command_usage("'%s': unknown command; 'holdfast help' "
		    "lists them", argv[1]);
	return run_command(c, argc - 1, argv + 1);
}

int
command_main(int argc, char **argv)
{
	int status;

	message_begin(false);
	status = run_first(argc, argv);
	if (message_flush() == -1) {
		message_error("cannot write standard output: %s",
		    message_strerror(errno));
		if (status == EXIT_DONE)
			status = EXIT_FAILED;
	}
	return status;
}

#define OPTIONS_MAX 32
#define LONG_OPTION 256		/* beyond every letter: this and the index */

/* A command's own options and the common ones, as getopt_long(3) wants. */
struct merged_options {
	struct command_option all[OPTIONS_MAX];
	struct option longs[OPTIONS_MAX + 1];
	char shorts[2 * OPTIONS_MAX + 3];
	int count;
};

static void
merge_options(struct merged_options *m, const struct command_option *list)
{
	struct option *o;
	size_t end = strlen(m->shorts);

	for (; list->name != NULL && m->count < OPTIONS_MAX; list++) {
		o = &m->longs[m->count];
		o->name = list->name;
		o->has_arg = list->value != NULL ? required_argument :
		    no_argument;
		o->val = LONG_OPTION + m->count;
		m->all[m->count++] = *list;
		if (list->letter == 0)
			continue;
		m->shorts[end++] = list->letter;
		if (list->value != NULL)
			m->shorts[end++] = ':';
	}
}

static const struct command_option *
option_of(const struct merged_options *m, int code)
{
	if (code >= LONG_OPTION)
		return &m->all[code - LONG_OPTION];
	for (int i = 0; i < m->count; i++) {
		if (code != 0 && m->all[i].letter == code)
			return &m->all[i];
	}
	return NULL;
}

/* What getopt_long(3) did not like about argv[optind - 1]. */
static int
say_wrong_option(const struct merged_options *m, int code, char **argv)
{
	const struct command_option *o;

	o = option_of(m, optopt);
	if (code == ':' && o != NULL)
		command_usage("option '--%s': expected an argument", o->name);
	else if (o != NULL)
		command_usage("option '--%s': expected no argument", o->name);
	else if (optopt != 0)
		command_usage("'-%c': expected an option that "
		    "'holdfast help %s' lists", optopt, argv[0]);
	else
		command_usage("'%s': expected an option that "
		    "'holdfast help %s' lists", argv[optind - 1], argv[0]);
	return -1;
}

static int
read_options(int argc, char **argv, const struct merged_options *m,
    struct strings *operands)
{
	const struct command_option *o;
	int code;

	opterr = 0;
	optind = 0;
	for (;;) {
		code = getopt_long(argc, argv, m->shorts, m->longs, NULL);
		if (code == -1)
			break;
		if (code == '?' || code == ':')
			return say_wrong_option(m, code, argv);
		o = option_of(m, code);
		if (o == NULL)
			/* Code 1, of the leading "-": an operand. */
			strings_add(operands, optarg);
		else if (o->value != NULL)
			*o->value = optarg;
		else
			*o->flag = true;
	}
	for (int i = optind; i < argc; i++)
		strings_add(operands, argv[i]);
	return 0;
}

int
command_options(int argc, char **argv, const struct command_option *own,
    struct common_options *common, struct strings *operands)
{
	const struct command_option shared[] = {
		{ "quiet", 'q', NULL, &common->quiet },
		{ "verbose", 'v', NULL, &common->verbose },
		{ "dry-run", 0, NULL, &common->dry_run },
		{ "run-dir", 0, &common->run_dir, NULL },
		{ "log-dir", 0, &common->log_dir, NULL },
		{ "definition-dir", 0, &common->definition_dir, NULL },
		{ NULL, 0, NULL, NULL },
	};
	struct merged_options merged = { .shorts = "-:" };

	memset(common, 0, sizeof(*common));
	if (own != NULL)
		merge_options(&merged, own);
	merge_options(&merged, shared);
	if (read_options(argc, argv, &merged, operands) == -1)
		return -1;
	if (common->quiet && common->verbose) {
		command_usage("'--quiet' and '--verbose': expected one of "
		    "them");
		return -1;
	}
	if (common->quiet)
		message_set_verbosity(QUIET);
	else if (common->verbose)
		message_set_verbosity(VERBOSE);
	return 0;
}

int
command_run(int argc, char **argv, struct common_options *common,
    int (*action)(const char *name, struct paths *p, void *context),
    void *context)
{
	struct strings names = { 0 };
	int status = EXIT_USAGE;

	if (command_options(argc, argv, NULL, common, &names) == 0)
		status = command_each(&names, common, action, context);
	strings_clear(&names);
	return status;
}
