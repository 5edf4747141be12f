/*
 * Lists of strings: see strings.h.
 */
#include "config.h"

#include "define/strings.h"

#include <stdlib.h>
#include <string.h>

#include "message.h"

char *
text_copy(const char *text)
{
	char *copy = strdup(text);

	if (copy == NULL)
		message_die("out of memory");
	return copy;
}

int
strings_try_add(struct strings *list, const char *text)
{
	char *copy, **items = list->items;

	/* One for the NULL; a count of 2^n - 1 means that all are taken. */
	if ((list->count & (list->count + 1)) == 0) {
		items = reallocarray(items, (list->count + 1) * 2,
		    sizeof(items[0]));
		if (items == NULL)
			return -1;
		list->items = items;
		items[list->count] = NULL;
	}
	copy = strdup(text);
	if (copy == NULL)
		return -1;
	items[list->count++] = copy;
	items[list->count] = NULL;
	return 0;
}

void
strings_add(struct strings *list, const char *text)
{
	if (strings_try_add(list, text) == -1)
		message_die("out of memory");
}

/* The index of KEY=..., or list->count. */
static size_t
find_key(const struct strings *list, const char *key, size_t length)
{
	size_t i;

	for (i = 0; i < list->count; i++) {
		/* The first look is for speed: a start does this often. */
		if (list->items[i][0] == key[0] &&
		    strncmp(list->items[i], key, length) == 0 &&
		    list->items[i][length] == '=')
			break;
	}
	return i;
}

int
strings_try_set(struct strings *list, const char *assignment)
{
	size_t i = find_key(list, assignment, strcspn(assignment, "="));
	char *copy;

	if (i == list->count)
		return strings_try_add(list, assignment);
	copy = strdup(assignment);
	if (copy == NULL)
		return -1;
	free(list->items[i]);
	list->items[i] = copy;
	return 0;
}

void
strings_set(struct strings *list, const char *assignment)
{
	if (strings_try_set(list, assignment) == -1)
		message_die("out of memory");
}

const char *
strings_get(const struct strings *list, const char *key)
{
	size_t length = strlen(key), i = find_key(list, key, length);

	return i == list->count ? NULL : list->items[i] + length + 1;
}

void
strings_clear(struct strings *list)
{
	size_t i;

	for (i = 0; i < list->count; i++)
		free(list->items[i]);
	free(list->items);
	*list = (struct strings){ 0 };
}
