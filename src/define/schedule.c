/*
 * The stop schedule: see schedule.h.  It knows no clock and sends no signal;
 * a schedule that schedule_parse() let through never spins: what is repeated
 * for ever contains a wait.
 */
#include "config.h"

#include "define/schedule.h"

#include <ctype.h>
#include <inttypes.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include "define/value.h"

#define KILL_WAIT_USEC (5 * USEC_PER_SEC)

static void
set_signal(struct schedule_item *item, int sig)
{
	*item = (struct schedule_item){ .kind = SCHEDULE_SIGNAL,
	    .signal = sig };
}

static void
set_wait(struct schedule_item *item, int64_t usec)
{
	*item = (struct schedule_item){ .kind = SCHEDULE_WAIT,
	    .wait_usec = usec };
}

/* "TERM", "-TERM", "-15", "30", "500ms", "forever". */
static const char *
parse_item(const char *text, struct schedule_item *ret)
{
	const char *error;
	int64_t usec = 0;
	int sig = 0;

	if (strcmp(text, "forever") == 0) {
		*ret = (struct schedule_item){ .kind = SCHEDULE_FOREVER };
		return NULL;
	}
	if (isdigit((unsigned char)text[0]) || strcmp(text, "infinity") == 0) {
		error = value_parse_span(text, &usec);
		if (error == NULL)
			set_wait(ret, usec);
		return error;
	}
	error = value_parse_signal(text[0] == '-' ? text + 1 : text, &sig);
	if (error != NULL)
		return "expected signals and times such as TERM/30/KILL/5";
	set_signal(ret, sig);
	return NULL;
}

/* What is after forever, if anything, must come to a wait. */
static const char *
check_forever(const struct schedule *s)
{
	size_t i, forever = s->length;
	bool waits = false;

	for (i = 0; i < s->length; i++) {
		if (s->items[i].kind == SCHEDULE_FOREVER &&
		    forever < s->length)
			return "expected forever only once";
		if (s->items[i].kind == SCHEDULE_FOREVER)
			forever = i;
		else if (i > forever && s->items[i].kind == SCHEDULE_WAIT &&
		    s->items[i].wait_usec > 0)
			waits = true;
	}
	if (forever < s->length && !waits)
		return "expected a time after forever";
	return NULL;
}

const char *
schedule_parse(const char *text, struct schedule *ret)
{
	struct schedule s = { 0 };
	const char *error, *p = text;
	char item[64];
	size_t length;

	for (;;) {
		length = strcspn(p, "/");
		if (length >= sizeof(item))
			return "expected signals and times such as "
			    "TERM/30/KILL/5";
		if (s.length == SCHEDULE_MAX)
			return "expected at most 32 signals and times";
		memcpy(item, p, length);
		item[length] = '\0';
		error = parse_item(item, &s.items[s.length]);
		if (error != NULL)
			return error;
		s.length++;
		p += length;
		if (*p++ == '\0')
			break;
	}
	if (s.length == 1 && s.items[0].kind == SCHEDULE_WAIT) {
		s.items[1] = s.items[3] = s.items[0];
		set_signal(&s.items[0], SIGTERM);
		set_signal(&s.items[2], SIGKILL);
		s.length = 4;
	}
	error = check_forever(&s);
	if (error == NULL)
		*ret = s;
	return error;
}

void
schedule_default(int sig, int64_t usec, struct schedule *ret)
{
	*ret = (struct schedule){ .length = 4 };
	set_signal(&ret->items[0], sig);
	set_wait(&ret->items[1], usec);
	set_signal(&ret->items[2], SIGKILL);
	set_wait(&ret->items[3], KILL_WAIT_USEC);
}

static void
print_item(const struct schedule_item *item, char *buf, size_t size)
{
	char name[32];

	switch (item->kind) {
	case SCHEDULE_SIGNAL:
		value_signal_name(item->signal, name, sizeof(name));
		if (strncmp(name, "SIG", 3) == 0)
			strlcpy(buf, name + 3, size);
		else
			snprintf(buf, size, "-%s", name);
		return;
	case SCHEDULE_WAIT:
		if (item->wait_usec != USEC_INFINITY &&
		    item->wait_usec % USEC_PER_SEC == 0)
			snprintf(buf, size, "%" PRId64,
			    item->wait_usec / USEC_PER_SEC);
		else
			value_print_span(item->wait_usec, buf, size);
		return;
	case SCHEDULE_FOREVER:
		strlcpy(buf, "forever", size);
		return;
	}
	buf[0] = '\0';
}

void
schedule_print(const struct schedule *s, char *buf, size_t size)
{
	char item[64];
	size_t i;

	buf[0] = '\0';
	for (i = 0; i < s->length; i++) {
		if (i > 0)
			strlcat(buf, "/", size);
		print_item(&s->items[i], item, sizeof(item));
		strlcat(buf, item, size);
	}
}

/* Where the end leads back to: behind forever, or s->length. */
static size_t
after_forever(const struct schedule *s)
{
	size_t i;

	for (i = 0; i < s->length; i++) {
		if (s->items[i].kind == SCHEDULE_FOREVER)
			return i + 1;
	}
	return s->length;
}

enum schedule_move
schedule_next(const struct schedule *s, size_t *position, int *ret_signal,
    int64_t *ret_usec)
{
	const struct schedule_item *item;
	size_t i = *position;

	if (i < s->length && s->items[i].kind == SCHEDULE_FOREVER)
		i++;
	if (i >= s->length)
		i = after_forever(s);
	if (i >= s->length)
		return MOVE_EXHAUSTED;
	item = &s->items[i];
	*position = i + 1;
	if (item->kind == SCHEDULE_SIGNAL) {
		*ret_signal = item->signal;
		return MOVE_SIGNAL;
	}
	*ret_usec = item->wait_usec;
	return MOVE_WAIT;
}
