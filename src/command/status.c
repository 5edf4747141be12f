/*
 * status: what is known of services, for people, for programs (--json) and as
 * an exit status.
 */
#include "config.h"

#include "command/command.h"

#include <sys/stat.h>

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "command/property.h"
#include "command/table.h"
#include "define/value.h"
#include "message.h"
#include "state/events.h"
#include "state/watch.h"

#define EVENTS_SHOWN 3

struct status {
	bool quiet;
	bool details;		/* the lines below the first, too */
	bool colour;
	const char *dot_up, *dot_down;
	struct table *table;	/* --json, or NULL */
	const struct property *columns[PROPERTIES_MAX];	/* of the table */
	size_t count;
};

/* A line that is put together piece by piece. */
struct line {
	char text[4096];
	size_t length;
};

static void append(struct line *l, const char *fmt, ...)
    __attribute__((format(printf, 2, 3)));

static void
append(struct line *l, const char *fmt, ...)
{
	va_list ap;
	size_t room = sizeof(l->text) - l->length;
	int n;

	va_start(ap, fmt);
	n = vsnprintf(l->text + l->length, room, fmt, ap);
	va_end(ap);
	if (n > 0)
		l->length += (size_t)n < room ? (size_t)n : room - 1;
}

static void
append_span(struct line *l, const char *before, int64_t usec,
    const char *after)
{
	char span[32];

	value_print_ago(usec < 0 ? 0 : usec, span, sizeof(span));
	append(l, "%s%s%s", before, span, after);
}

static bool
environment_is_utf8(void)
{
	static const char *const names[] = { "LC_ALL", "LC_CTYPE", "LANG" };
	const char *value;

	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		value = getenv(names[i]);
		if (value != NULL && value[0] != '\0')
			return strcasestr(value, "utf-8") != NULL ||
			    strcasestr(value, "utf8") != NULL;
	}
	return false;
}

static bool
wants_colour(void)
{
	const char *value;

	value = getenv("NO_COLOR");
	if (value != NULL && value[0] != '\0')
		return false;
	value = getenv("TERM");
	if (value == NULL || strcmp(value, "dumb") == 0)
		return false;
	return isatty(STDOUT_FILENO);
}

static void
print_dot(const struct status *s, const struct view *v)
{
	const char *dot, *colour = NULL;

	dot = v->live == LIVE_UP ? s->dot_up : s->dot_down;
	if (v->live == LIVE_UP)
		colour = "\033[32m";
	else if (v->live == LIVE_UNKNOWN || v->live == LIVE_DOWN_PIDFILE ||
	    (v->known && v->record.active_state == STATE_FAILED))
		colour = "\033[31m";
	if (s->colour && colour != NULL)
		printf("%s%s\033[0m ", colour, dot);
	else
		printf("%s ", dot);
}

static void
append_up(struct line *l, const struct view *v, int64_t now)
{
	const struct record *r = &v->record;
	int64_t since = r->changed_usec;

	if (r->active_state == STATE_ACTIVE && v->keeper_alive)
		append(l, ", ready");
	if (r->active_state == STATE_ACTIVE && r->active_usec > 0)
		since = r->active_usec;
	append_span(l, "  for ", now - since, "");
	append(l, "   pid %d", r->main_pid);
}

/* How it ended: "3 s ago (exit 0; ran 2 h 13 min)". */
static void
append_down(struct line *l, const struct view *v, int64_t now)
{
	const struct record *r = &v->record;
	struct line why = { .length = 0 };
	char ending[64];

	if (record_is_final(r) && r->changed_usec > 0)
		append_span(l, "  ", now - r->changed_usec, " ago");
	if (r->failed_step[0] != '\0') {
		append(&why, "cannot %s: %s", r->failed_step,
		    message_strerror(r->failed_errno));
	} else {
		if (r->result == RESULT_TIMEOUT ||
		    r->result == RESULT_START_LIMIT ||
		    r->result == RESULT_RESOURCES ||
		    r->result == RESULT_INTERRUPTED)
			append(&why, "%s; ", record_result_name(r->result));
		view_ending(r, ending, sizeof(ending));
		if (ending[0] != '\0')
			append(&why, "%s; ", ending);
		if (r->exited_usec > r->started_usec && r->started_usec > 0)
			append_span(&why, "ran ",
			    r->exited_usec - r->started_usec, "; ");
		if (why.length > 0)
			why.text[why.length - 2] = '\0';
	}
	if (why.text[0] != '\0')
		append(l, " (%s)", why.text);
}

static void
print_heading(const struct status *s, const char *name, const struct view *v)
{
	struct line l = { .length = 0 };
	char text[128];
	int64_t now;

	now = watch_realtime();
	view_describe(v, text, sizeof(text));
	append(&l, "%s  %s", name, text);
	if (v->live == LIVE_UP)
		append_up(&l, v, now);
	else if (v->live != LIVE_UNKNOWN && v->live != LIVE_BUSY && v->known)
		append_down(&l, v, now);
	if (v->known && v->record.n_restarts > 0)
		append(&l, "   restarts %u", v->record.n_restarts);
	print_dot(s, v);
	message_print("%s", l.text);
}

