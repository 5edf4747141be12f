/*
 * help: the table of commands for people, from the table of commands.
 */
#include "config.h"

#include "command/command.h"

#include <stdio.h>
#include <string.h>

#include "message.h"

static const char common_help[] =
    "  -q, --quiet          say nothing but errors\n"
    "  -v, --verbose        say more\n"
    "      --dry-run        say what would be done, and do nothing\n"
    "      --run-dir=DIR    where services are held (HOLDFAST_RUN_DIR)\n"
    "      --log-dir=DIR    where their output goes (HOLDFAST_LOG_DIR)\n"
    "      --definition-dir=DIR:...  where unit files are "
    "(HOLDFAST_DEFINITION_DIR)\n"
    "      --help           help on a command\n";

static int
print_commands(void)
{
	message_print("usage: holdfast COMMAND [ARGUMENT...]");
	putchar('\n');
	message_print("commands:");
	for (size_t i = 0; commands[i] != NULL; i++)
		message_print("  %-14s %s", commands[i]->name,
		    commands[i]->help);
	putchar('\n');
	message_print("options of every command:");
	fputs(common_help, stdout);
	putchar('\n');
	message_print("'holdfast help COMMAND' says more on one; holdfast(1) "
	    "says all.");
	return EXIT_DONE;
}

static int
print_command(const struct command *c)
{
	message_print("usage: holdfast %s %s", c->name, c->usage);
	message_print("%s", c->help);
	putchar('\n');
	if (c == &command_start) {
		message_print("options:");
		options_print_help(stdout);
		return EXIT_DONE;
	}
	message_print("options of every command:");
	fputs(common_help, stdout);
	return EXIT_DONE;
}

static int
run_help(int argc, char **argv)
{
	if (argc > 2)
		return command_usage("help: '%s': expected one command",
		    argv[2]);
	if (argc < 2)
		return print_commands();
	for (size_t i = 0; commands[i] != NULL; i++) {
		if (strcmp(commands[i]->name, argv[1]) == 0)
			return print_command(commands[i]);
	}
	return command_usage("'%s': unknown command; 'holdfast help' lists "
	    "them", argv[1]);
}

const struct command command_help = {
	.name = "help",
	.usage = "[COMMAND]",
	.help = "list the commands, or say more on one",
	.run = run_help,
};
