/*
 * The properties of a service: see property.h.
 */
#include "config.h"

#include "command/property.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>
#include <time.h>

#include "command/command.h"
#include "define/value.h"
#include "message.h"
#include "state/watch.h"

#define DAY_USEC (24 * 60 * 60 * USEC_PER_SEC)

void
property_print_time(int64_t usec, char *buf, size_t size)
{
	struct tm tm;
	time_t seconds = usec / USEC_PER_SEC;
	int64_t age;

	age = watch_realtime() - usec;
	if (localtime_r(&seconds, &tm) == NULL ||
	    strftime(buf, size, age >= 0 && age < DAY_USEC ? "%H:%M:%S" :
	    "%Y-%m-%d %H:%M:%S", &tm) == 0)
		snprintf(buf, size, "@%" PRId64, usec / USEC_PER_SEC);
}

static void
print_scaled(int64_t bytes, int base, const char *const *units, char *buf,
    size_t size)
{
	double value = (double)bytes;
	size_t i;

	for (i = 0; value >= base && units[i + 1] != NULL; i++)
		value /= base;
	snprintf(buf, size, i == 0 ? "%.0f %s" : "%.1f %s", value, units[i]);
}

void
property_print_memory(int64_t bytes, char *buf, size_t size)
{
	static const char *const units[] = { "B", "KiB", "MiB", "GiB", "TiB",
		NULL };

	print_scaled(bytes, 1024, units, buf, size);
}

void
property_print_size(int64_t bytes, char *buf, size_t size)
{
	static const char *const units[] = { "B", "kB", "MB", "GB", "TB",
		NULL };

	print_scaled(bytes, 1000, units, buf, size);
}

void
property_print_cpu(int64_t usec, char *buf, size_t size)
{
	if (usec < USEC_PER_SEC)
		snprintf(buf, size, "%" PRId64 " ms", usec / USEC_PER_MSEC);
	else if (usec < 60 * USEC_PER_SEC)
		snprintf(buf, size, "%.1f s", (double)usec / USEC_PER_SEC);
	else
		value_print_ago(usec, buf, size);
}

/* Printers: of a field of the record at p->offset. */

static const void *
field(const struct property *p, const struct seen *s)
{
	return (const char *)&s->view->record + p->offset;
}

#define PRINTER(name) \
	static bool name(const struct property *p, const struct seen *s, \
	    bool json, char *buf, size_t size); \
	static bool name(const struct property *p, const struct seen *s, \
	    bool json, char *buf, size_t size)
#define UNUSED_HERE (void)p, (void)s, (void)json

PRINTER(print_text)
{
	const char *text = *(const char *const *)field(p, s);

	(void)json;
	snprintf(buf, size, "%s", text);
	return s->view->known && text[0] != '\0';
}

PRINTER(print_int)
{
	(void)json;
	snprintf(buf, size, "%d", *(const int *)field(p, s));
	return s->view->known;
}

PRINTER(print_unsigned)
{
	(void)json;
	snprintf(buf, size, "%u", *(const unsigned *)field(p, s));
	return s->view->known;
}

/* A moment; microseconds since 1970 for programs. */
PRINTER(print_moment)
{
	int64_t usec = *(const int64_t *)field(p, s);

	if (!s->view->known || usec <= 0)
		return false;
	if (json)
		snprintf(buf, size, "%" PRId64, usec);
	else
		property_print_time(usec, buf, size);
	return true;
}

PRINTER(print_usec)
{
	int64_t usec = *(const int64_t *)field(p, s);

	(void)json;
	snprintf(buf, size, "%" PRId64, usec);
	return s->view->known && usec > 0;
}

/* Printers of what is worked out. */

PRINTER(print_name)
{
	UNUSED_HERE;
	snprintf(buf, size, "%s", s->name);
	return true;
}

PRINTER(print_description)
{
	UNUSED_HERE;
	view_describe(s->view, buf, size);
	return true;
}

PRINTER(print_running)
{
	UNUSED_HERE;
	snprintf(buf, size, "%d", view_status(s->view) == STATUS_RUNNING);
	return true;
}

PRINTER(print_active_state)
{
	UNUSED_HERE;
	snprintf(buf, size, "%s",
	    record_state_name(s->view->record.active_state));
	return s->view->known;
}

PRINTER(print_result)
{
	UNUSED_HERE;
	snprintf(buf, size, "%s", record_result_name(s->view->record.result));
	return s->view->known;
}

/* A main process or keeper that is dead is none. */
PRINTER(print_main)
{
	UNUSED_HERE;
	snprintf(buf, size, "%d", s->view->record.main_pid);
	return s->view->live == LIVE_UP;
}

PRINTER(print_keeper)
{
	UNUSED_HERE;
	snprintf(buf, size, "%d", s->view->record.keeper_pid);
	return s->view->keeper_alive;
}

