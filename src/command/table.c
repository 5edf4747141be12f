/*
 * Tables and JSON: see table.h.  Only libsmartcols' headers are used when this
 * is built; the library itself is opened when the first table is.
 */
#include "config.h"

#include "command/table.h"

#include <dlfcn.h>
#include <libsmartcols.h>
#include <locale.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "define/value.h"
#include "message.h"

#define LIBRARY "libsmartcols.so.1"

/* Every function that is used of it, under its type from the header. */
#define FUNCTIONS(X) \
	X(scols_new_table) \
	X(scols_unref_table) \
	X(scols_table_enable_json) \
	X(scols_table_enable_noheadings) \
	X(scols_table_set_name) \
	X(scols_table_new_column) \
	X(scols_column_set_json_type) \
	X(scols_column_set_wrapfunc) \
	X(scols_wrapnl_chunksize) \
	X(scols_wrapnl_nextchunk) \
	X(scols_table_new_line) \
	X(scols_line_set_data) \
	X(scols_print_table)

struct library {
	void *handle;
#define X(name) __typeof__(&name) name;
	FUNCTIONS(X)
#undef X
};

struct table {
	struct library lib;
	struct libscols_table *table;
	size_t columns;
	bool json;
};

static int
load(struct library *lib)
{
	struct { const char *name; void *to; } functions[] = {
#define X(name) { #name, &lib->name },
		FUNCTIONS(X)
#undef X
	};
	void *symbol;

	lib->handle = dlopen(LIBRARY, RTLD_NOW | RTLD_LOCAL);
	if (lib->handle == NULL) {
		message_error("cannot load %s (package libsmartcols1): %s",
		    LIBRARY, dlerror());
		return -1;
	}
	for (size_t i = 0; i < sizeof(functions) / sizeof(functions[0]); i++) {
		symbol = dlsym(lib->handle, functions[i].name);
		if (symbol == NULL) {
			message_error("cannot use %s (package libsmartcols1): "
			    "%s is not in it", LIBRARY, functions[i].name);
			dlclose(lib->handle);
			return -1;
		}
		/* ISO C has no cast from an object to a function pointer. */
		memcpy(functions[i].to, &symbol, sizeof(symbol));
	}
	return 0;
}

static int
json_type(enum table_type type)
{
	switch (type) {
	case TABLE_NUMBER:
		return SCOLS_JSON_NUMBER;
	case TABLE_BOOLEAN:
		return SCOLS_JSON_BOOLEAN;
	case TABLE_LIST:
		return SCOLS_JSON_ARRAY_STRING;
	case TABLE_TEXT:
		break;
	}
	return SCOLS_JSON_STRING;
}

static int
add_column(struct table *t, const struct table_column *c)
{
	struct library *lib = &t->lib;
	struct libscols_column *column;
	int flags = 0;

	if (c->right)
		flags |= SCOLS_FL_RIGHT;
	if (c->truncate)
		flags |= SCOLS_FL_TRUNC;
	if (c->type == TABLE_LIST)
		flags |= SCOLS_FL_WRAP;
	column = lib->scols_table_new_column(t->table, c->name, 0, flags);
	if (column == NULL)
		return -1;
	if (c->type == TABLE_LIST && lib->scols_column_set_wrapfunc(column,
	    lib->scols_wrapnl_chunksize, lib->scols_wrapnl_nextchunk,
	    NULL) != 0)
		return -1;
	return lib->scols_column_set_json_type(column, json_type(c->type));
}

void
table_free(struct table *t)
{
	if (t->table != NULL)
		t->lib.scols_unref_table(t->table);
	dlclose(t->lib.handle);
	free(t);
}

struct table *
table_new(const char *json_name, bool json, const struct table_column *columns,
    size_t count)
{
	struct table *t;

	t = calloc(1, sizeof(*t));
	if (t == NULL)
		message_die("out of memory");
	if (load(&t->lib) == -1) {
		free(t);
		return NULL;
	}
	/* It measures cells, and writes \x.. for what is not a character. */
	setlocale(LC_CTYPE, "");
	t->columns = count;
	t->json = json;
	t->table = t->lib.scols_new_table();
	if (t->table == NULL ||
	    t->lib.scols_table_set_name(t->table, json_name) != 0 ||
	    t->lib.scols_table_enable_json(t->table, json) != 0)
		message_die("out of memory");
	for (size_t i = 0; i < count; i++) {
		if (add_column(t, &columns[i]) != 0)
			message_die("out of memory");
	}
	return t;
}

void
table_no_headings(struct table *t)
{
	t->lib.scols_table_enable_noheadings(t->table, 1);
}

/* JSON is UTF-8: what is not becomes '?'. */
static void
clean_utf8(char *text)
{
	unsigned char *p = (unsigned char *)text;
	size_t length;

	while (*p != '\0') {
		length = value_utf8_length(p);
		if (length == 0) {
			*p = '?';
			length = 1;
		}
		p += length;
	}
}

int
table_add(struct table *t, const char *const *values)
{
	struct libscols_line *line;
	char *text;
	int result = 0;

	line = t->lib.scols_table_new_line(t->table, NULL);
	if (line == NULL)
		return -1;
	for (size_t i = 0; i < t->columns && result == 0; i++) {
		if (values[i] == NULL)
			continue;
		text = strdup(values[i]);
		if (text == NULL)
			return -1;
		if (t->json)
			clean_utf8(text);
		result = t->lib.scols_line_set_data(line, i, text);
		free(text);
	}
	return result == 0 ? 0 : -1;
}

int
table_print(struct table *t)
{
	int result;

	result = t->lib.scols_print_table(t->table);
	table_free(t);
	return result == 0 ? 0 : -1;
}
