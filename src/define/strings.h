/*
 * Lists of strings, such as arguments and environments.
 */
#ifndef HOLDFAST_STRINGS_H
#define HOLDFAST_STRINGS_H

#include <stddef.h>

/* A growing, NULL-terminated list of strings that it owns. */
struct strings {
	char **items;		/* NULL when empty, else ends with NULL */
	size_t count;
};

/* A copy, which the caller frees.  Dies when out of memory. */
char *text_copy(const char *text);

/*
 * Append a copy of text; "K=V": put a copy in the place of the item of the same
 * K, or append it.  Returns 0, or -1 with errno ENOMEM and the list as before:
 * for a keeper, which outlives that.  The two below die of it.
 */
int strings_try_add(struct strings *list, const char *text);
int strings_try_set(struct strings *list, const char *assignment);
void strings_add(struct strings *list, const char *text);
void strings_set(struct strings *list, const char *assignment);
/* The V of K=V, or NULL; it is the list's, until that item is replaced. */
const char *strings_get(const struct strings *list, const char *key);
/* Free all, and be as a new list. */
void strings_clear(struct strings *list);

#endif
