/*
 * The properties of a service: the columns of list, and the members of the
 * JSON of status and show.  One table for all three.
 */
#ifndef HOLDFAST_PROPERTY_H
#define HOLDFAST_PROPERTY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "command/table.h"

struct paths;
struct view;

/* A service as it was seen. */
struct seen {
	const char *name;
	const struct paths *paths;
	const struct view *view;
};

#define PROPERTY_SIZE 8192
/* In one table, those that were asked for twice counted twice. */
#define PROPERTIES_MAX 64

struct property {
	const char *column;	/* of list, or NULL */
	const char *name;	/* in the JSON of status and show, or NULL */
	enum table_type type;
	bool right, truncate;	/* as in struct table_column */
	/* False: it has no value.  json: for programs, not for people. */
	bool (*print)(const struct property *p, const struct seen *s,
	    bool json, char *buf, size_t size);
	size_t offset;		/* in struct record, for shared printers */
};

/* Ends with a print of NULL. */
extern const struct property properties[];

/* The column of list of that name, in any case; or NULL. */
const struct property *property_find(const char *column);

/* What was seen of a service as a row of t, whose columns these are. */
void property_add_row(struct table *t, const struct property *const *columns,
    size_t count, bool json, const struct seen *s);

/* "13:02:11", with the date when it is older than a day. */
void property_print_time(int64_t usec, char *buf, size_t size);
/* "18.4 MiB", "12.1 kB". */
void property_print_memory(int64_t bytes, char *buf, size_t size);
void property_print_size(int64_t bytes, char *buf, size_t size);
/* "950 ms", "1.2 s", "2 h 13 min". */
void property_print_cpu(int64_t usec, char *buf, size_t size);

#endif
