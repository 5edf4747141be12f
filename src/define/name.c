/*
 * Names of units: see name.h.  What this takes and what it makes of it,
 * tests/systemd compares with systemd-escape.
 */
#include "config.h"

#include "define/name.h"

#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "define/strings.h"
#include "define/value.h"
#include "message.h"

#define PLAIN_CHARACTERS "ABCDEFGHIJKLMNOPQRSTUVWXYZ" \
	"abcdefghijklmnopqrstuvwxyz0123456789:_."
#define NAME_CHARACTERS PLAIN_CHARACTERS "-\\@"
#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

/* Linux's limits, of a path without its NUL. */
#define PATH_LENGTH_MAX 4095
#define COMPONENT_MAX 255

static const char expected_name[] = "expected a unit's name "
    "(letters, digits and :_.-\\, then @ and an instance or not)";
static const char path_too_long[] =
    "expected a path of at most 4095 bytes, 255 in a name";

static void *
allocate(size_t size)
{
	void *ret = malloc(size);

	if (ret == NULL)
		message_die("out of memory");
	return ret;
}

static char *
copy_part(const char *text, size_t length)
{
	char *ret = allocate(length + 1);

	memcpy(ret, text, length);
	ret[length] = '\0';
	return ret;
}

static char *
put_escaped(char *out, unsigned char c)
{
	static const char hex[] = "0123456789abcdef";

	*out++ = '\\';
	*out++ = 'x';
	*out++ = hex[c >> 4];
	*out++ = hex[c & 15];
	return out;
}

char *
name_escape(const char *text)
{
	char *ret = allocate(strlen(text) * 4 + 1), *out = ret;
	const char *p;

	for (p = text; *p != '\0'; p++) {
		/* A file whose name begins with a dot would be hidden. */
		if (*p == '/')
			*out++ = '-';
		else if ((p == text && *p == '.') ||
		    strchr(PLAIN_CHARACTERS, *p) == NULL)
			out = put_escaped(out, (unsigned char)*p);
		else
			*out++ = *p;
	}
	*out = '\0';
	return ret;
}

const char *
name_unescape(const char *text, char **ret)
{
	char *buf = allocate(strlen(text) + 1), *out = buf;
	int high, low;

	for (; *text != '\0'; text++) {
		if (*text != '\\') {
			*out++ = *text == '-' ? '/' : *text;
			continue;
		}
		high = text[1] == 'x' ? value_digit(text[2]) : -1;
		low = high == -1 ? -1 : value_digit(text[3]);
		if (low == -1 || high + low == 0) {
			free(buf);
			return "expected an escape such as \\x2d "
			    "after the backslash";
		}
		*out++ = (char)(high * 16 + low);
		text += 3;
	}
	*out = '\0';
	*ret = buf;
	return NULL;
}

/*
 * Put what path names from the root on into buf, which has room for it and one
 * more: "/", or "/a/b", without what changes nothing.
 */
static const char *
simplify(const char *path, char *buf)
{
	char *out = buf;
	size_t length;

	for (; *path != '\0'; path += length) {
		path += strspn(path, "/");
		length = strcspn(path, "/");
		if (length == 0 || (length == 1 && path[0] == '.'))
			continue;
		if (length == 2 && memcmp(path, "..", 2) == 0)
			return "expected a path without ..";
		if (length > COMPONENT_MAX)
			return path_too_long;
		*out++ = '/';
		memcpy(out, path, length);
		out += length;
	}
	if (out == buf)
		*out++ = '/';
	*out = '\0';
	return NULL;
}

const char *
name_escape_path(const char *path, char **ret)
{
	char *simple = allocate(strlen(path) + 2);
	const char *error = simplify(path, simple);

	/* A relative one does without the slash in front. */
	if (error == NULL &&
	    strlen(simple) - (path[0] != '/') > PATH_LENGTH_MAX)
		error = path_too_long;
	if (error == NULL && simple[1] == '\0' && path[0] == '.')
		error = "expected a path with a name in it, or /";
	if (error == NULL)
		*ret = simple[1] == '\0' ? text_copy("-") :
		    name_escape(simple + 1);
	free(simple);
	return error;
}

const char *
name_unescape_path(const char *text, char **ret)
{
	char *path = NULL, *simple;
	const char *error;
	bool is_simple;

	if (strcmp(text, "-") == 0) {
		*ret = text_copy("/");
		return NULL;
	}
	error = name_unescape(text, &path);
	if (error != NULL)
		return error;
	simple = allocate(strlen(path) + 2);
	error = simplify(path, simple);
	/* Each path has one name only: is this it? */
	is_simple = error == NULL && strcmp(simple + 1, path) == 0;
	if (error == NULL && (!is_simple || path[0] == '\0'))
		error = "expected an escaped path";
	if (error == NULL && strlen(simple) > PATH_LENGTH_MAX)
		error = path_too_long;
	if (error == NULL)
		*ret = simple;
	else
		free(simple);
	free(path);
	return error;
}

/* The same for all three kinds of text; length is without the suffix. */
static const char *
parse(const char *text, size_t length, struct name *ret)
{
	const char *at = memchr(text, '@', length);
	size_t prefix = at == NULL ? length : (size_t)(at - text);
	size_t instance = at == NULL ? 0 : length - prefix - 1;

	if (prefix == 0 || strspn(text, NAME_CHARACTERS) < length)
		return expected_name;
	if (strlen(text) > NAME_MAX_LENGTH)
		return "expected a unit's name of at most 255 characters";
	ret->kind = at == NULL ? NAME_PLAIN :
	    instance == 0 ? NAME_TEMPLATE : NAME_INSTANCE;
	ret->prefix = copy_part(text, prefix);
	ret->instance = instance == 0 ? NULL : copy_part(at + 1, instance);
	ret->suffix = text_copy(text + length);
	return NULL;
}

const char *
name_parse(const char *text, struct name *ret)
{
	return parse(text, strlen(text), ret);
}

const char *
name_parse_unit(const char *text, struct name *ret)
{
	static const char *const suffixes[] = {
		".service", ".socket", ".target", ".device", ".mount",
		".automount", ".swap", ".timer", ".path", ".slice", ".scope",
	};
	const char *dot = strrchr(text, '.');
	size_t i;

	for (i = 0; dot != NULL && i < COUNT(suffixes); i++) {
		if (strcmp(dot, suffixes[i]) == 0)
			return parse(text, (size_t)(dot - text), ret);
	}
	return "expected a unit's name with its suffix, such as .service";
}

void
name_free(struct name *name)
{
	free(name->prefix);
	free(name->instance);
	free(name->suffix);
	*name = (struct name){ 0 };
}

const char *
name_check_instance(const char *instance)
{
	if (instance[0] == '\0' ||
	    instance[strspn(instance, NAME_CHARACTERS)] != '\0')
		return "expected an instance (letters, digits and :_.-\\@)";
	return NULL;
}

const char *
name_instantiate(const struct name *name, const char *instance, char **ret)
{
	const char *error = name_check_instance(instance);
	char *whole;

	if (name->kind == NAME_PLAIN)
		return "expected a template (NAME@) or an instance of one";
	if (error != NULL)
		return error;
	if (asprintf(&whole, "%s@%s%s", name->prefix, instance,
	    name->suffix) == -1)
		message_die("out of memory");
	if (strlen(whole) > NAME_MAX_LENGTH) {
		free(whole);
		return "expected an instance that leaves its unit's name "
		    "at most 255 characters";
	}
	*ret = whole;
	return NULL;
}
