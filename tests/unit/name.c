/*
 * Names: what is escaped how, what is a name, and what its parts are.  How
 * systemd does it, tests/systemd compares.
 */
#include "config.h"

#include "define/name.h"

#include <stdlib.h>

#include "tap.h"

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

static void
test_escape(void)
{
	static const struct {
		const char *text, *escaped;
	} rows[] = {
		{ "", "" }, { "a", "a" }, { "a/b", "a-b" }, { "/", "-" },
		{ "a-b", "a\\x2db" }, { ".a.b", "\\x2ea.b" },
		{ "a b", "a\\x20b" }, { "a@b", "a\\x40b" }, { "a:_", "a:_" },
		{ "\\", "\\x5c" }, { "\303\251", "\\xc3\\xa9" },
		{ "\001\377", "\\x01\\xff" },
	};
	char *text, *back;
	size_t i;

	for (i = 0; i < COUNT(rows); i++) {
		text = name_escape(rows[i].text);
		is_str(text, rows[i].escaped, "escape: <%s>", rows[i].text);
		back = NULL;
		is_str(name_unescape(text, &back), NULL,
		    "unescape: <%s> is one", text);
		is_str(back, rows[i].text, "unescape: <%s> is read back",
		    text);
		free(back);
		free(text);
	}
}

static void
test_bad_escapes(void)
{
	static const char *const rows[] = {
		"\\", "\\x", "\\x2", "\\xg1", "\\x1g", "\\X2d", "\\n", "\\\\",
		"\\x00", "a\\x2",
	};
	char *text = NULL;
	size_t i;

	for (i = 0; i < COUNT(rows); i++) {
		is_str(name_unescape(rows[i], &text), "expected an escape such "
		    "as \\x2d after the backslash", "unescape: <%s> is refused",
		    rows[i]);
		ok(text == NULL, "unescape: <%s> leaves the result alone",
		    rows[i]);
	}
}

static void
test_paths(void)
{
	static const struct {
		const char *path, *escaped;
	} rows[] = {
		{ "/", "-" }, { "", "-" }, { "//", "-" }, { "/.", "-" },
		{ "/a", "a" }, { "a", "a" }, { "/a/b/", "a-b" },
		{ "//a//./b", "a-b" }, { "/.a", "\\x2ea" }, { "/a/.b", "a-.b" },
		{ "./a", "a" }, { "/...", "\\x2e.." }, { "/a-b", "a\\x2db" },
		{ ".", NULL }, { "./", NULL }, { "..", NULL }, { "/a/..", NULL },
		{ "/../a", NULL },
	}, backs[] = {
		{ "/", "-" }, { "/a", "a" }, { "/a/b", "a-b" },
		{ "/.a", ".a" }, { "/a/b", "a\\x2fb" }, { NULL, "" },
		{ NULL, "--" }, { NULL, "-a" }, { NULL, "a-" },
		{ NULL, "a--b" }, { NULL, "a-." }, { NULL, ".-a" },
		{ NULL, "a-..-b" }, { NULL, "\\x2e\\x2e" }, { NULL, "\\x" },
	};
	char *text;
	size_t i;

	for (i = 0; i < COUNT(rows); i++) {
		text = NULL;
		name_escape_path(rows[i].path, &text);
		is_str(text, rows[i].escaped, "path: <%s> is %s", rows[i].path,
		    rows[i].escaped == NULL ? "refused" : rows[i].escaped);
		free(text);
	}
	for (i = 0; i < COUNT(backs); i++) {
		text = NULL;
		name_unescape_path(backs[i].escaped, &text);
		is_str(text, backs[i].path, "path: <%s> is read as %s",
		    backs[i].escaped,
		    backs[i].path == NULL ? "none" : backs[i].path);
		free(text);
	}
}

static void
test_long_paths(void)
{
	char path[5000], *text = NULL;

	memset(path, 'a', sizeof(path));
	path[0] = '/';
	path[256] = '\0';
	ok(name_escape_path(path, &text) == NULL,
	    "path: a name of 255 bytes is good");
	free(text);
	text = NULL;
	path[256] = 'a';
	path[257] = '\0';
	ok(name_escape_path(path, &text) != NULL, "path: 256 are refused");
	for (size_t i = 0; i < sizeof(path); i += 2)
		memcpy(path + i, "/a", 2);
	path[4095] = '\0';
	ok(name_escape_path(path, &text) == NULL,
	    "path: 4095 bytes are good");
	free(text);
	text = NULL;
	path[4095] = 'a';
	path[4096] = '\0';
	ok(name_escape_path(path, &text) != NULL, "path: 4096 are refused");
	ok(name_escape_path(path + 1, &text) == NULL,
	    "path: a relative one does without the slash");
	free(text);
}

