/*
 * show: the definition of services, as a unit file that can be kept, or all
 * that is known of them as JSON.
 */
#include "config.h"

#include "command/command.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "command/property.h"
#include "command/table.h"
#include "define/directive.h"
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

static int
say_no_definition(const char *name, const struct paths *p, int error)
{
	if (error == ENOENT) {
		message_error("%s: not known: there is no %s", name,
		    p->definition);
		return EXIT_NOT_CONFIGURED;
	}
	message_error("%s: cannot read %s: %s", name, p->definition,
	    message_strerror(error));
	return error == 0 ? EXIT_NOT_CONFIGURED : command_status_of(error);
}

static int
print_definition(const char *name, const struct paths *p, struct show *s)
{
	char buf[16384];
	ssize_t n;
	int fd, error;

	fd = open(p->definition, O_RDONLY | O_CLOEXEC | O_NOFOLLOW |
	    O_NONBLOCK | O_NOCTTY);
	if (fd == -1)
		return say_no_definition(name, p, errno);
	if (s->printed)
		putchar('\n');
	if (s->several)
		message_print("# %s.service", name);
	s->printed = true;
	while ((n = read(fd, buf, sizeof(buf))) > 0)
		fwrite(buf, 1, (size_t)n, stdout);
	error = errno;
	close(fd);
	return n == 0 ? EXIT_DONE : say_no_definition(name, p, error);
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
print_json(const char *name, const struct paths *p)
{
	static struct columns c;
	static struct view v;
	struct service service;
	struct seen seen = { name, p, &v };
	char err[512];
	int status = EXIT_DONE, found, error = 0;

	service_init(&service, name);
	found = definition_read(p->definition, &service, &error, err,
	    sizeof(err));
	if (found == 1) {
		status = say_no_definition(name, p, ENOENT);
	} else if (found == -1) {
		message_error("%s: %s", name, err);
		status = command_status_of_definition(error);
	} else {
		c.count = 0;
		view_read(p, &v);
		add_properties(&c, &seen);
		add_directives(&c, &service);
		status = print_columns(&c);
		while (c.count > 0)
			free(c.values[--c.count]);
	}
	service_free(&service);
	return status;
}

static int
show_one(const char *name, struct paths *p, void *context)
{
	struct show *s = context;

	return s->json ? print_json(name, p) : print_definition(name, p, s);
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
