/*
 * Specifiers of unit files: see specifier.h.  Each kind is one function, which
 * returns a text that is to be freed, or NULL with errno.
 */
#include "config.h"

#include "define/specifier.h"

#include <sys/utsname.h>

#include <errno.h>
#include <pwd.h>
#include <grp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "define/envfile.h"
#include "define/name.h"
#include "define/strings.h"
#include "define/textfile.h"
#include "message.h"

static char *
none(int error)
{
	errno = error;
	return NULL;
}

static char *
joined(const char *a, const char *b)
{
	char *ret;

	if (asprintf(&ret, "%s%s", a, b) == -1)
		message_die("out of memory");
	return ret;
}

static char *
number(unsigned long n)
{
	char *ret;

	if (asprintf(&ret, "%lu", n) == -1)
		message_die("out of memory");
	return ret;
}

static bool
is_root(void)
{
	return geteuid() == 0;
}

/* Frees text. */
static char *
unescaped(char *text)
{
	char *ret = NULL;
	const char *error = name_unescape(text, &ret);

	free(text);
	return error == NULL ? ret : none(EINVAL);
}

/* What of_name() is by the letter in capitals, unescaped. */
static char *
of_name(const char *unit, char letter)
{
	const char *at = strchr(unit, '@');
	char *ret, *dash;

	switch (letter) {
	case 'n':
		return joined(unit, ".service");
	case 'N':
		return text_copy(unit);
	case 'i':
		return text_copy(at == NULL ? "" : at + 1);
	case 'I':
	case 'P':
	case 'J':
		return unescaped(of_name(unit, (char)(letter - 'A' + 'a')));
	case 'f':
		ret = unescaped(of_name(unit, at == NULL ? 'p' : 'i'));
		if (ret == NULL || ret[0] == '/')
			return ret;
		dash = joined("/", ret);
		free(ret);
		return dash;
	}
	ret = text_copy(unit);
	ret[strcspn(ret, "@")] = '\0';
	dash = letter == 'j' ? strrchr(ret, '-') : NULL;
	if (dash != NULL)
		memmove(ret, dash + 1, strlen(dash));
	return ret;
}

/* systemd's names of the commonest; as uname(2) has it, the others. */
static char *
architecture(const char *machine)
{
	static const char *const names[][2] = {
		{ "x86_64", "x86-64" }, { "i686", "x86" }, { "i586", "x86" },
		{ "i386", "x86" }, { "aarch64", "arm64" },
		{ "armv7l", "arm" }, { "armv6l", "arm" },
		{ "riscv64", "riscv64" }, { "ppc64le", "ppc64-le" },
		{ "s390x", "s390x" }, { "loongarch64", "loongarch64" },
	};

	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		if (strcmp(machine, names[i][0]) == 0)
			return text_copy(names[i][1]);
	}
	return text_copy(machine);
}

/* The 32 digits of an id in a file, with or without dashes. */
static char *
read_id(const char *file)
{
	size_t length, count = 0;
	char *text = textfile_read(file, &length);

	if (text == NULL)
		return NULL;
	for (size_t i = 0; i < length && text[i] != '\n'; i++) {
		if (text[i] != '-')
			text[count++] = text[i];
	}
	text[count] = '\0';
	if (count == 32 && strspn(text, "0123456789abcdef") == count)
		return text;
	free(text);
	return none(EINVAL);
}

/* A field of os-release(5): "" when it is not there. */
static char *
release_field(char letter)
{
	static const char letters[] = "owWBMA";
	static const char *const keys[] = { "ID", "VERSION_ID", "VARIANT_ID",
		"BUILD_ID", "IMAGE_ID", "IMAGE_VERSION" };
	struct strings fields = { 0 };
	const char *value;
	unsigned line;
	char *ret;

	if (envfile_read("/etc/os-release", &fields, &line) == -1 &&
	    (errno != ENOENT ||
	    envfile_read("/usr/lib/os-release", &fields, &line) == -1))
		return NULL;
	value = strings_get(&fields, keys[strchr(letters, letter) - letters]);
	ret = text_copy(value == NULL ? "" : value);
	strings_clear(&fields);
	return ret;
}

static char *
of_machine(const char *unit, char letter)
{
	struct utsname u;

	(void)unit;
	if (uname(&u) == -1)
		return NULL;
	switch (letter) {
	case 'l':
		u.nodename[strcspn(u.nodename, ".")] = '\0';
		return text_copy(u.nodename);
	case 'H':
		return text_copy(u.nodename);
	case 'v':
		return text_copy(u.release);
	case 'a':
		return architecture(u.machine);
	case 'm':
		return read_id("/etc/machine-id");
	case 'b':
		return read_id("/proc/sys/kernel/random/boot_id");
	}
	return release_field(letter);
}

static const char *
absolute_variable(const char *key)
{
	const char *value = getenv(key);

	return value != NULL && value[0] == '/' ? value : NULL;
}

