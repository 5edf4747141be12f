/*
 * systemd's unit format: see unit.h.  This file knows lines, sections and
 * comments; what a directive's value means is the directive table's business.
 */
#include "config.h"

#include "define/unit.h"

#include <errno.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "define/directive.h"
#include "define/search.h"
#include "define/textfile.h"
#include "define/ungiven.h"
#include "message.h"

#define BLANKS " \t\r"

/* How much of a value is repeated in a message. */
#define SHOWN_MAX 60

enum section { SECTION_NONE, SECTION_UNIT, SECTION_SERVICE, SECTION_SKIPPED };

static const char *const section_names[] = {
	[SECTION_UNIT] = "Unit",
	[SECTION_SERVICE] = "Service",
};

struct parser {
	struct service *s;
	const char *path;
	const char *p, *end;
	unsigned line;		/* of the next physical line */
	unsigned first;		/* of the first one of this logical line */
	char *text;		/* the logical line */
	enum section section;
	const struct unit_listener *listener; /* or NULL: the first error ends */
	unsigned errors;
	char *err;
	size_t err_size;
};

static int
fail(const struct parser *parser, const char *what)
{
	snprintf(parser->err, parser->err_size, "%s:%u: %s", parser->path,
	    parser->first, what);
	return -1;
}

static int
fail_value(const struct parser *parser, const char *key, const char *value,
    const char *what)
{
	snprintf(parser->err, parser->err_size, "%s:%u: %.*s: '%.*s%s': %s",
	    parser->path, parser->first, SHOWN_MAX, key, SHOWN_MAX, value,
	    strlen(value) > SHOWN_MAX ? "..." : "", what);
	return -1;
}

/* The line goes on: its last backslash is not itself escaped. */
static bool
is_continued(const char *text, size_t length)
{
	bool escaped = false;
	size_t i;

	for (i = 0; i < length; i++)
		escaped = !escaped && text[i] == '\\';
	return escaped;
}

/* One physical line, trimmed at both ends; -1 at the end of the text. */
static int
take_physical(struct parser *parser, const char **ret, size_t *ret_length)
{
	const char *newline, *p = parser->p, *end;

	if (p == parser->end)
		return -1;
	newline = memchr(p, '\n', (size_t)(parser->end - p));
	end = newline == NULL ? parser->end : newline;
	parser->p = newline == NULL ? parser->end : newline + 1;
	parser->line++;
	while (p < end && strchr(BLANKS, *p) != NULL)
		p++;
	if (p < end && end[-1] == '\r')
		end--;
	*ret = p;
	*ret_length = (size_t)(end - p);
	return 0;
}

/*
 * The next logical line into parser->text: comments left out, continued lines
 * joined by a blank, as systemd does.  1; 0 at the end; -1 for an error.
 */
static int
take_line(struct parser *parser)
{
	const char *part = NULL;
	size_t n = 0, length = 0;
	bool continued = false;

	parser->first = parser->line;
	while (take_physical(parser, &part, &n) == 0) {
		if (n > 0 && (part[0] == '#' || part[0] == ';'))
			continue;
		if (!continued)
			parser->first = parser->line - 1;
		if (length + n > UNIT_LINE_MAX)
			return fail(parser, "expected a line of at most 1 MiB");
		memcpy(parser->text + length, part, n);
		continued = is_continued(part, n);
		length += n;
		if (!continued)
			break;
		parser->text[length - 1] = ' ';
	}
	if (length == 0 && part == NULL)
		return 0;
	while (length > 0 && strchr(BLANKS, parser->text[length - 1]) != NULL)
		length--;
	parser->text[length] = '\0';
	return 1;
}

static int
set_section(struct parser *parser, char *line)
{
	size_t length = strlen(line);

	if (line[length - 1] != ']')
		return fail_value(parser, "section", line, "expected a ]");
	line[length - 1] = '\0';
	line++;
	if (strcmp(line, "Unit") == 0)
		parser->section = SECTION_UNIT;
	else if (strcmp(line, "Service") == 0)
		parser->section = SECTION_SERVICE;
	else if (strcmp(line, "Install") == 0 || strncmp(line, "X-", 2) == 0)
		parser->section = SECTION_SKIPPED;
	else {
		parser->section = SECTION_SKIPPED;
		return fail_value(parser, "section", line,
		    "expected Unit, Service or Install");
	}
	return 0;
}

/* systemd moved the start limit from [Service] to [Unit] and reads both. */
static bool
belongs(const struct parser *parser, const struct directive *d)
{
	return strcmp(d->section, section_names[parser->section]) == 0 ||
	    (strncmp(d->name, "StartLimit", 10) == 0 &&
	    parser->section == SECTION_SERVICE);
}

static void
note_ungiven(struct parser *parser, const char *key, const char *value)
{
	const size_t before = parser->s->ungiven.count;

	ungiven_note(parser->s, key, value);
	if (parser->listener == NULL || parser->s->ungiven.count <= before)
		return;
	(void)fail_value(parser, key, value, "is not applied");
	parser->listener->say(parser->listener->context, false, parser->err);
}