static void
print_command(const struct view *v)
{
	struct line l = { .length = 0 };
	char text[32];

	append(&l, "  command  %-40s", v->record.command);
	if (v->live == LIVE_UP) {
		property_print_memory(v->rss_bytes, text, sizeof(text));
		append(&l, "   memory %s", text);
		property_print_cpu(v->cpu_usec, text, sizeof(text));
		append(&l, "   cpu %s   tasks %d", text, v->threads);
	}
	while (l.length > 0 && l.text[l.length - 1] == ' ')
		l.text[--l.length] = '\0';
	message_print("%s", l.text);
}

static void
print_log(const char *path)
{
	struct stat st;
	const char *home;
	char size[32];
	size_t length;

	if (path[0] == '\0' || stat(path, &st) == -1)
		return;
	property_print_size(st.st_size, size, sizeof(size));
	home = getenv("HOME");
	length = home == NULL ? 0 : strlen(home);
	if (length > 1 && strncmp(path, home, length) == 0 &&
	    path[length] == '/')
		message_print("  log      ~%s (%s)", path + length, size);
	else
		message_print("  log      %s (%s)", path, size);
}

static void
print_events(const char *path)
{
	struct event_line lines[EVENTS_SHOWN];
	char buf[4096], when[32];
	size_t count;

	count = events_tail(path, lines, EVENTS_SHOWN, buf, sizeof(buf));
	for (size_t i = 0; i < count; i++) {
		property_print_time(lines[i].usec, when, sizeof(when));
		message_print("  %s %s", when, lines[i].text);
	}
}

static void
print_details(const struct paths *p, const struct view *v)
{
	const struct record *r = &v->record;

	if (r->command[0] != '\0')
		print_command(v);
	print_log(r->log);
	if (v->live == LIVE_UP && r->has_keeper && !v->keeper_alive)
		message_print("  note     its keeper is dead: the next start "
		    "adopts it");
	else if (v->live == LIVE_UP && !r->has_keeper)
		message_print("  note     without a keeper, as asked for");
	print_events(p->events);
}

static struct table *
open_json(struct status *s)
{
	struct table_column columns[PROPERTIES_MAX];
	const struct property *p;

	for (p = properties; p->print != NULL; p++) {
		if (p->name == NULL || s->count == PROPERTIES_MAX)
			continue;
		columns[s->count] = (struct table_column){ p->name, p->type,
		    false, false };
		s->columns[s->count++] = p;
	}
	return table_new("services", true, columns, s->count);
}

static int
show_one(const char *name, struct paths *p, void *context)
{
	/* Static: its text alone is 16 KiB. */
	static struct view v;
	struct status *s = context;
	struct seen seen = { name, p, &v };

	if (s->details || s->table != NULL)
		view_read(p, &v);
	else
		view_glance(p, &v);
	if (v.live == LIVE_UNKNOWN)
		view_say_unknown(name, p, &v);
	if (s->table != NULL) {
		property_add_row(s->table, s->columns, s->count, true, &seen);
	} else if (!s->quiet) {
		print_heading(s, name, &v);
		if (s->details && v.known)
			print_details(p, &v);
	}
	return view_status(&v);
}

static int
show_all(const struct strings *names, const struct common_options *common)
{
	bool utf8;
	struct status s = {
		.quiet = common->quiet,
		.details = names->count == 1 || common->verbose,
	};
	int status;

	utf8 = environment_is_utf8();
	s.dot_up = utf8 ? "●" : "*";
	s.dot_down = utf8 ? "○" : "o";
	if (!s.quiet)
		s.colour = wants_colour();
	if (common->json && !s.quiet) {
		s.table = open_json(&s);
		if (s.table == NULL)
			return EXIT_FAILED;
	}
	if (s.table == NULL)
		return command_look_at_each(names, common, show_one, &s);
	status = command_each(names, common, show_one, &s);
	if (status == EXIT_USAGE)
		table_free(s.table);
	else if (table_print(s.table) == -1)
		return STATUS_UNKNOWN;
	return status;
}

static int
run_status(int argc, char **argv)
{
	struct common_options common;
	struct strings names = { NULL, 0 };
	struct command_option own[] = {
		{ "json", 0, NULL, &common.json },
		{ NULL, 0, NULL, NULL },
	};
	int status = EXIT_USAGE;

	if (command_options(argc, argv, own, &common, &names) == 0)
		status = show_all(&names, &common);
	strings_clear(&names);
	return status;
}

const struct command command_status = {
	.name = "status",
	.usage = "NAME... [--json] [--quiet] [--verbose]",
	.help = "say whether services run, and how they are",
	.run = run_status,
};
