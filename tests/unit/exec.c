/*
 * Command lines of a definition, and specifiers: how they are read, written
 * again, and what is made of their variables.
 */
#include "config.h"

#include "define/exec.h"

#include <errno.h>
#include <pwd.h>
#include <stdlib.h>
#include <sys/utsname.h>
#include <unistd.h>

#include "define/specifier.h"
#include "tap.h"

#define UNIT "web@inst"
#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

static const char *
joined(const struct strings *list)
{
	static char buf[4096];

	buf[0] = '\0';
	for (size_t i = 0; i < list->count; i++) {
		strlcat(buf, "[", sizeof(buf));
		strlcat(buf, list->items[i], sizeof(buf));
		strlcat(buf, "]", sizeof(buf));
	}
	return buf;
}

/* All of list, as exec_print() writes it. */
static const char *
printed(const struct exec_list *list)
{
	static char buf[4096];
	char *line;

	buf[0] = '\0';
	for (size_t i = 0; i < list->count; i++) {
		line = exec_print(&list->items[i]);
		strlcat(buf, i == 0 ? "" : " ; ", sizeof(buf));
		strlcat(buf, line, sizeof(buf));
		free(line);
	}
	return buf;
}

static void
test_parse(void)
{
	static const struct {
		const char *value, *again;	/* NULL: the same */
	} rows[] = {
		{ "/a", NULL }, { "a", NULL }, { "  /a   b ", "/a b" },
		{ "-/a", NULL }, { "@/a b c", NULL }, { ":/a $X", NULL },
		{ "+/a", NULL }, { "!/a", NULL }, { "+:@-/a b", "-@:+/a b" },
		{ "-@/a b", NULL }, { "/a $X", NULL }, { "/a ${X}y", NULL },
		{ "/a $$X", NULL }, { "/a a$b", "/a a$$b" },
		{ "/a $$X $Y", NULL }, { "/a %%", NULL },
		{ "/a %i", "/a inst" }, { "/%p/a", "/web/a" },
		{ "/a ; /b", NULL }, { "/a x ; -/b y ;", "/a x ; -/b y" },
		{ "/a \\; /b", "/a \";\" /b" }, { "/a ';'", "/a \";\"" },
		{ "/a;b", NULL }, { "'/a b' c", "\"/a b\" c" },
		{ "\"-/a\"", "-/a" }, { "/a \"\" b", NULL },
		{ "/a \\x24X", "/a $X" }, { "/a \"$X Y\"", NULL },
		{ "/a $", "/a $" },
	};
	const char *error;

	for (size_t i = 0; i < COUNT(rows); i++) {
		struct exec_list list = { 0 }, back = { 0 };
		const char *again = rows[i].again == NULL ? rows[i].value :
		    rows[i].again;
		char first[4096];

		error = exec_parse(&list, UNIT, rows[i].value);
		is_str(error, NULL, "parse: <%s> is taken", rows[i].value);
		strlcpy(first, printed(&list), sizeof(first));
		is_str(first, again, "parse: <%s> is <%s>", rows[i].value,
		    again);
		(void)exec_parse(&back, UNIT, first);
		is_str(printed(&back), first, "parse: and that is itself");
		exec_clear(&list);
		exec_clear(&back);
	}
}

static void
test_refused(void)
{
	static const struct {
		const char *value, *error;
	} rows[] = {
		{ "/a 'b", "expected a closing quote" },
		{ "; /a", "expected a command" },
		{ "/a ; ; /b", "expected a command" },
		{ "-", "expected a command" }, { "''", "expected a command" },
		{ "./a", "expected an absolute path" },
		{ "a/b", "expected an absolute path" },
		{ "/a/", "expected the path of a file" },
		{ "..", "expected the path of a file" },
		{ "/a\\n", "expected no control characters in the path" },
		{ "@/a", "expected argv[0] after the command" },
		{ "--/a", "expected each prefix once" },
		{ "+!/a", "expected + or !, not both" },
		{ "!!/a", "the prefix !! is not supported yet" },
	};

	for (size_t i = 0; i < COUNT(rows); i++) {
		struct exec_list list = { 0 };

		exec_add(&list, "/before");
		is_str(exec_parse(&list, UNIT, rows[i].value), rows[i].error,
		    "refused: <%s>: %s", rows[i].value, rows[i].error);
		is_str(printed(&list), "/before",
		    "refused: <%s> leaves what was there", rows[i].value);
		exec_clear(&list);
	}
}

