/*
 * How the directives about the process and its surroundings are read and
 * printed: see private.h.  A parser that fails leaves the service as
 * it was, and what a printer prints the parser reads back to the same.
 */
#include "config.h"

#include "define/private.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "define/limit.h"
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

/* A copy of text with each character that is in which written twice. */
static char *
doubled(const char *text, const char *which)
{
	char *ret = malloc(strlen(text) * 2 + 1), *out = ret;

	if (ret == NULL)
		message_die("out of memory");
	for (; *text != '\0'; text++) {
		*out++ = *text;
		if (strchr(which, *text) != NULL)
			*out++ = *text;
	}
	*out = '\0';
	return ret;
}

/*
 * A text that stands unquoted in a unit file: such a line cannot hold control
 * characters, outer blanks or a backslash at its end.  *ret is allocated.
 */
static const char *
parse_plain(const struct service *s, const char *value, char **ret)
{
	char *text;
	const char *error = specifier_expand(s->name, value, &text);
	size_t length, i;

	if (error != NULL)
		return error;
	length = strlen(text);
	for (i = 0; error == NULL && i < length; i++) {
		if (iscntrl((unsigned char)text[i]))
			error = "expected no control characters";
	}
	if (error == NULL && length > 0 && (text[0] == ' ' ||
	    text[length - 1] == ' ' || text[length - 1] == '\\'))
		error = "expected no blank at either end "
		    "and no backslash at the end";
	if (error != NULL)
		free(text);
	else
		*ret = text;
	return error;
}

static bool
print_plain(const char *text, char **ret_value)
{
	if (text == NULL)
		return false;
	*ret_value = doubled(text, "%");
	return true;
}

const char *
directive_parse_text(struct service *s, const struct directive *d,
    const char *value)
{
	char **text = field(s, d->offset), *new = NULL;
	const char *error = parse_plain(s, value, &new);

	if (error != NULL)
		return error;
	service_set_text(text, *new == '\0' ? NULL : new);
	free(new);
	return NULL;
}

bool
directive_print_text(const struct service *s, const struct directive *d,
    size_t i, char **ret_value)
{
	char *const *text = const_field(s, d->offset);

	return i == 0 && print_plain(*text, ret_value);
}

const char *
directive_parse_path(struct service *s, const struct directive *d,
    const char *value)
{
	size_t length = strlen(value);

	if (length > 0 && value[0] != '/')
		return "expected an absolute path";
	if (length > 0 && d->offset == offsetof(struct service, pidfile) &&
	    value[length - 1] == '/')
		return "expected the path of a file";
	return directive_parse_text(s, d, value);
}

const char *
directive_parse_directory(struct service *s, const struct directive *d,
    const char *value)
{
	const bool is_optional = value[0] == '-';
	const char *error = NULL;

	if (is_optional)
		value++;
	if (strcmp(value, "~") == 0)
		service_set_text(&s->working_directory, value);
	else
		error = directive_parse_path(s, d, *value == '\0' ?
		    SERVICE_DIRECTORY : value);
	if (error == NULL)
		s->working_directory_is_optional = is_optional;
	return error;
}

bool
directive_print_directory(const struct service *s, const struct directive *d,
    size_t i, char **ret_value)
{
	char *path;

	if (strcmp(s->working_directory, SERVICE_DIRECTORY) == 0 ||
	    !directive_print_text(s, d, i, &path))
		return false;
	if (asprintf(ret_value, "%s%s",
	    s->working_directory_is_optional ? "-" : "", path) == -1)
		message_die("out of memory");
	free(path);
	return true;
}

const char *
directive_parse_user(struct service *s, const struct directive *d,
    const char *value)
{
	if (strpbrk(value, ": /\t") != NULL || value[0] == '-')
		return d->offset == offsetof(struct service, user) ?
		    "expected a user's name or number" :
		    "expected a group's name or number";
	return directive_parse_text(s, d, value);
}

/* The exec_list at offset. */
const char *
directive_parse_exec(struct service *s, const struct directive *d,
    const char *value)
{
	struct exec_list *list = field(s, d->offset);

	if (*value == '\0') {
		exec_clear(list);
		return NULL;
	}
	return exec_parse(list, s->name, value);
}

bool
directive_print_exec(const struct service *s, const struct directive *d,
    size_t i, char **ret_value)
{
	const struct exec_list *list = const_field(s, d->offset);

	if (i >= list->count)
		return false;
	*ret_value = exec_print(&list->items[i]);
	return true;
}

const char *
directive_parse_type(struct service *s, const struct directive *d,
    const char *value)
{
	(void)s;
	(void)d;
	if (strcmp(value, "exec") == 0 || strcmp(value, "simple") == 0)
		return NULL;
	return "expected exec or simple (other types are not supported yet)";
}

