/*
 * How the directives about the execution are read and printed that have no
 * option of start: see private.h.
 */
#include "config.h"

#include "define/private.h"

#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "define/specifier.h"
#include "define/words.h"
#include "message.h"

static void *
field(struct service *s, size_t offset)
{
	return (char *)s + offset;
}

static const void *
const_field(const struct service *s, size_t offset)
{
	return (const char *)s + offset;
}

const char *
directive_parse_flag(struct service *s, const struct directive *d,
    const char *value)
{
	bool *flag = field(s, d->offset);

	if (*value == '\0') {
		*flag = d->detail != 0;
		return NULL;
	}
	return value_parse_bool(value, flag);
}

bool
directive_print_flag(const struct service *s, const struct directive *d,
    size_t i, char **ret_value)
{
	const bool *flag = const_field(s, d->offset);

	if (i > 0 || *flag == (d->detail != 0))
		return false;
	*ret_value = text_copy(*flag ? "yes" : "no");
	return true;
}

/* Words, added to those that are there; check says what is wrong with one. */
static const char *
add_words(struct service *s, struct strings *list, const char *value,
    const char *(*check)(const char *word))
{
	struct strings words = { 0 };
	const char *error = words_split(value, &words);
	char *expanded;
	size_t i;

	for (i = 0; error == NULL && i < words.count; i++) {
		error = specifier_expand(s->name, words.items[i], &expanded);
		if (error != NULL)
			break;
		free(words.items[i]);
		words.items[i] = expanded;
		error = check(expanded);
	}
	if (error == NULL && words.count == 0)
		strings_clear(list);
	for (i = 0; error == NULL && i < words.count; i++)
		strings_add(list, words.items[i]);
	strings_clear(&words);
	return error;
}

static const char *
check_variable(const char *word)
{
	return value_is_variable(word, strlen(word)) ? NULL :
	    "expected names of variables";
}

static const char *
check_unset(const char *word)
{
	return value_is_variable(word, strcspn(word, "=")) ? NULL :
	    "expected NAME or NAME=VALUE";
}

static const char *
check_group(const char *word)
{
	return word[0] == '\0' || word[0] == '-' ||
	    strpbrk(word, ": /\t") != NULL ?
	    "expected names or numbers of groups" : NULL;
}

const char *
directive_parse_variables(struct service *s, const struct directive *d,
    const char *value)
{
	return add_words(s, field(s, d->offset), value, check_variable);
}

const char *
directive_parse_unset(struct service *s, const struct directive *d,
    const char *value)
{
	return add_words(s, field(s, d->offset), value, check_unset);
}

const char *
directive_parse_groups(struct service *s, const struct directive *d,
    const char *value)
{
	return add_words(s, field(s, d->offset), value, check_group);
}

bool
directive_print_words(const struct service *s, const struct directive *d,
    size_t i, char **ret_value)
{
	const struct strings *list = const_field(s, d->offset);
	char *quoted, *out;

	if (i >= list->count)
		return false;
	quoted = words_quote(list->items[i]);
	out = *ret_value = malloc(2 * strlen(quoted) + 1);
	if (out == NULL)
		message_die("out of memory");
	for (const char *p = quoted; *p != '\0'; p++) {
		*out++ = *p;
		if (*p == '%')
			*out++ = *p;
	}
	*out = '\0';
	free(quoted);
	return true;
}

struct word {
	const char *name;
	int number;
};

static const struct word policies[] = {
	{ "other", SCHED_OTHER }, { "batch", SCHED_BATCH },
	{ "idle", SCHED_IDLE }, { "fifo", SCHED_FIFO }, { "rr", SCHED_RR },
	{ NULL, 0 },
};

static const struct word classes[] = {
	{ "none", IO_NONE }, { "realtime", IO_REALTIME },
	{ "best-effort", IO_BEST_EFFORT }, { "idle", IO_IDLE },
	{ NULL, 0 },
};

/* By its name, or by its number. */
static bool
find_word(const struct word *words, const char *text, int *ret)
{
	for (; words->name != NULL; words++) {
		if (strcmp(words->name, text) == 0 ||
		    (text[0] == '0' + words->number && text[1] == '\0')) {
			*ret = words->number;
			return true;
		}
	}
	return false;
}

static const char *
name_of(const struct word *words, int number)
{
	while (words->name != NULL && words->number != number)
		words++;
	return words->name;
}

const char *
directive_parse_policy(struct service *s, const struct directive *d,
    const char *value)
{
	(void)d;
	if (*value != '\0' &&
	    !find_word(policies, value, &s->scheduling_policy))
		return "expected other, batch, idle, fifo or rr";
	s->scheduling_is_set = *value != '\0';
	return NULL;
}

bool
directive_print_policy(const struct service *s, const struct directive *d,
    size_t i, char **ret_value)
{
	(void)d;
	if (i > 0 || !s->scheduling_is_set)
		return false;
	*ret_value = text_copy(name_of(policies, s->scheduling_policy));
	return true;
}

const char *
directive_parse_io_class(struct service *s, const struct directive *d,
    const char *value)
{
	(void)d;
	if (*value == '\0') {
		s->io_class = s->io_priority = -1;
		return NULL;
	}
	if (find_word(classes, value, &s->io_class))
		return NULL;
	return "expected none, realtime, best-effort or idle";
}

bool
directive_print_io_class(const struct service *s, const struct directive *d,
    size_t i, char **ret_value)
{
	(void)d;
	if (i > 0 || s->io_class == -1)
		return false;
	*ret_value = text_copy(name_of(classes, s->io_class));
	return true;
}

/* A number from 0 to d->detail; -1 is that it was not set. */
const char *
directive_parse_number(struct service *s, const struct directive *d,
    const char *value)
{
	int *number = field(s, d->offset);

	if (*value == '\0') {
		*number = -1;
		return NULL;
	}
	return value_parse_int(value, 0, d->detail, number);
}

bool
directive_print_number(const struct service *s, const struct directive *d,
    size_t i, char **ret_value)
{
	const int *number = const_field(s, d->offset);

	if (i > 0 || *number == -1)
		return false;
	if (asprintf(ret_value, "%d", *number) == -1)
		message_die("out of memory");
	return true;
}
