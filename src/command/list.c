/*
 * list: the services of a run directory as a table, or as JSON.
 */
#include "config.h"

#include "command/command.h"

#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "command/property.h"
#include "command/table.h"
#include "message.h"

static const char default_columns[] = "NAME,STATE,PID,SINCE,RESTARTS,COMMAND";

struct list {
	const struct property *columns[PROPERTIES_MAX];
	size_t count;
	bool json;
};

static int
say_unknown_column(const char *name, size_t length)
{
	char known[512] = "";
	size_t used = 0;

	for (size_t i = 0; properties[i].print != NULL; i++) {
		if (properties[i].column != NULL && used < sizeof(known))
			used += (size_t)snprintf(known + used,
			    sizeof(known) - used, " %s", properties[i].column);
	}
	return command_usage("list: '%.*s': expected columns out of%s",
	    (int)length, name, known);
}

/* "NAME,PID"; "+MEMORY" adds to the usual ones. */
static int
parse_columns(struct list *l, const char *text)
{
	const struct property *p;
	char name[32];
	size_t length;

	if (text[0] == '+') {
		parse_columns(l, default_columns);
		text++;
	}
	for (;; text += length + 1) {
		length = strcspn(text, ",");
		if (length == 0 || length >= sizeof(name))
			return say_unknown_column(text, length);
		snprintf(name, sizeof(name), "%.*s", (int)length, text);
		p = property_find(name);
		if (p == NULL)
			return say_unknown_column(text, length);
		if (l->count == PROPERTIES_MAX)
			return command_usage("list: '%s': expected at most "
			    "%d columns", name, PROPERTIES_MAX);
		l->columns[l->count++] = p;
		if (text[length] == '\0')
			return EXIT_DONE;
	}
}

static struct table *
open_table(const struct list *l)
{
	struct table_column columns[PROPERTIES_MAX];

	for (size_t i = 0; i < l->count; i++) {
		columns[i] = (struct table_column){ l->columns[i]->column,
		    l->columns[i]->type, l->columns[i]->right,
		    l->columns[i]->truncate };
	}
	return table_new("services", l->json, columns, l->count);
}

static int
is_service(const struct dirent *entry)
{
	return value_check_name(entry->d_name) == NULL;
}

static int
by_name(const struct dirent **a, const struct dirent **b)
{
	return strcmp((*a)->d_name, (*b)->d_name);
}

static void
add_service(const struct list *l, struct table *table, struct paths *p,
    const char *name)
{
	static struct view v;
	struct seen seen = { name, p, &v };

	if (paths_for(p, name) == -1)
		return;
	view_read(p, &v);
	/* A directory that start made and nothing came of; or a file. */
	if (!v.known && (v.live == LIVE_DOWN ||
	    (v.live == LIVE_UNKNOWN && v.error == ENOTDIR)))
		return;
	property_add_row(table, l->columns, l->count, l->json, &seen);
}

static int
add_services(const struct list *l, struct table *table, struct paths *p)
{
	struct dirent **entries;
	int count, error;

	count = scandir(p->root, &entries, is_service, by_name);
	if (count == -1 && errno == ENOENT)
		return EXIT_DONE;
	if (count == -1) {
		error = errno;
		message_error("cannot read directory %s: %s", p->root,
		    message_strerror(error));
		return command_status_of(error);
	}
	for (int i = 0; i < count; i++) {
		add_service(l, table, p, entries[i]->d_name);
		free(entries[i]);
	}
	free(entries);
	return EXIT_DONE;
}

static int
list_all(const struct list *l, const struct common_options *common,
    bool no_headings)
{
	struct paths p;
	struct table *table;
	char err[512];
	int status;

	if (paths_init(&p, common->run_dir, common->log_dir, NULL, err,
	    sizeof(err)) == -1)
		return command_usage("%s", err);
	if (paths_check(&p, err, sizeof(err)) == -1) {
		message_error("%s", err);
		return EXIT_NO_PERMISSION;
	}
	table = open_table(l);
	if (table == NULL)
		return EXIT_FAILED;
	if (no_headings)
		table_no_headings(table);
	status = add_services(l, table, &p);
	if (status != EXIT_DONE)
		table_free(table);
	else if (table_print(table) == -1)
		status = EXIT_FAILED;
	return status;
}

static int
run_list(int argc, char **argv)
{
	struct common_options common;
	struct strings names = { NULL, 0 };
	struct list l = { .count = 0 };
	const char *output = default_columns;
	bool no_headings = false;
	struct command_option own[] = {
		{ "json", 0, NULL, &common.json },
		{ "output", 'o', &output, NULL },
		{ "no-headings", 'n', NULL, &no_headings },
		{ NULL, 0, NULL, NULL },
	};
	int status = EXIT_USAGE;

	if (command_options(argc, argv, own, &common, &names) == 0) {
		l.json = common.json;
		if (names.count > 0)
			command_usage("list: '%s': expected no name",
			    names.items[0]);
		else if (parse_columns(&l, output) == EXIT_DONE)
			status = list_all(&l, &common, no_headings);
	}
	strings_clear(&names);
	return status;
}

const struct command command_list = {
	.name = "list",
	.usage = "[--output=COLUMN,...] [--json] [--no-headings]",
	.help = "list all services, as a table",
	.run = run_list,
};
