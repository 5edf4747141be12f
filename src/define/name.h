/*
 * Names of units as systemd has them: "cron", "getty@tty1" (an instance),
 * "getty@" (its template), with or without ".service", and the escaping that
 * makes part of a name of any text or path, as systemd-escape(1) does it.
 * Pure.  What returns text returns NULL, or a static text of what was expected,
 * *ret then untouched; what is put into *ret the caller frees.
 */
#ifndef HOLDFAST_NAME_H
#define HOLDFAST_NAME_H

/* What a name has at most, with its suffix. */
#define NAME_MAX_LENGTH 255

/* Any text as part of a name: "/" is "-", what is not [A-Za-z0-9:_.] "\x2d". */
char *name_escape(const char *text);
const char *name_unescape(const char *text, char **ret);

/*
 * The same for a path: slashes that change nothing, and ".", are left out; "/"
 * is "-"; ".." is refused.  A relative path is taken as one from the root.
 */
const char *name_escape_path(const char *path, char **ret);
const char *name_unescape_path(const char *text, char **ret);

enum name_kind { NAME_PLAIN, NAME_TEMPLATE, NAME_INSTANCE };

struct name {
	enum name_kind kind;
	char *prefix;		/* "getty" of "getty@tty1.service" */
	char *instance;		/* "tty1"; NULL unless kind is NAME_INSTANCE */
	char *suffix;		/* ".service", or "" */
};

/* Read a name without suffix: "getty@tty1.5" is an instance "tty1.5". */
const char *name_parse(const char *text, struct name *ret);
/* Read one with a suffix, which must be that of a kind of unit. */
const char *name_parse_unit(const char *text, struct name *ret);
void name_free(struct name *name);

/* Can instance, as it is, stand behind the "@"? */
const char *name_check_instance(const char *instance);

/*
 * The name of an instance (not escaped here) of a template, or another one of
 * an instance.
 */
const char *name_instantiate(const struct name *name, const char *instance,
    char **ret);

#endif