static void
test_expand(void)
{
	static const char *environment[] = { "ONE=1", "TWO=a  b", "EMPTY=",
		"QUOTED='x y' z\"q r\"\\ s", "OPEN='x y", "END=x\\", "O=o",
		"DOLLAR=$ONE ${ONE}", "BLANK=  ", NULL };
	static const struct {
		const char *value, *words, *unset;
	} rows[] = {
		{ "/a $ONE", "[/a][1]", "" },
		{ "/a $TWO", "[/a][a][b]", "" },
		{ "/a ${TWO}", "[/a][a  b]", "" },
		{ "/a x${TWO}y${ONE}", "[/a][xa  by1]", "" },
		{ "/a $EMPTY ${EMPTY}", "[/a][]", "" },
		{ "/a $BLANK", "[/a]", "" },
		{ "/a $QUOTED", "[/a][x y][zq r s]", "" },
		{ "/a $OPEN", "[/a][x y]", "" }, { "/a $END", "[/a][x]", "" },
		{ "/a $DOLLAR", "[/a][$ONE][${ONE}]", "" },
		{ "/a $NONE b", "[/a][b]", "NONE" },
		{ "/a ${NONE} $OTHER", "[/a][]", "NONE" },
		{ "/a $$ONE ${O}", "[/a][$ONE][o]", "" },
		{ "/a $$ONE", "[/a][$ONE]", "" },
		{ "/a $$$$ $ONE", "[/a][$$][1]", "" },
		{ "/a x$ONE ${O}", "[/a][x$ONE][o]", "" },
		{ "/a ${ONE ${O}", "[/a][${ONE][o]", "" },
		{ "/a ${ONE:-x} ${O}", "[/a][${ONE:-x}][o]", "" },
		{ ":/a $ONE ${ONE} $$", "[/a][$ONE][${ONE}][$$]", "" },
		{ "@/a $NONE", "[/a]", "NONE" },
		{ "@/a ${ONE} x", "[1][x]", "" },
		{ "/${ONE} b", "[/1][b]", "" },
	};
	struct strings words;
	char unset[32];

	for (size_t i = 0; i < COUNT(rows); i++) {
		struct exec_list list = { 0 };

		(void)exec_parse(&list, UNIT, rows[i].value);
		is_int(exec_expand(&list.items[0],
		    (char *const *)environment, &words, unset, sizeof(unset)), 0, "expand: <%s>", rows[i].value);
		is_str(joined(&words), rows[i].words, "expand: <%s> is %s",
		    rows[i].value, rows[i].words);
		is_str(unset, rows[i].unset, "expand: <%s>: not set: '%s'",
		    rows[i].value, rows[i].unset);
		strings_clear(&words);
		exec_clear(&list);
	}
}

static void
is_specifier(const char *name, const char *text, const char *want)
{
	char *got;

	is_str(specifier_expand(name, text, &got), NULL,
	    "specifier: %s of %s can be told", text, name);
	is_str(got, want, "specifier: %s of %s is %s", text, name, want);
	free(got);
}

static void
test_specifiers(void)
{
	static const char *const rows[][3] = {
		{ "web", "%n %N %p %i.", "web.service web web ." },
		{ "web@a", "%n %N %p %i", "web@a.service web@a web a" },
		{ "a@b@c", "%p %i", "a b@c" },
		{ "a-b-c@d", "%p %P %j %J", "a-b-c a/b/c c c" },
		{ "web@dev-sd:a", "%i %I %f", "dev-sd:a dev/sd:a /dev/sd:a" },
		{ "dev-x", "%f", "/dev/x" }, { "web", "%%%p%%", "%web%" },
		{ "web", "%z 5% %", "%z 5% %" }, { "web", "", "" },
	};
	struct utsname u;
	char *text, want[256];

	for (size_t i = 0; i < COUNT(rows); i++)
		is_specifier(rows[i][0], rows[i][1], rows[i][2]);
	uname(&u);
	is_specifier("web", "%v", u.release);
	is_specifier("web", "%H", u.nodename);
	snprintf(want, sizeof(want), "%u %u", geteuid(), getegid());
	is_specifier("web", "%U %G", want);
	if (geteuid() == 0) {
		is_specifier("web", "%u %g %h %s", "root root /root /bin/sh");
		is_specifier("web", "%t %S %C %L %E",
		    "/run /var/lib /var/cache /var/log /etc");
	} else {
		setenv("HOME", "/h", 1);
		setenv("XDG_RUNTIME_DIR", "/r", 1);
		unsetenv("XDG_STATE_HOME");
		setenv("XDG_CACHE_HOME", "/c", 1);
		is_specifier("web", "%h %t %S %L %C",
		    "/h /r /h/.local/state /h/.local/state/log /c");
	}
	unsetenv("TMPDIR");
	unsetenv("TEMP");
	unsetenv("TMP");
	is_specifier("web", "%T %V", "/tmp /var/tmp");
	setenv("TMPDIR", "/x", 1);
	is_specifier("web", "%T %V", "/x /x");
	is_str(specifier_expand("web", "%b", &text), NULL, "specifier: %%b");
	is_int(text == NULL ? 0 : strlen(text), 32, "specifier: of 32 digits");
	free(text);
	is_str(specifier_expand("web@a\\x2", "x%Iy", &text), "cannot tell %I: Invalid argument",
	    "specifier: what cannot be unescaped is said");
	is_str(text, NULL, "specifier: and there is no text");
}

int
main(void)
{
	test_parse();
	test_refused();
	test_expand();
	test_specifiers();
	return done();
}
