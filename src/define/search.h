/*
 * Where the definition of a service is: its file and its drop-ins, among
 * directories of which the first is the nearest.  systemd.unit(5) has the
 * rules.
 */
#ifndef HOLDFAST_SEARCH_H
#define HOLDFAST_SEARCH_H

#include <stdbool.h>

#include "define/strings.h"

struct found {
	char *name;		/* the service's: another one than was asked
				   for when that is an alias */
	char *file;		/* the definition, or NULL */
	struct strings drop_ins;	/* in the order in which they apply */
	bool is_masked;		/* file is a link to /dev/null, or empty */
};

/*
 * Look for name.service in dirs, or for its template.  Returns 0, with file NULL
 * when there is none; or -1 with errno (ELOOP: aliases in a circle; EINVAL: an
 * alias that is no service's name), *ret_path then the path that failed.  *ret
 * is to be freed in either case.  Dies when out of memory.
 */
int search_find(const struct strings *dirs, const char *name,
    struct found *ret, char **ret_path);

/* The drop-ins of ret->name, which is set, as search_find() finds them. */
void search_drop_ins(const struct strings *dirs, struct found *ret);

void search_free(struct found *f);

#endif
