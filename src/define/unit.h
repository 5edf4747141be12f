/*
 * systemd's unit format: read one into a service, write a service as one.
 */
#ifndef HOLDFAST_UNIT_H
#define HOLDFAST_UNIT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

#include "define/service.h"

struct found;

/* The longest line, continued lines taken together: systemd's limit. */
#define UNIT_LINE_MAX 1048576

/*
 * Read the unit file text (length bytes, of the file called path for the
 * messages) into s.  Returns 0, or -1 with in err one line "PATH:12: ...".
 * A directive that is not known gives an error: nothing is silently left
 * out; X- directives of others are skipped, as systemd does.
 */
int unit_parse(struct service *s, const char *path, const char *text,
    size_t length, char *err, size_t err_size);

/* The same from a file.  errno is kept in *ret_errno (0: it was the text). */
int unit_read(struct service *s, const char *path, int *ret_errno,
    char *err, size_t err_size);

/* The same from a definition that was found, and its drop-ins. */
int unit_load(struct service *s, const struct found *found, int *ret_errno,
    char *err, size_t err_size);

/* Who is told of all that is wrong, and of what is not applied (not an error):
 * one line "PATH:12: ..." each. */
struct unit_listener {
	void (*say)(void *context, bool is_error, const char *line);
	void *context;
};

/*
 * Read what was found to its end, whatever is wrong, and tell the listener.
 * Returns how many errors there were; what is right is in s.
 */
unsigned unit_verify(struct service *s, const struct found *found,
    const struct unit_listener *listener);

/*
 * Print s as a unit file that unit_parse() reads back to the same definition,
 * and that systemd would read the same way; ferror(out) tells of errors.
 */
void unit_print(const struct service *s, FILE *out);
/* The same as a text.  The caller frees it. */
char *unit_text(const struct service *s, size_t *ret_length);

#endif
