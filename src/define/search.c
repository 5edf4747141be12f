/*
 * Where the definition of a service is: see search.h.  A directory or file that
 * cannot be looked into counts as one that is not there; that the definition
 * itself cannot be read is said when it is read.
 */
#include "config.h"

#include "define/search.h"

#include <sys/stat.h>
#include <sys/sysmacros.h>

#include <dirent.h>
#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "define/value.h"
#include "message.h"

#define SUFFIX ".service"
#define ALIASES_MAX 8		/* one after the other */

static char *
joined(const char *a, const char *b, const char *c)
{
	char *ret;

	if (asprintf(&ret, "%s%s%s", a, b, c) == -1)
		message_die("out of memory");
	return ret;
}

/* "web@a" is an instance of "web@"; NULL when name is none. */
static char *
template_of(const char *name)
{
	const char *at = strchr(name, '@');
	char *ret;

	if (at == NULL || at[1] == '\0')
		return NULL;
	ret = text_copy(name);
	ret[at - name + 1] = '\0';
	return ret;
}

/* The first of dirs in which there is such a file. */
static char *
find_file(const struct strings *dirs, const char *name)
{
	struct stat st;
	char *path;

	for (size_t i = 0; i < dirs->count; i++) {
		if (asprintf(&path, "%s/%s" SUFFIX, dirs->items[i], name) == -1)
			message_die("out of memory");
		if (lstat(path, &st) == 0)
			return path;
		free(path);
	}
	return NULL;
}

static bool
is_masked(const char *path)
{
	struct stat st;

	return stat(path, &st) == 0 &&
	    ((S_ISREG(st.st_mode) && st.st_size == 0) ||
	    (S_ISCHR(st.st_mode) && st.st_rdev == makedev(1, 3)));
}

/*
 * The service that the link at path stands for, or NULL: it is no link, or one
 * to a file of the same name.  A template's alias takes the instance along.
 */
static char *
alias_of(const char *path, const char *name)
{
	char target[PATH_MAX], *base, *ret, *template;
	const char *at = strchr(name, '@');
	size_t length;
	ssize_t n;

	n = readlink(path, target, sizeof(target) - 1);
	if (n <= 0)
		return NULL;
	target[n] = '\0';
	base = strrchr(target, '/');
	base = base == NULL ? target : base + 1;
	length = strlen(base);
	if (length <= strlen(SUFFIX) ||
	    strcmp(base + length - strlen(SUFFIX), SUFFIX) != 0)
		return NULL;
	length -= strlen(SUFFIX);
	base[length] = '\0';
	template = template_of(name);
	if (strcmp(base, name) == 0 ||
	    (template != NULL && strcmp(base, template) == 0))
		ret = NULL;
	else if (at != NULL && base[length - 1] == '@')
		ret = joined(base, at + 1, "");
	else
		ret = text_copy(base);
	free(template);
	return ret;
}

static int
by_name(const void *a, const void *b)
{
	const char *x = strrchr(*(char *const *)a, '/');
	const char *y = strrchr(*(char *const *)b, '/');

	return strcmp(x, y);
}

static bool
has_base(const struct strings *list, const char *base)
{
	for (size_t i = 0; i < list->count; i++) {
		if (strcmp(strrchr(list->items[i], '/') + 1, base) == 0)
			return true;
	}
	return false;
}

/* *.conf in dir/name.service.d, but for those that were seen already. */
static void
add_drop_ins(const char *dir, const char *name, struct strings *ret)
{
	struct dirent *entry;
	char *path, *file;
	size_t length;
	DIR *d;

	if (asprintf(&path, "%s/%s.d", dir, name) == -1)
		message_die("out of memory");
	d = opendir(path);
	while (d != NULL && (entry = readdir(d)) != NULL) {
		length = strlen(entry->d_name);
		if (entry->d_name[0] == '.' || length <= 5 ||
		    strcmp(entry->d_name + length - 5, ".conf") != 0 ||
		    has_base(ret, entry->d_name))
			continue;
		file = joined(path, "/", entry->d_name);
		strings_add(ret, file);
		free(file);
	}
	if (d != NULL)
		closedir(d);
	free(path);
}

/* name as it is, its template, and a-b-, a- of a-b-c; then those of the type. */
static void
add_all_drop_ins(const struct strings *dirs, const char *name,
    struct strings *ret)
{
	struct strings names = { 0 };
	char *template = template_of(name), *shorter;
	size_t length;

	shorter = joined(name, SUFFIX, "");
	strings_add(&names, shorter);
	free(shorter);
	if (template != NULL) {
		shorter = joined(template, SUFFIX, "");
		strings_add(&names, shorter);
		free(shorter);
	}
	free(template);
	for (length = strcspn(name, "@"); length > 0; length--) {
		if (name[length - 1] != '-' || name[length] == '\0' ||
		    name[length] == '@')
			continue;
		if (asprintf(&shorter, "%.*s" SUFFIX, (int)length, name) == -1)
			message_die("out of memory");
		strings_add(&names, shorter);
		free(shorter);
	}
	for (size_t i = 0; i < names.count; i++) {
		for (size_t j = 0; j < dirs->count; j++)
			add_drop_ins(dirs->items[j], names.items[i], ret);
	}
	for (size_t j = 0; j < dirs->count; j++)
		add_drop_ins(dirs->items[j], &SUFFIX[1], ret);
	strings_clear(&names);
}

void
search_drop_ins(const struct strings *dirs, struct found *ret)
{
	struct strings all = { 0 };

	add_all_drop_ins(dirs, ret->name, &all);
	if (all.count > 1)
		qsort(all.items, all.count, sizeof(all.items[0]), by_name);
	/* A masked one hides what has its name, and is nothing itself. */
	for (size_t i = 0; i < all.count; i++) {
		if (!is_masked(all.items[i]))
			strings_add(&ret->drop_ins, all.items[i]);
	}
	strings_clear(&all);
}

int
search_find(const struct strings *dirs, const char *name, struct found *ret,
    char **ret_path)
{
	char *alias = NULL, *template;

	*ret = (struct found){ .name = text_copy(name) };
	*ret_path = NULL;
	for (int i = 0; i <= ALIASES_MAX; i++) {
		free(ret->file);
		ret->file = find_file(dirs, ret->name);
		template = ret->file == NULL ? template_of(ret->name) : NULL;
		if (template != NULL)
			ret->file = find_file(dirs, template);
		free(template);
		if (ret->file == NULL)
			return 0;
		ret->is_masked = is_masked(ret->file);
		alias = ret->is_masked ? NULL : alias_of(ret->file, ret->name);
		if (alias == NULL) {
			search_drop_ins(dirs, ret);
			return 0;
		}
		free(ret->name);
		ret->name = alias;
		if (value_check_name(alias) != NULL) {
			*ret_path = text_copy(ret->file);
			errno = EINVAL;
			return -1;
		}
	}
	*ret_path = text_copy(ret->file);
	errno = ELOOP;
	return -1;
}

void
search_free(struct found *f)
{
	free(f->name);
	free(f->file);
	strings_clear(&f->drop_ins);
	*f = (struct found){ 0 };
}
