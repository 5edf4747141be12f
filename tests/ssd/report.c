/*
 * What is found in a box, as fields of text that do not depend on the run: pids
 * have names, and so has what is named at random.
 */
#ifndef _GNU_SOURCE
#define _GNU_SOURCE
#endif

#include "box.h"

#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <sys/wait.h>

#include <ctype.h>
#include <dirent.h>
#include <err.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <signal.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define SHOWN_MAX 4096		/* of a file's content */
#define STATE "/run/holdfast"	/* ours keeps what it needs there */

/* --- fields ------------------------------------------------------------- */

static void
begin_field(struct report *r, const char *name)
{
	fprintf(r->f, "\036%s\n", name);
}

static void
end_field(struct report *r, const char *text, size_t size)
{
	if (size > 0 && text[size - 1] != '\n')
		fputs("\n(no end of line)\n", r->f);
}

void
report_field(struct report *r, const char *name, const char *text)
{
	give_names(r);
	begin_field(r, name);
	put_normal(r->f, text, strlen(text), false);
	end_field(r, text, strlen(text));
}

static char *
read_file(const char *path, size_t *size)
{
	static char text[65536 + 1];
	const int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW |
	    O_NONBLOCK);
	ssize_t n = 0;

	*size = 0;
	if (fd != -1) {
		while (*size < sizeof(text) - 1 && (n = read(fd, text + *size,
		    sizeof(text) - 1 - *size)) > 0)
			*size += (size_t)n;
		close(fd);
	}
	text[*size] = '\0';
	return text;
}

/* Nothing, when the file is empty. */
void
report_file(struct report *r, const char *name, const char *path)
{
	size_t size;
	const char *text = read_file(path, &size);

	if (size == 0)
		return;
	give_names(r);
	begin_field(r, name);
	put_normal(r->f, text, size, false);
	end_field(r, text, size);
}

static void
put_status(FILE *f, int status)
{
	if (WIFEXITED(status))
		fprintf(f, "%d\n", WEXITSTATUS(status));
	else
		fprintf(f, "signal %d\n", WTERMSIG(status));
}

void
report_exit(struct report *r, const char *name, const struct command *c)
{
	begin_field(r, name);
	if (c->was_late)
		fputs("does not end\n", r->f);
	else if (!c->has_ended)
		fputs("has become the program\n", r->f);
	else
		put_status(r->f, c->status);
}

/* What the program ended with that has taken a command's place. */
static void
report_late_exits(struct report *r)
{
	for (size_t i = 0; i < r->command_count; i++) {
		const struct command *c = &r->commands[i];

		if (!c->is_daemon || !c->has_ended)
			continue;
		begin_field(r, "program's exit");
		fprintf(r->f, "%zu: ", i + 1);
		put_status(r->f, c->status);
	}
}

/* --- files -------------------------------------------------------------- */

static bool
is_furniture(const char *path)
{
	static const char *const those[] = { BOX "/bin", BOX "/etc", BOX "/io",
		BOX "/out", BOX "/pids", BOX "/root/proc", BOX "/root/dev",
		BOX "/root/run" };

	for (size_t i = 0; i < sizeof(those) / sizeof(*those); i++)
		if (strcmp(path, those[i]) == 0)
			return true;
	return false;
}

static void
put_content(FILE *f, const char *path)
{
	size_t size;
	const char *text = read_file(path, &size), *line = text;

	if (size > SHOWN_MAX) {
		fprintf(f, "  (%zu bytes)\n", size);
		return;
	}
	while (line < text + size) {
		const char *end = memchr(line, '\n',
		    (size_t)(text + size - line));

		fputs("  | ", f);
		/* In a pidfile a number is one, if it may be one at all. */
		put_normal(f, line, (size_t)((end != NULL ? end :
		    text + size) - line), line[strspn(line, "0123456789")] ==
		    '\n');
		fputs(end != NULL ? "\n" : "\n  (no end of line)\n", f);
		line = end != NULL ? end + 1 : text + size;
	}
}

static void
put_entry(FILE *f, const char *path, const struct stat *st)
{
	char target[PATH_MAX];
	ssize_t n;

	put_normal(f, path, strlen(path), false);
	fprintf(f, " %s %04o %u:%u",
	    S_ISREG(st->st_mode) ? "file" : S_ISDIR(st->st_mode) ? "directory" :
	    S_ISLNK(st->st_mode) ? "link" : S_ISFIFO(st->st_mode) ? "fifo" :
	    S_ISSOCK(st->st_mode) ? "socket" : "device",
	    (unsigned)st->st_mode & 07777, st->st_uid, st->st_gid);
	if (S_ISREG(st->st_mode) && st->st_nlink > 1)
		fprintf(f, " links %u", (unsigned)st->st_nlink);
	if (S_ISLNK(st->st_mode)) {
		n = readlink(path, target, sizeof(target) - 1);
		target[n > 0 ? n : 0] = '\0';
		fprintf(f, " -> %s", target);
	}
	putc('\n', f);
	if (S_ISREG(st->st_mode))
		put_content(f, path);
}

static int
by_name(const struct dirent **a, const struct dirent **b)
{
	return strcmp((*a)->d_name, (*b)->d_name);
}

