/*
 * Values and names as holdfast reads them, for diff.sh to hold beside what
 * systemd makes of the same.  The argument says what the inputs are, which come
 * on standard input, each with a NUL behind it.  For each there is one answer,
 * with a NUL too: "+" and what it was read as, or "-" and what was expected.
 */
#include "config.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "define/name.h"
#include "define/service.h"
#include "define/unit.h"
#include "define/value.h"
#include "define/words.h"

/* Between the words of a command line. */
#define WORD_END '\036'

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

static void
answer(const char *error, const char *text)
{
	printf("%c%s%c", error == NULL ? '+' : '-',
	    error == NULL ? text : error, '\0');
}

/* What was allocated for the answer, or NULL, is freed. */
static void
answer_free(const char *error, char *text)
{
	answer(error, text);
	free(text);
}

static void
read_span(const char *text)
{
	char buf[160];
	int64_t usec = 0;
	const char *error = value_parse_span(text, &usec);
	int n = snprintf(buf, sizeof(buf), "%" PRId64 " ", usec);

	value_print_span(usec, buf + n, sizeof(buf) - (size_t)n);
	answer(error, buf);
}

static void
read_signal(const char *text)
{
	char name[32] = "";
	int sig = 0;
	const char *error = value_parse_signal(text, &sig);

	answer(error, value_signal_name(sig, name, sizeof(name)));
}

static void
escape(const char *text)
{
	answer_free(NULL, name_escape(text));
}

static void
escape_path(const char *text)
{
	char *ret = NULL;
	const char *error = name_escape_path(text, &ret);

	answer_free(error, ret);
}

static void
unescape(const char *text)
{
	char *ret = NULL;
	const char *error = name_unescape(text, &ret);

	answer_free(error, ret);
}

static void
unescape_path(const char *text)
{
	char *ret = NULL;
	const char *error = name_unescape_path(text, &ret);

	answer_free(error, ret);
}

/* The instance of foo@.service that is called text. */
static void
instantiate(const char *text)
{
	char *instance = name_escape(text), *ret = NULL;
	struct name name = { 0 };
	const char *error = name_parse_unit("foo@.service", &name);

	if (error == NULL)
		error = name_instantiate(&name, instance, &ret);
	answer_free(error, ret);
	free(instance);
	name_free(&name);
}

/* Is it the name of a template?  Then its instance x. */
static void
read_template(const char *text)
{
	char *ret = NULL;
	struct name name = { 0 };
	const char *error = name_parse_unit(text, &name);

	if (error == NULL && name.kind != NAME_TEMPLATE)
		error = "expected a template";
	if (error == NULL)
		error = name_instantiate(&name, "x", &ret);
	answer_free(error, ret);
	name_free(&name);
}

/* The instance in the name of a unit, unescaped. */
static void
read_instance(const char *text)
{
	char *ret = NULL;
	struct name name = { 0 };
	const char *error = name_parse_unit(text, &name);

	if (error == NULL && name.kind != NAME_INSTANCE)
		error = "expected an instance";
	if (error == NULL)
		error = name_unescape(name.instance, &ret);
	answer_free(error, ret);
	name_free(&name);
}

static void
read_words(const char *text)
{
	struct strings words = { 0 };
	const char *error = words_split(text, &words);
	size_t i;

	if (error != NULL) {
		answer(error, NULL);
		return;
	}
	putchar('+');
	for (i = 0; i < words.count; i++)
		printf("%s%c", words.items[i], WORD_END);
	putchar('\0');
	strings_clear(&words);
}

/* The first word of a command. */
static void
read_program(const char *text)
{
	char err[512], *unit;
	struct service s;
	int ret;

	if (asprintf(&unit, "[Service]\nExecStart=%s\n", text) == -1)
		abort();
	service_init(&s, "unit");
	ret = unit_parse(&s, "unit", unit, strlen(unit), err, sizeof(err));
	answer(ret == 0 ? NULL : err,
	    s.exec_start.count > 0 ? s.exec_start.items[0].program : "");
	service_free(&s);
	free(unit);
}

/* "KEY=VALUE" of [Service]: what is printed for this key. */
static void
read_line(const char *text)
{
	char err[512], *unit, *printed, *line, *key;
	struct service s;
	size_t length;
	int ret;

	/* systemd has no boolean that we have: one of ours stands for it. */
	if (asprintf(&unit, "[Service]\n%s%s\n",
	    strncmp(text, "SendSIGHUP=", 11) == 0 ? "X-HoldfastKeeper=" : "",
	    strncmp(text, "SendSIGHUP=", 11) == 0 ? text + 11 : text) == -1 ||
	    asprintf(&key, "\n%.*s=", (int)strcspn(text, "="), text) == -1)
		abort();
	service_init(&s, "unit");
	ret = unit_parse(&s, "unit", unit, strlen(unit), err, sizeof(err));
	printed = unit_text(&s, &length);
	line = strstr(printed, key);
	line = line == NULL ? printed + length : line + strlen(key);
	line[strcspn(line, "\n")] = '\0';
	answer(ret == 0 ? NULL : err, line);
	service_free(&s);
	free(printed);
	free(key);
	free(unit);
}

int
main(int argc, char **argv)
{
	static const struct {
		const char *name;
		void (*read)(const char *text);
	} kinds[] = {
		{ "span", read_span }, { "signal", read_signal },
		{ "escape", escape }, { "escape-path", escape_path },
		{ "unescape", unescape }, { "unescape-path", unescape_path },
		{ "instantiate", instantiate }, { "template", read_template },
		{ "instance", read_instance }, { "words", read_words },
		{ "program", read_program }, { "line", read_line },
	};
	char *text = NULL;
	size_t size = 0, i;

	for (i = 0; i < COUNT(kinds); i++) {
		if (argc == 2 && strcmp(argv[1], kinds[i].name) == 0)
			break;
	}
	if (i == COUNT(kinds)) {
		fprintf(stderr, "usage: values KIND <INPUTS\n");
		return 2;
	}
	while (getdelim(&text, &size, '\0', stdin) != -1)
		kinds[i].read(text);
	free(text);
	return 0;
}
