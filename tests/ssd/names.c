/*
 * The processes of a box, and names in the place of their numbers and of all
 * else that is another one in each run.
 */
#ifndef _GNU_SOURCE
#define _GNU_SOURCE
#endif

#include "box.h"

#include <ctype.h>
#include <dirent.h>
#include <signal.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define NAMES_MAX 64
#define PIDS_END 20000		/* no case comes so far */

struct name names[NAMES_MAX];
size_t name_count;

/* --- /proc -------------------------------------------------------------- */

bool
see_process(pid_t pid, struct seen *ret)
{
	char path[64], line[4096];
	unsigned long long pending;
	FILE *f;
	int parent;

	snprintf(path, sizeof(path), "/proc/%d/status", (int)pid);
	f = fopen(path, "re");
	if (f == NULL)
		return false;
	*ret = (struct seen){ .state = '?' };
	while (fgets(line, sizeof(line), f) != NULL) {
		if (sscanf(line, "PPid: %d", &parent) == 1)
			ret->parent = parent;
		sscanf(line, "State: %c", &ret->state);
		sscanf(line, "Name: %31[^\n]", ret->name);
		if (sscanf(line, "SigPnd: %llx", &pending) == 1 ||
		    sscanf(line, "ShdPnd: %llx", &pending) == 1)
			ret->has_pending = ret->has_pending || pending != 0;
	}
	fclose(f);
	return ret->state != '?';
}

static int
compare_pids(const void *a, const void *b)
{
	const pid_t x = *(const pid_t *)a, y = *(const pid_t *)b;

	return (x > y) - (x < y);
}

/* The numbers that are names in a directory, and have no more than that. */
static size_t
list_numbers(const char *directory, pid_t *pids, size_t max)
{
	struct dirent *entry;
	size_t n = 0;
	DIR *dir = opendir(directory);

	if (dir == NULL)
		return 0;
	while ((entry = readdir(dir)) != NULL && n < max) {
		char *end;
		const long pid = strtol(entry->d_name, &end, 10);

		if (*end == '\0' && pid > 0)
			pids[n++] = (pid_t)pid;
	}
	closedir(dir);
	qsort(pids, n, sizeof(*pids), compare_pids);
	return n;
}

void
for_each_process(void (*do_it)(pid_t pid, void *context), void *context)
{
	pid_t pids[512];
	const size_t n = list_numbers("/proc", pids, 512);

	for (size_t i = 0; i < n; i++)
		if (pids[i] != 1)
			do_it(pids[i], context);
}

/* --- names -------------------------------------------------------------- */

pid_t
label_pid(const char *label)
{
	char path[512];
	int pid = 0;
	FILE *f;

	snprintf(path, sizeof(path), BOX "/pids/%.200s", label);
	f = fopen(path, "re");
	if (f == NULL)
		return 0;
	if (fscanf(f, "%d", &pid) != 1)
		pid = 0;
	fclose(f);
	return (pid_t)pid;
}

const struct name *
find_name(pid_t pid)
{
	for (size_t i = 0; i < name_count; i++)
		if (names[i].pid == pid)
			return &names[i];
	return NULL;
}

static void __attribute__((format(printf, 3, 4)))
give_name(pid_t pid, bool is_probe, const char *fmt, ...)
{
	struct name *n;
	va_list ap;

	if (pid <= 0 || find_name(pid) != NULL || name_count == NAMES_MAX)
		return;
	n = &names[name_count++];
	n->pid = pid;
	n->is_probe = is_probe;
	va_start(ap, fmt);
	vsnprintf(n->text, sizeof(n->text), fmt, ap);
	va_end(ap);
}

/* Once more after each step, since there may be more. */
void
give_names(const struct report *r)
{
	struct dirent *entry;
	pid_t pids[256];
	size_t n;
	int probes = 0;
	DIR *dir;

	name_count = 0;
	dir = opendir(BOX "/pids");
	while (dir != NULL && (entry = readdir(dir)) != NULL)
		if (entry->d_name[0] != '.')
			give_name(label_pid(entry->d_name), false, "%.50s",
			    entry->d_name);
	if (dir != NULL)
		closedir(dir);
	for (size_t i = 0; i < r->command_count; i++)
		give_name(r->commands[i].pid, true, i == 0 ? "command" :
		    "command %zu", i + 1);
	n = list_numbers(BOX "/out", pids, 256);
	for (size_t i = 0; i < n; i++)
		if (find_name(pids[i]) == NULL) {
			probes++;
			give_name(pids[i], true, probes == 1 ? "probe" :
			    "probe %d", probes);
		}
}

static const char random_name[] = ".s-s-d-notify.";

static bool
is_word(char c)
{
	return isalnum((unsigned char)c) || c == '_';
}

/* A number that is a pid gets its name.  Unknown ones too, where it is one. */
static const char *
put_number(FILE *f, const char *p, bool is_always_pid)
{
	char *end;
	const long value = strtol(p, &end, 10);
	const struct name *n = NULL;

	if (value >= FIRST_PID && value < PIDS_END)
		n = find_name((pid_t)value);
	if (n != NULL)
		fprintf(f, "<%s>", n->text);
	else if (is_always_pid && value >= FIRST_PID && value < PIDS_END)
		fputs("<other>", f);
	else
		fwrite(p, 1, (size_t)(end - p), f);
	return end;
}

void
put_normal(FILE *f, const char *text, size_t size, bool are_pids)
{
	const char *p = text, *end = text + size;

	while (p < end) {
		if (isdigit((unsigned char)*p) &&
		    (p == text || !is_word(p[-1])) && *p != '0') {
			const char *q = p;

			while (isdigit((unsigned char)*q))
				q++;
			if (!is_word(*q)) {
				p = put_number(f, p, are_pids);
				continue;
			}
		}
		if (strncmp(p, random_name, sizeof(random_name) - 1) == 0 &&
		    end - p >= (ssize_t)sizeof(random_name) + 5) {
			fprintf(f, "%sRANDOM", random_name);
			p += sizeof(random_name) - 1 + 6;
			continue;
		}
		if (strncmp(p, "/dev/pts/", 9) == 0) {
			fputs("/dev/pts/N", f);
			for (p += 9; isdigit((unsigned char)*p); p++)
				;
			continue;
		}
		if (isprint((unsigned char)*p) || *p == '\n' || *p == '\t')
			putc(*p, f);
		else
			fprintf(f, "\\x%02x", (unsigned char)*p);
		p++;
	}
}