static void
put_tree(FILE *f, const char *directory, const char *without)
{
	struct dirent **entries;
	char path[PATH_MAX];
	struct stat st;
	const int n = scandir(directory, &entries, NULL, by_name);

	for (int i = 0; i < n; i++) {
		const char *name = entries[i]->d_name;

		snprintf(path, sizeof(path), "%.3000s/%.500s", directory,
		    name);
		if (strcmp(name, ".") != 0 && strcmp(name, "..") != 0 &&
		    (without == NULL || (strcmp(path, without) != 0 &&
		    strcmp(path, STATE) != 0)) && !is_furniture(path) &&
		    lstat(path, &st) == 0) {
			put_entry(f, path, &st);
			if (S_ISDIR(st.st_mode))
				put_tree(f, path, without);
		}
		free(entries[i]);
	}
	if (n >= 0)
		free(entries);
}

/* Nothing, when nothing is there. */
static void
report_tree(struct report *r, const char *field, const char *directory,
    const char *without)
{
	char *text = NULL;
	size_t size = 0;
	FILE *f = open_memstream(&text, &size);

	put_tree(f, directory, without);
	fclose(f);
	if (size > 0) {
		begin_field(r, field);
		fwrite(text, 1, size, r->f);
	}
	free(text);
}

/* --- processes ---------------------------------------------------------- */

static void
put_left(pid_t pid, void *context)
{
	struct report *r = context;
	const struct name *n = find_name(pid);
	struct seen p;

	if (!see_process(pid, &p))
		return;
	if (n != NULL)
		fprintf(r->f, "<%s>", n->text);
	else
		fputs("<other>", r->f);
	fprintf(r->f, " %s %c\n", p.name, p.state == 'D' ? 'S' : p.state);
}

/*
 * Which, and neither in what order nor how often: of two that are pending the
 * kernel gives the smaller first, and of two equal ones it keeps one.
 */
static void
put_signals(FILE *f, const char *text)
{
	bool got[65] = { false };

	for (const char *p = text; p != NULL && *p != '\0';
	    p = strchr(p, '\n'), p += p != NULL) {
		const long n = strtol(p, NULL, 10);

		if (n > 0 && n < 65)
			got[n] = true;
	}
	for (int i = 1; i < 65; i++)
		if (got[i])
			fprintf(f, " %d", i);
	putc('\n', f);
}

static void
report_signals(struct report *r)
{
	char path[128];
	size_t size;
	sigset_t got;

	begin_field(r, "signals");
	sigpending(&got);
	for (int i = 1; i < 65; i++)
		if (i != SIGCHLD && sigismember(&got, i) == 1)
			fprintf(r->f, "pid 1: %d\n", i);
	for (size_t i = 0; i < name_count; i++) {
		const char *text;

		snprintf(path, sizeof(path), BOX "/out/%d.signals",
		    (int)names[i].pid);
		text = read_file(path, &size);
		if (size == 0)
			continue;
		fprintf(r->f, "%s:", names[i].text);
		put_signals(r->f, text);
	}
}

/* "root: DEV:INO" of a report as a path. */
static void
put_root(FILE *f, const char *value, size_t size)
{
	static const char *const known[] = { "/", BOX "/root", BOX "/w", BOX };
	char text[128];
	struct stat st;

	for (size_t i = 0; i < sizeof(known) / sizeof(*known); i++) {
		if (stat(known[i], &st) == -1)
			continue;
		snprintf(text, sizeof(text), "%u:%u:%ju", major(st.st_dev),
		    minor(st.st_dev), (uintmax_t)st.st_ino);
		if (strlen(text) == size && strncmp(text, value, size) == 0) {
			fprintf(f, "%s\n", known[i]);
			return;
		}
	}
	fputs("(elsewhere)\n", f);
}

static void
put_report_of_probe(FILE *f, const char *text, size_t size)
{
	static const char *const relations[] = { "pid: ", "parent: ",
		"group: ", "session: " };
	const char *line = text;

	while (line < text + size) {
		const char *end = memchr(line, '\n',
		    (size_t)(text + size - line));
		size_t length = (size_t)((end != NULL ? end : text + size) -
		    line);
		bool are_pids = false;

		for (size_t i = 0; i < 4; i++)
			are_pids = are_pids || strncmp(line, relations[i],
			    strlen(relations[i])) == 0;
		if (length > 6 && strncmp(line, "root: ", 6) == 0) {
			fputs("root: ", f);
			put_root(f, line + 6, length - 6);
		} else {
			put_normal(f, line, length, are_pids);
			putc('\n', f);
		}
		line += length + 1;
	}
}

static void
report_probes(struct report *r)
{
	char path[128], field[128];
	size_t size;
	const char *text;

	for (size_t i = 0; i < name_count; i++) {
		if (!names[i].is_probe)
			continue;
		snprintf(path, sizeof(path), BOX "/out/%d",
		    (int)names[i].pid);
		text = read_file(path, &size);
		if (size > 0) {
			snprintf(field, sizeof(field), "program %s",
			    names[i].text);
			begin_field(r, field);
			put_report_of_probe(r->f, text, size);
		}
		snprintf(path, sizeof(path), BOX "/out/%d.barrier",
		    (int)names[i].pid);
		report_file(r, "barrier", path);
	}
}

void
report_room(struct report *r)
{
	give_names(r);
	report_late_exits(r);
	report_probes(r);
	report_tree(r, "files", BOX, NULL);
	report_tree(r, "files in run", "/run", BOX);
	report_tree(r, "state", STATE, NULL);
	begin_field(r, "left");
	for_each_process(put_left, r);
	report_signals(r);
	report_file(r, "events", BOX "/out/events");
}
