/*
 * show: the definition of services, as a unit file that can be kept, or all
 * that is known of them as JSON.
 */
#include "config.h"

#include "command/command.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "command/preparing.h"
#include "command/property.h"
#include "command/table.h"
#include "define/directive.h"
#include "define/unit.h"
#include "message.h"
#include "state/definition.h"

#define COLUMNS_MAX 256

struct show {
	bool json, several, printed;
};

/* Column by column: what a service has differs from one to the next. */
struct columns {
	struct table_column columns[COLUMNS_MAX];
	char *values[COLUMNS_MAX];
	size_t count;
};

/*
 * The definition that is in force, while it runs; else the one that it would be
 * started by.  Returns 0, or an exit status, said already; s is to be freed in
 * either case.
 */
static int
read_definition(const char *name, const struct paths *p, const struct view *v,
    struct service *s)
{
	char err[512];
	int result, error = 0;
	bool is_new;

	if (p->file == NULL && (v->live == LIVE_UP || v->live == LIVE_BUSY)) {
		service_init(s, name);
		result = definition_read(p->definition, s, &error, err,
		    sizeof(err));
	} else {
		result = preparing_read(name, p, s, &is_new, &error, err,
		    sizeof(err));
	}
	if (result == 0)
		return EXIT_DONE;
	if (result == 1)
		message_error("%s: not known: there is no unit file, and "
		    "no %s", name, p->definition);
	else
		message_error("%s: %s", name, err);
	return command_status_of_definition(error);
}

static int
print_definition(const char *name, const struct service *service,
    struct show *s)
{
	if (s->printed)
		putchar('\n');
	if (s->several)
		message_print("# %s.service", name);
	s->printed = true;
	unit_print(service, stdout);
	return EXIT_DONE;
}

/* Takes value over. */
static void
add_column(struct columns *c, const char *name, enum table_type type,
    char *value)
{
	if (c->count == COLUMNS_MAX) {
		free(value);
		return;
	}
	c->columns[c->count] = (struct table_column){ name, type, false,
	    false };
	c->values[c->count++] = value;
}

static void
add_properties(struct columns *c, const struct seen *seen)
{
	static char buf[PROPERTY_SIZE];
	const struct property *p;
	char *value;

	for (p = properties; p->print != NULL; p++) {
		/* What a directive says too, it says better. */
		if (p->name == NULL || directive_find(p->name) != NULL)
			continue;
		value = NULL;
		if (p->print(p, seen, true, buf, sizeof(buf))) {
			value = strdup(buf);
			if (value == NULL)
				message_die("out of memory");
		}
		add_column(c, p->name, p->type, value);
	}
}

/* Always an array, also when there is one value. */
static bool
is_list(const struct directive *d)
{
	return strcmp(d->name, "Environment") == 0 ||
	    strcmp(d->name, "EnvironmentFile") == 0;
}

/* All values of a directive, a line each; NULL when it has none. */
static char *
directive_values(const struct service *service, const struct directive *d)
{
	char *all = NULL, *value;
	size_t size = 0, count = 0;
	FILE *out;

	out = open_memstream(&all, &size);
	if (out == NULL)
		message_die("out of memory");
	for (; d->print(service, d, count, &value); count++) {
		fprintf(out, "%s%s", count == 0 ? "" : "\n", value);
		free(value);
	}
	if (fclose(out) != 0)
		message_die("out of memory");
	if (count > 0)
		return all;
	free(all);
	return NULL;
}

static void
add_directives(struct columns *c, const struct service *service)
{
	const struct directive *d;
	char *values;

	for (d = directives; d->name != NULL; d++) {
		values = directive_values(service, d);
		if (values != NULL)
			add_column(c, d->name, is_list(d) ? TABLE_LIST :
			    TABLE_TEXT, values);
	}
}

static int
print_columns(const struct columns *c)
{
	struct table *t;

	t = table_new("services", true, c->columns, c->count);
	if (t == NULL)
		return EXIT_FAILED;
	if (table_add(t, (const char *const *)c->values) == -1)
		message_die("out of memory");
	return table_print(t) == 0 ? EXIT_DONE : EXIT_FAILED;
}

static int
print_json(const char *name, const struct paths *p, const struct view *v,
    const struct service *service)
{
	static struct columns c;
	struct seen seen = { name, p, v };
	int status;

	c.count = 0;
	add_properties(&c, &seen);
	add_directives(&c, service);
	status = print_columns(&c);
	while (c.count > 0)
		free(c.values[--c.count]);
	return status;
}

static int
show_one(const char *name, struct paths *p, void *context)
{
	static struct view v;
	struct show *s = context;
	struct service service;
	int status;

	view_read(p, &v);
	status = read_definition(name, p, &v, &service);
	if (status == EXIT_DONE)
		status = s->json ? print_json(name, p, &v, &service) :
		    print_definition(name, &service, s);
	service_free(&service);
	return status;
}

static int
run_show(int argc, char **argv)
{
	struct common_options common;
	struct strings names = { NULL, 0 };
	struct show s = { .printed = false };
	struct command_option own[] = {
		{ "json", 0, NULL, &common.json },
		{ NULL, 0, NULL, NULL },
	};
	int status = EXIT_USAGE;

	if (command_options(argc, argv, own, &common, &names) == 0) {
		s.json = common.json;
		s.several = names.count > 1;
		if (s.json && s.several)
			command_usage("show: '%s': expected one name with "
			    "--json", names.items[1]);
		else
			status = command_each(&names, &common, show_one, &s);
	}
	strings_clear(&names);
	return status;
}

const struct command command_show = {
	.name = "show",
	.usage = "NAME... [--json]",
	.help = "print the definition of services, as a unit file",
	.run = run_show,
};