static int
set_directive(struct parser *parser, char *line)
{
	char *equals = strchr(line, '='), *value;
	const struct directive *d;
	const char *error;

	if (parser->section == SECTION_SKIPPED)
		return 0;
	if (equals == NULL || equals == line)
		return fail_value(parser, "line", line,
		    "expected KEY=VALUE or [SECTION]");
	if (parser->section == SECTION_NONE)
		return fail_value(parser, "line", line,
		    "expected [Unit] or [Service] before it");
	value = equals + 1 + strspn(equals + 1, BLANKS);
	while (equals > line && strchr(BLANKS, equals[-1]) != NULL)
		equals--;
	*equals = '\0';
	d = directive_find(line);
	if (d == NULL && strncmp(line, "X-", 2) == 0)
		return 0;
	if (d == NULL &&
	    ungiven_is_known(line, parser->section == SECTION_UNIT)) {
		if (parser->section == SECTION_SERVICE)
			note_ungiven(parser, line, value);
		return 0;
	}
	if (d == NULL)
		return fail_value(parser, line, value, "unknown directive");
	if (!belongs(parser, d))
		return fail_value(parser, line, value,
		    strcmp(d->section, "Unit") == 0 ? "expected in [Unit]" :
		    "expected in [Service]");
	error = d->parse(parser->s, d, value);
	return error == NULL ? 0 : fail_value(parser, line, value, error);
}

/* A NUL byte would hide the rest of its line. */
static int
check_bytes(struct parser *parser)
{
	const char *nul, *p = parser->p;

	nul = memchr(p, '\0', (size_t)(parser->end - p));
	if (nul == NULL)
		return 0;
	for (; p < nul; p++)
		parser->first += *p == '\n';
	return fail(parser, "expected text, not a NUL byte");
}

static void
tell(struct parser *parser)
{
	parser->errors++;
	parser->listener->say(parser->listener->context, true, parser->err);
}

static int
parse(struct parser *parser)
{
	int ret;

	if (parser->end - parser->p >= 3 &&
	    memcmp(parser->p, "\357\273\277", 3) == 0)
		parser->p += 3;
	if (check_bytes(parser) == -1)
		return -1;
	parser->text = malloc(UNIT_LINE_MAX + 1);
	if (parser->text == NULL)
		message_die("out of memory");
	while ((ret = take_line(parser)) == 1) {
		if (parser->text[0] == '[')
			ret = set_section(parser, parser->text);
		else if (parser->text[0] != '\0')
			ret = set_directive(parser, parser->text);
		if (ret == -1 && parser->listener == NULL)
			break;
		if (ret == -1)
			tell(parser);
	}
	free(parser->text);
	return ret;
}

int
unit_parse(struct service *s, const char *path, const char *text,
    size_t length, char *err, size_t err_size)
{
	struct parser parser = { .s = s, .path = path, .p = text,
		.end = text + length, .line = 1, .first = 1, .err = err,
		.err_size = err_size };

	return parse(&parser);
}

static unsigned
verify_file(struct service *s, const char *path,
    const struct unit_listener *listener)
{
	char err[512];
	struct parser parser = { .s = s, .path = path, .line = 1, .first = 1,
		.listener = listener, .err = err, .err_size = sizeof(err) };
	size_t length;
	char *text;

	text = textfile_read(path, &length);
	if (text == NULL) {
		snprintf(err, sizeof(err), "%s: cannot be read: %s", path,
		    message_strerror(errno));
		tell(&parser);
		return parser.errors;
	}
	parser.p = text;
	parser.end = text + length;
	if (parse(&parser) == -1)
		tell(&parser);
	free(text);
	return parser.errors;
}

unsigned
unit_verify(struct service *s, const struct found *found,
    const struct unit_listener *listener)
{
	unsigned errors = verify_file(s, found->file, listener);

	for (size_t i = 0; i < found->drop_ins.count; i++)
		errors += verify_file(s, found->drop_ins.items[i], listener);
	return errors;
}

int
unit_read(struct service *s, const char *path, int *ret_errno, char *err,
    size_t err_size)
{
	size_t length = 0;
	char *text;
	int ret;

	text = textfile_read(path, &length);
	*ret_errno = text == NULL ? errno : 0;
	if (text == NULL) {
		snprintf(err, err_size, "cannot read %s: %s", path,
		    *ret_errno == ENOTSUP ? "Not a regular file" :
		    message_strerror(*ret_errno));
		return -1;
	}
	ret = unit_parse(s, path, text, length, err, err_size);
	free(text);
	return ret;
}

int
unit_load(struct service *s, const struct found *found, int *ret_errno,
    char *err, size_t err_size)
{
	if (unit_read(s, found->file, ret_errno, err, err_size) == -1)
		return -1;
	for (size_t i = 0; i < found->drop_ins.count; i++) {
		if (unit_read(s, found->drop_ins.items[i], ret_errno, err,
		    err_size) == -1)
			return -1;
	}
	return 0;
}

/* Print what section has to say of s; its heading only if that is anything. */
static void
print_section(FILE *out, const struct service *s, const char *section)
{
	const struct directive *d;
	bool is_first = true;
	char *value = NULL;
	size_t i;

	for (d = directives; d->name != NULL; d++) {
		if (strcmp(d->section, section) != 0)
			continue;
		for (i = 0; d->print(s, d, i, &value); i++) {
			if (is_first)
				fprintf(out, "%s[%s]\n",
				    ftello(out) == 0 ? "" : "\n", section);
			is_first = false;
			fprintf(out, "%s=%s\n", d->name, value);
			free(value);
		}
	}
}

void
unit_print(const struct service *s, FILE *out)
{
	print_section(out, s, "Unit");
	print_section(out, s, "Service");
	for (size_t i = 0; i < s->ungiven.count; i++)
		fprintf(out, "%s\n", s->ungiven.items[i]);
}

char *
unit_text(const struct service *s, size_t *ret_length)
{
	char *text = NULL;
	FILE *out = open_memstream(&text, ret_length);

	if (out == NULL)
		message_die("out of memory");
	unit_print(s, out);
	if (fclose(out) != 0)
		message_die("out of memory");
	return text;
}