static void
test_names(void)
{
	static const struct {
		const char *text;
		enum name_kind kind;
		const char *prefix, *instance, *suffix;
	} rows[] = {
		{ "cron.service", NAME_PLAIN, "cron", NULL, ".service" },
		{ "getty@.service", NAME_TEMPLATE, "getty", NULL, ".service" },
		{ "getty@tty1.service", NAME_INSTANCE, "getty", "tty1",
		    ".service" },
		{ "a@b@c.d.timer", NAME_INSTANCE, "a", "b@c.d", ".timer" },
		{ "a@@.service", NAME_INSTANCE, "a", "@", ".service" },
		{ "a.b\\x2d:_-9.slice", NAME_PLAIN, "a.b\\x2d:_-9", NULL,
		    ".slice" },
		{ "cron", 0, NULL, NULL, NULL },
		{ "cron.servic", 0, NULL, NULL, NULL },
		{ ".service", 0, NULL, NULL, NULL },
		{ "@.service", 0, NULL, NULL, NULL },
		{ "@a.service", 0, NULL, NULL, NULL },
		{ "a b.service", 0, NULL, NULL, NULL },
		{ "a/b.service", 0, NULL, NULL, NULL },
		{ "\303\251.service", 0, NULL, NULL, NULL },
		{ "", 0, NULL, NULL, NULL },
	};
	struct name name;
	bool is_good;

	for (size_t i = 0; i < COUNT(rows); i++) {
		name = (struct name){ 0 };
		is_good = name_parse_unit(rows[i].text, &name) == NULL;
		ok(is_good == (rows[i].prefix != NULL), "name: %s is %s",
		    rows[i].text, rows[i].prefix == NULL ? "none" : "one");
		is_int(name.kind, rows[i].kind, "name: the kind of %s",
		    rows[i].text);
		is_str(name.prefix, rows[i].prefix, "name: the prefix of %s",
		    rows[i].text);
		is_str(name.instance, rows[i].instance,
		    "name: the instance of %s", rows[i].text);
		is_str(name.suffix, rows[i].suffix, "name: the suffix of %s",
		    rows[i].text);
		name_free(&name);
	}
	is_str(name_parse("getty@tty1.5", &name), NULL,
	    "name: without suffix");
	is_str(name.instance, "tty1.5", "name: the instance has the dot");
	is_str(name.suffix, "", "name: and there is no suffix");
	name_free(&name);
	ok(name.prefix == NULL, "name: freed, there is nothing left of it");
	ok(name_parse("", &name) != NULL, "name: the empty one is none");
	ok(name_parse("a%i", &name) != NULL, "name: a%%i is none");
}

static void
test_instances(void)
{
	struct name name = { 0 };
	char *text = NULL, instance[300];

	name_parse_unit("foo@.service", &name);
	is_str(name_instantiate(&name, "a@b.c", &text), NULL,
	    "instance: of a template");
	is_str(text, "foo@a@b.c.service", "instance: its name");
	free(text);
	text = NULL;
	memset(instance, 'a', sizeof(instance));
	instance[243] = '\0';
	is_str(name_instantiate(&name, instance, &text), NULL,
	    "instance: a name of 255 characters is good");
	is_int(text == NULL ? 0 : strlen(text), 255, "instance: it has 255");
	free(text);
	text = NULL;
	instance[243] = 'a';
	instance[244] = '\0';
	ok(name_instantiate(&name, instance, &text) != NULL,
	    "instance: 256 are refused");
	ok(name_instantiate(&name, "", &text) != NULL,
	    "instance: the empty one is refused");
	ok(name_instantiate(&name, "a b", &text) != NULL,
	    "instance: one with a blank is refused");
	ok(text == NULL, "instance: a refusal leaves the result alone");
	name_free(&name);
	name_parse("foo@a", &name);
	name_instantiate(&name, "b", &text);
	is_str(text, "foo@b", "instance: another one, without suffix");
	free(text);
	text = NULL;
	name_free(&name);
	name_parse("foo", &name);
	ok(name_instantiate(&name, "b", &text) != NULL,
	    "instance: a plain name has none");
	name_free(&name);
}

int
main(void)
{
	test_escape();
	test_bad_escapes();
	test_paths();
	test_long_paths();
	test_names();
	test_instances();
	return done();
}