PRINTER(print_exit)
{
	UNUSED_HERE;
	view_ending(&s->view->record, buf, size);
	return s->view->known && buf[0] != '\0';
}

PRINTER(print_memory)
{
	(void)p;
	if (json)
		snprintf(buf, size, "%" PRId64, s->view->rss_bytes);
	else
		property_print_memory(s->view->rss_bytes, buf, size);
	return s->view->live == LIVE_UP;
}

/* Seconds for programs. */
PRINTER(print_cpu)
{
	(void)p;
	if (json)
		snprintf(buf, size, "%" PRId64 ".%06" PRId64,
		    s->view->cpu_usec / USEC_PER_SEC,
		    s->view->cpu_usec % USEC_PER_SEC);
	else
		property_print_cpu(s->view->cpu_usec, buf, size);
	return s->view->live == LIVE_UP;
}

PRINTER(print_tasks)
{
	UNUSED_HERE;
	snprintf(buf, size, "%d", s->view->threads);
	return s->view->live == LIVE_UP;
}

#define AT(member) offsetof(struct record, member)
#define TEXT TABLE_TEXT, false, false
#define LONG TABLE_TEXT, false, true
#define RIGHT TABLE_NUMBER, true, false
#define NUMBER TABLE_NUMBER, false, false
#define BOOLEAN TABLE_BOOLEAN, false, false

const struct property properties[] = {
	{ "NAME", "Name", TEXT, print_name, 0 },
	{ NULL, "Running", BOOLEAN, print_running, 0 },
	{ "STATE", "State", TEXT, print_description, 0 },
	{ "ACTIVE", "ActiveState", TEXT, print_active_state, 0 },
	{ "SUB", "SubState", TEXT, print_text, AT(sub_state) },
	{ "RESULT", "Result", TEXT, print_result, 0 },
	{ "PID", "MainPID", RIGHT, print_main, 0 },
	{ "KEEPER", "KeeperPID", RIGHT, print_keeper, 0 },
	{ "SINCE", "StateChangeTimestamp", NUMBER, print_moment,
	    AT(changed_usec) },
	{ NULL, "ActiveEnterTimestamp", NUMBER, print_moment,
	    AT(active_usec) },
	{ NULL, "ExecMainStartTimestamp", NUMBER, print_moment,
	    AT(started_usec) },
	{ NULL, "ExecMainExitTimestamp", NUMBER, print_moment,
	    AT(exited_usec) },
	{ NULL, "ExecMainCode", NUMBER, print_int, AT(exec_main_code) },
	{ NULL, "ExecMainStatus", NUMBER, print_int, AT(exec_main_status) },
	{ "EXIT", "Ending", TEXT, print_exit, 0 },
	{ "FAILED", "FailedStep", LONG, print_text, AT(failed_step) },
	{ NULL, "ReadyUSec", NUMBER, print_usec, AT(ready_took_usec) },
	{ NULL, "StopUSec", NUMBER, print_usec, AT(stop_took_usec) },
	{ "RESTARTS", "NRestarts", RIGHT, print_unsigned, AT(n_restarts) },
	{ "USER", "User", TEXT, print_text, AT(user) },
	{ "MEMORY", "Memory", RIGHT, print_memory, 0 },
	{ "CPU", "CPU", RIGHT, print_cpu, 0 },
	{ "TASKS", "Tasks", RIGHT, print_tasks, 0 },
	{ "INVOCATION", "InvocationID", TEXT, print_text, AT(invocation_id) },
	{ "PIDFILE", "PIDFile", LONG, print_text, AT(pidfile) },
	{ "LOG", "Log", LONG, print_text, AT(log) },
	{ "COMMAND", "Command", LONG, print_text, AT(command) },
	{ NULL, NULL, TEXT, NULL, 0 },
};

const struct property *
property_find(const char *column)
{
	/* What the same is called elsewhere. */
	static const char *const aliases[][2] = {
		{ "MAINPID", "PID" },
		{ "KEEPERPID", "KEEPER" },
		{ "CMD", "COMMAND" },
	};

	for (size_t i = 0; i < sizeof(aliases) / sizeof(aliases[0]); i++) {
		if (strcasecmp(column, aliases[i][0]) == 0)
			column = aliases[i][1];
	}
	for (size_t i = 0; properties[i].print != NULL; i++) {
		if (properties[i].column != NULL &&
		    strcasecmp(column, properties[i].column) == 0)
			return &properties[i];
	}
	return NULL;
}

void
property_add_row(struct table *t, const struct property *const *columns,
    size_t count, bool json, const struct seen *s)
{
	static char buffers[PROPERTIES_MAX][PROPERTY_SIZE];
	const char *values[PROPERTIES_MAX];

	for (size_t i = 0; i < count; i++)
		values[i] = columns[i]->print(columns[i], s, json, buffers[i],
		    PROPERTY_SIZE) ? buffers[i] : NULL;
	if (table_add(t, values) == -1)
		message_die("out of memory");
}