bool
directive_print_type(const struct service *s, const struct directive *d,
    size_t i, char **ret_value)
{
	(void)s;
	(void)d;
	if (i > 0)
		return false;
	*ret_value = text_copy("exec");
	return true;
}

const char *
directive_parse_umask(struct service *s, const struct directive *d,
    const char *value)
{
	mode_t mode = 0;

	(void)d;
	if (value_parse_mode(value, &mode) != NULL || mode > 0777)
		return "expected an octal mode from 0 to 777";
	s->umask = mode;
	return NULL;
}

bool
directive_print_umask(const struct service *s, const struct directive *d,
    size_t i, char **ret_value)
{
	(void)d;
	if (i > 0 || s->umask == SERVICE_UMASK)
		return false;
	if (asprintf(ret_value, "%04o", (unsigned)s->umask) == -1)
		message_die("out of memory");
	return true;
}

const char *
directive_parse_environment(struct service *s, const struct directive *d,
    const char *value)
{
	struct strings words = { 0 };
	const char *error = words_split(value, &words);
	char *expanded;
	size_t i, length;

	(void)d;
	for (i = 0; error == NULL && i < words.count; i++) {
		error = specifier_expand(s->name, words.items[i], &expanded);
		if (error != NULL)
			break;
		free(words.items[i]);
		words.items[i] = expanded;
		length = strcspn(expanded, "=");
		if (expanded[length] != '=' ||
		    !value_is_variable(expanded, length))
			error = "expected NAME=VALUE";
	}
	if (error == NULL && words.count == 0)
		strings_clear(&s->environment);
	for (i = 0; error == NULL && i < words.count; i++)
		strings_set(&s->environment, words.items[i]);
	strings_clear(&words);
	return error;
}

bool
directive_print_environment(const struct service *s, const struct directive *d,
    size_t i, char **ret_value)
{
	char *quoted;

	(void)d;
	if (i >= s->environment.count)
		return false;
	quoted = words_quote(s->environment.items[i]);
	*ret_value = doubled(quoted, "%");
	free(quoted);
	return true;
}

const char *
directive_parse_environment_file(struct service *s, const struct directive *d,
    const char *value)
{
	const char *error;
	char *path = NULL;

	(void)d;
	if (*value == '\0') {
		strings_clear(&s->environment_files);
		return NULL;
	}
	if (value[value[0] == '-' ? 1 : 0] != '/')
		return "expected an absolute path";
	error = parse_plain(s, value, &path);
	if (error != NULL)
		return error;
	strings_add(&s->environment_files, path);
	free(path);
	return NULL;
}

bool
directive_print_environment_file(const struct service *s,
    const struct directive *d, size_t i, char **ret_value)
{
	(void)d;
	return i < s->environment_files.count &&
	    print_plain(s->environment_files.items[i], ret_value);
}

const char *
directive_parse_nice(struct service *s, const struct directive *d,
    const char *value)
{
	const char *error = value_parse_int(value, -20, 19, &s->nice);

	(void)d;
	if (error == NULL)
		s->nice_is_set = true;
	return error;
}

const char *
directive_parse_oom(struct service *s, const struct directive *d,
    const char *value)
{
	const char *error = value_parse_int(value, -1000, 1000,
	    &s->oom_score_adjust);

	(void)d;
	if (error == NULL)
		s->oom_score_adjust_is_set = true;
	return error;
}

/* The int at d->offset, when the bool at d->detail is set. */
bool
directive_print_int(const struct service *s, const struct directive *d,
    size_t i, char **ret_value)
{
	const bool *is_set = const_field(s, (size_t)d->detail);
	const int *number = const_field(s, d->offset);

	if (i > 0 || !*is_set)
		return false;
	if (asprintf(ret_value, "%d", *number) == -1)
		message_die("out of memory");
	return true;
}

const char *
directive_parse_limit(struct service *s, const struct directive *d,
    const char *value)
{
	return limit_parse(value, d->detail, &s->limits[d->detail]);
}

bool
directive_print_limit(const struct service *s, const struct directive *d,
    size_t i, char **ret_value)
{
	char text[64];

	if (i > 0 || !s->limits[d->detail].is_set)
		return false;
	limit_print(&s->limits[d->detail], text, sizeof(text));
	*ret_value = text_copy(text);
	return true;
}

const char *
directive_set_literal(struct service *s, const struct directive *d,
    const char *text)
{
	char *quoted = d->parse == directive_parse_environment ?
	    words_quote(text) : text_copy(text);
	char *value = doubled(quoted, "%");
	const char *error = d->parse(s, d, value);

	free(value);
	free(quoted);
	return error;
}