static char *
home(void)
{
	const char *variable = absolute_variable("HOME");
	const struct passwd *pw;

	if (is_root())
		return text_copy("/root");
	if (variable != NULL)
		return text_copy(variable);
	pw = getpwuid(geteuid());
	return pw != NULL ? text_copy(pw->pw_dir) : none(ENOENT);
}

static char *
shell(void)
{
	const char *variable = absolute_variable("SHELL");
	const struct passwd *pw;

	if (is_root())
		return text_copy("/bin/sh");
	if (variable != NULL)
		return text_copy(variable);
	pw = getpwuid(geteuid());
	return text_copy(pw != NULL ? pw->pw_shell : "/bin/sh");
}

static char *
of_user(const char *unit, char letter)
{
	const struct passwd *pw;
	const struct group *gr;

	(void)unit;
	switch (letter) {
	case 'U':
		return number(geteuid());
	case 'G':
		return number(getegid());
	case 'u':
		pw = is_root() ? NULL : getpwuid(geteuid());
		return is_root() ? text_copy("root") : pw != NULL ?
		    text_copy(pw->pw_name) : number(geteuid());
	case 'g':
		gr = getegid() == 0 ? NULL : getgrgid(getegid());
		return getegid() == 0 ? text_copy("root") : gr != NULL ?
		    text_copy(gr->gr_name) : number(getegid());
	case 's':
		return shell();
	}
	return home();
}

/* The system's, or what a variable says, or below the home directory. */
static char *
directory(char letter)
{
	static const struct {
		char letter;
		const char *system, *variable, *below_it, *below_home;
	} rows[] = {
		{ 't', "/run", "XDG_RUNTIME_DIR", "", NULL },
		{ 'S', "/var/lib", "XDG_STATE_HOME", "", "/.local/state" },
		{ 'C', "/var/cache", "XDG_CACHE_HOME", "", "/.cache" },
		{ 'L', "/var/log", "XDG_STATE_HOME", "/log",
		    "/.local/state/log" },
		{ 'E', "/etc", "XDG_CONFIG_HOME", "", "/.config" },
	};
	const char *value;
	char *base, *ret;
	size_t i = 0;

	while (rows[i].letter != letter)
		i++;
	value = absolute_variable(rows[i].variable);
	if (is_root())
		return text_copy(rows[i].system);
	if (value != NULL)
		return joined(value, rows[i].below_it);
	if (rows[i].below_home == NULL)
		return none(ENXIO);
	base = home();
	if (base == NULL)
		return NULL;
	ret = joined(base, rows[i].below_home);
	free(base);
	return ret;
}

static char *
temporary(char letter)
{
	static const char *const keys[] = { "TMPDIR", "TEMP", "TMP" };
	const char *value = NULL;

	for (size_t i = 0; value == NULL && i < 3; i++)
		value = absolute_variable(keys[i]);
	return text_copy(value != NULL ? value : letter == 'T' ? "/tmp" :
	    "/var/tmp");
}

static char *
of_directories(const char *unit, char letter)
{
	(void)unit;
	return letter == 'T' || letter == 'V' ? temporary(letter) :
	    directory(letter);
}

static const struct {
	const char *letters;
	char *(*value)(const char *unit, char letter);
} specifiers[] = {
	{ "nNpPiIjJf", of_name },
	{ "HlvambowWBMA", of_machine },
	{ "uUgGhs", of_user },
	{ "tSCLETV", of_directories },
};

/* What letter is for unit: NULL and *ret_error NULL when it is no specifier. */
static char *
value_of(char letter, const char *unit, const char **ret_error)
{
	static char error[128];
	char *ret;

	*ret_error = NULL;
	if (letter == '%')
		return text_copy("%");
	for (size_t i = 0; letter != '\0' && i < sizeof(specifiers) /
	    sizeof(specifiers[0]); i++) {
		if (strchr(specifiers[i].letters, letter) == NULL)
			continue;
		ret = unit == NULL ? none(ENXIO) :
		    specifiers[i].value(unit, letter);
		if (ret != NULL)
			return ret;
		snprintf(error, sizeof(error), "cannot tell %%%c: %s", letter,
		    message_strerror(errno));
		*ret_error = error;
		return NULL;
	}
	return NULL;
}

const char *
specifier_expand(const char *unit, const char *text, char **ret)
{
	const char *error = NULL;
	char *value, *out;
	size_t size;
	FILE *stream;

	*ret = NULL;
	if (strchr(text, '%') == NULL) {
		*ret = text_copy(text);
		return NULL;
	}
	stream = open_memstream(&out, &size);
	if (stream == NULL)
		message_die("out of memory");
	for (; *text != '\0' && error == NULL; text++) {
		value = *text == '%' ? value_of(text[1], unit, &error) : NULL;
		if (value == NULL) {
			fputc(*text, stream);
			continue;
		}
		fputs(value, stream);
		free(value);
		text++;
	}
	if (fclose(stream) != 0)
		message_die("out of memory");
	if (error != NULL) {
		free(out);
		return error;
	}
	*ret = out;
	return NULL;
}
