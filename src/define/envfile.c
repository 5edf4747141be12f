/*
 * Environment files: see envfile.h.  systemd's syntax,
 * but a line that systemd would pass over in silence is an error here.
 */
#include "config.h"

#include "define/envfile.h"

#include <errno.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "define/textfile.h"
#include "define/value.h"

/* Where the reader is, and the "K=V" that it builds. */
struct reader {
	const char *p, *end;
	unsigned line;
	char *out;
	size_t length;		/* of what is in out */
	size_t kept;		/* of it, what no trimming may take */
};

static bool
at_end(const struct reader *r)
{
	return r->p == r->end;
}

static char
take(struct reader *r)
{
	if (*r->p == '\n')
		r->line++;
	return *r->p++;
}

static void
put(struct reader *r, char c)
{
	r->out[r->length++] = c;
}

static bool
is_blank(char c)
{
	return c == ' ' || c == '\t' || c == '\r';
}

/* A backslash was taken, outside of quotes: the next stands for itself. */
static void
read_escape(struct reader *r)
{
	char c;

	if (at_end(r))
		return;
	c = take(r);
	if (c != '\n')
		put(r, c);
	r->kept = r->length;
}

/* The opening quote was taken.  -1 when there is no closing one. */
static int
read_quoted(struct reader *r, char quote)
{
	char c, next;

	while (!at_end(r)) {
		c = take(r);
		if (c == quote) {
			r->kept = r->length;
			return 0;
		}
		if (c != '\\' || quote == '\'' || at_end(r)) {
			put(r, c);
			continue;
		}
		next = take(r);
		if (strchr("\"\\`$", next) == NULL && next != '\n')
			put(r, '\\');
		if (next != '\n')
			put(r, next);
	}
	return -1;
}

/* What follows the '=', up to and with the newline. */
static int
read_value(struct reader *r)
{
	bool quotes_count = true;
	char c;

	r->kept = r->length;
	while (!at_end(r)) {
		c = take(r);
		if (c == '\n')
			break;
		if (c == '\\') {
			read_escape(r);
			quotes_count = false;
		} else if (quotes_count && (c == '"' || c == '\'')) {
			if (read_quoted(r, c) == -1)
				return -1;
		} else if (!is_blank(c)) {
			put(r, c);
			r->kept = r->length;
			quotes_count = false;
		} else if (!quotes_count) {
			put(r, c);
		}
	}
	r->length = r->kept;
	return 0;
}

/* One line, from its first character on, is an assignment: -1 if not. */
static int
read_assignment(struct reader *r)
{
	size_t length;

	r->length = 0;
	while (!at_end(r) && *r->p != '=' && *r->p != '\n')
		put(r, take(r));
	length = r->length;
	while (length > 0 && is_blank(r->out[length - 1]))
		length--;
	if (at_end(r) || *r->p != '=' || !value_is_variable(r->out, length))
		return -1;
	r->length = length;
	put(r, take(r));
	if (read_value(r) == -1)
		return -1;
	put(r, '\0');
	return 0;
}

/* Returns 0, or -1 with errno; EINVAL for *ret_line that is wrong. */
static int
read_lines(struct reader *r, struct strings *env, unsigned *ret_line)
{
	unsigned line;
	char c;

	while (!at_end(r)) {
		c = *r->p;
		if (is_blank(c) || c == '\n') {
			take(r);
		} else if (c == '#' || c == ';') {
			while (!at_end(r) && *r->p != '\n')
				take(r);
		} else {
			line = r->line;
			if (read_assignment(r) == -1) {
				*ret_line = line;
				errno = EINVAL;
				return -1;
			}
			if (strings_try_set(env, r->out) == -1)
				return -1;
		}
	}
	return 0;
}

/* The text that is to be an environment file; up to a NUL, which is an error. */
static int
read_text(const char *text, size_t length, struct strings *ret,
    unsigned *ret_line)
{
	const char *nul = memchr(text, '\0', length);
	struct reader r = { .p = text, .line = 1,
	    .end = nul != NULL ? nul : text + length };
	int result;

	r.out = malloc(length + 2);
	if (r.out == NULL)
		return -1;
	result = read_lines(&r, ret, ret_line);
	free(r.out);
	if (result == 0 && nul != NULL) {
		*ret_line = r.line;
		errno = EINVAL;
		result = -1;
	}
	return result;
}

int
envfile_read(const char *path, struct strings *env, unsigned *ret_line)
{
	struct strings found = { 0 };
	char *text;
	size_t length;
	int result, error;

	text = textfile_read(path, &length);
	if (text == NULL)
		return -1;
	result = read_text(text, length, &found, ret_line);
	for (size_t i = 0; result == 0 && i < found.count; i++)
		result = strings_try_set(env, found.items[i]);
	error = errno;
	strings_clear(&found);
	free(text);
	errno = error;
	return result;
}
