/*
 * Tables and JSON by libsmartcols, loaded only when one is printed: start,
 * stop and status do not pay for it.  Out of memory is message_die() but for
 * table_add().
 */
#ifndef HOLDFAST_TABLE_H
#define HOLDFAST_TABLE_H

#include <stdbool.h>
#include <stddef.h>

enum table_type {
	TABLE_TEXT,
	TABLE_NUMBER,
	TABLE_BOOLEAN,		/* "1", "0" */
	TABLE_LIST,		/* lines, an array in JSON */
};

struct table_column {
	const char *name;	/* "PID"; lower case in JSON */
	enum table_type type;
	bool right;
	bool truncate;		/* where a terminal is too narrow */
};

struct table;

/*
 * A table called json_name in JSON.  NULL when libsmartcols cannot be loaded
 * (said already).  Freed by table_print() or table_free().
 */
struct table *table_new(const char *json_name, bool json,
    const struct table_column *columns, size_t count);
/* Rows only, no line of headings. */
void table_no_headings(struct table *t);
/* Add a row with copies of values[i] of columns[i]; NULL is empty, null in JSON.
 * 0, or -1 when out of memory. */
int table_add(struct table *t, const char *const *values);
/* Print to standard output and free.  0, or -1. */
int table_print(struct table *t);
/* Free without printing. */
void table_free(struct table *t);

#endif
