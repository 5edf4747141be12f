/*
 * The record: see record.h.  One table gives each field its key and its kind;
 * reading and writing both go by it.
 */
#include "config.h"

#include "state/record.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum kind { KIND_INT, KIND_UNSIGNED, KIND_PID, KIND_INT64, KIND_UINT64,
	KIND_BOOL, KIND_TEXT, KIND_STATE, KIND_RESULT };

struct field {
	const char *key;
	enum kind kind;
	size_t offset;
	bool needed;		/* without it nobody knows whose pids these are */
};

/*
 * Records outlive an upgrade under running services: what a later version adds
 * is a FIELD, which an older one's record lacks, and never one that is NEEDED.
 */
#define FIELD(key, kind, member) \
	{ key, kind, offsetof(struct record, member), false }
#define NEEDED(key, kind, member) \
	{ key, kind, offsetof(struct record, member), true }

static const struct field fields[] = {
	NEEDED("ActiveState", KIND_STATE, active_state),
	FIELD("SubState", KIND_TEXT, sub_state),
	FIELD("Result", KIND_RESULT, result),
	NEEDED("MainPID", KIND_PID, main_pid),
	NEEDED("HoldfastMainStart", KIND_UINT64, main_start),
	FIELD("HoldfastSession", KIND_PID, session),
	FIELD("HoldfastKeeper", KIND_BOOL, has_keeper),
	NEEDED("HoldfastKeeperPID", KIND_PID, keeper_pid),
	NEEDED("HoldfastKeeperStart", KIND_UINT64, keeper_start),
	NEEDED("HoldfastBootID", KIND_TEXT, boot_id),
	NEEDED("InvocationID", KIND_TEXT, invocation_id),
	FIELD("ExecMainCode", KIND_INT, exec_main_code),
	FIELD("ExecMainStatus", KIND_INT, exec_main_status),
	FIELD("HoldfastFailedStep", KIND_TEXT, failed_step),
	FIELD("HoldfastFailedErrno", KIND_INT, failed_errno),
	FIELD("NRestarts", KIND_UNSIGNED, n_restarts),
	FIELD("ExecMainStartTimestamp", KIND_INT64, started_usec),
	FIELD("ActiveEnterTimestamp", KIND_INT64, active_usec),
	FIELD("ExecMainExitTimestamp", KIND_INT64, exited_usec),
	FIELD("StateChangeTimestamp", KIND_INT64, changed_usec),
	FIELD("HoldfastReadyUSec", KIND_INT64, ready_took_usec),
	FIELD("HoldfastStopUSec", KIND_INT64, stop_took_usec),
	FIELD("HoldfastStopSignal", KIND_INT, stop_signal),
	FIELD("HoldfastRestartUSec", KIND_INT64, restart_in_usec),
	FIELD("HoldfastLogOffset", KIND_INT64, log_offset),
	FIELD("ExecStart", KIND_TEXT, command),
	FIELD("HoldfastLog", KIND_TEXT, log),
	FIELD("PIDFile", KIND_TEXT, pidfile),
	FIELD("User", KIND_TEXT, user),
};
#define FIELD_COUNT (sizeof(fields) / sizeof(fields[0]))

static const char *const state_names[] = {
	[STATE_INACTIVE] = "inactive",
	[STATE_FAILED] = "failed",
	[STATE_ACTIVATING] = "activating",
	[STATE_ACTIVE] = "active",
	[STATE_DEACTIVATING] = "deactivating",
};

static const char *const result_names[] = {
	[RESULT_SUCCESS] = "success",
	[RESULT_EXIT_CODE] = "exit-code",
	[RESULT_SIGNAL] = "signal",
	[RESULT_CORE_DUMP] = "core-dump",
	[RESULT_TIMEOUT] = "timeout",
	[RESULT_EXEC] = "exec",
	[RESULT_START_LIMIT] = "start-limit-hit",
	[RESULT_RESOURCES] = "resources",
	[RESULT_INTERRUPTED] = "interrupted",
};

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

const char *
record_state_name(enum active_state state)
{
	return state_names[state];
}

const char *
record_result_name(enum result result)
{
	return result_names[result];
}

void
record_init(struct record *r)
{
	*r = (struct record){
		.active_state = STATE_INACTIVE,
		.sub_state = "dead",
		.has_keeper = true,
		.boot_id = "",
		.invocation_id = "",
		.failed_step = "",
		.command = "",
		.log = "",
		.pidfile = "",
		.user = "",
	};
}

bool
record_is_final(const struct record *r)
{
	return r->active_state == STATE_INACTIVE ||
	    r->active_state == STATE_FAILED;
}

static int
index_of(const char *const *names, size_t count, const char *text)
{
	for (size_t i = 0; i < count; i++) {
		if (strcmp(names[i], text) == 0)
			return (int)i;
	}
	return -1;
}

static bool
parse_number(const char *text, int64_t min, int64_t max, int64_t *ret)
{
	char *end;
	long long value;

	if (text[0] != '-' && (text[0] < '0' || text[0] > '9'))
		return false;
	errno = 0;
	value = strtoll(text, &end, 10);
	if (errno != 0 || *end != '\0' || value < min || value > max)
		return false;
	*ret = value;
	return true;
}

static bool
set_number(const struct field *f, const char *text, void *member)
{
	int64_t value;

	switch (f->kind) {
	case KIND_INT:
		if (!parse_number(text, INT_MIN, INT_MAX, &value))
			return false;
		*(int *)member = (int)value;
		return true;
	case KIND_UNSIGNED:
		if (!parse_number(text, 0, UINT_MAX, &value))
			return false;
		*(unsigned *)member = (unsigned)value;
		return true;
	case KIND_PID:
		/* Never 1, never a group: such a record is not ours. */
		if (!parse_number(text, 0, INT_MAX, &value) || value == 1)
			return false;
		*(pid_t *)member = (pid_t)value;
		return true;
	case KIND_INT64:
		return parse_number(text, INT64_MIN, INT64_MAX, member);
	case KIND_UINT64:
		return parse_number(text, 0, INT64_MAX, member);
	case KIND_BOOL:
		*(bool *)member = strcmp(text, "yes") == 0;
		return *(bool *)member || strcmp(text, "no") == 0;
	case KIND_TEXT:
	case KIND_STATE:
	case KIND_RESULT:
		break;
	}
	return false;
}

static bool
set_field(const struct field *f, const char *text, struct record *r)
{
	void *member = (char *)r + f->offset;
	int i;

	switch (f->kind) {
	case KIND_TEXT:
		*(const char **)member = text;
		return true;
	case KIND_STATE:
		i = index_of(state_names, COUNT(state_names), text);
		if (i != -1)
			*(enum active_state *)member = i;
		return i != -1;
	case KIND_RESULT:
		i = index_of(result_names, COUNT(result_names), text);
		if (i != -1)
			*(enum result *)member = i;
		return i != -1;
	case KIND_INT:
	case KIND_UNSIGNED:
	case KIND_PID:
	case KIND_INT64:
	case KIND_UINT64:
	case KIND_BOOL:
		break;
	}
	return set_number(f, text, member);
}

/* The field of this key; the table's order makes the guess right. */
static const struct field *
find_field(const char *key, size_t *guess)
{
	for (size_t n = 0; n < FIELD_COUNT; n++) {
		size_t i = (*guess + n) % FIELD_COUNT;

		if (strcmp(fields[i].key, key) == 0) {
			*guess = i + 1;
			return &fields[i];
		}
	}
	return NULL;
}

static bool
has_needed(const bool *found)
{
	for (size_t i = 0; i < FIELD_COUNT; i++) {
		if (fields[i].needed && !found[i])
			return false;
	}
	return true;
}

int
record_parse(char *text, struct record *r)
{
	struct record parsed;
	const struct field *f;
	char *line, *next, *equals;
	bool found[FIELD_COUNT] = { false };
	size_t guess = 0;

	record_init(&parsed);
	for (line = text; *line != '\0'; line = next) {
		next = strchr(line, '\n');
		equals = strchr(line, '=');
		if (next == NULL || equals == NULL || equals > next)
			goto bad;
		*next++ = '\0';
		*equals = '\0';
		/* A key of a later version is no reason to know nothing. */
		f = find_field(line, &guess);
		if (f == NULL)
			continue;
		if (!set_field(f, equals + 1, &parsed))
			goto bad;
		found[f - fields] = true;
	}
	if (!has_needed(found))
		goto bad;
	*r = parsed;
	return 0;
bad:
	errno = EBADMSG;
	return -1;
}

int
record_read(const char *path, struct record *r, struct record_text *text,
    pid_t *ret_vouching)
{
	struct flock lock = { .l_type = F_WRLCK, .l_whence = SEEK_SET };
	ssize_t n;
	int fd, error;

	record_init(r);
	fd = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK |
	    O_NOCTTY);
	n = fd == -1 ? -1 : read(fd, text->text, sizeof(text->text) - 1);
	error = errno;
	/* After the read: what was read was vouched for then. */
	if (ret_vouching != NULL)
		*ret_vouching = n > 0 && fcntl(fd, F_GETLK, &lock) == 0 &&
		    lock.l_type != F_UNLCK ? lock.l_pid : 0;
	if (fd != -1)
		close(fd);
	if (n == -1) {
		/* A symlink, a directory, a socket: something, but no record. */
		errno = error == ELOOP || error == EISDIR || error == ENXIO ?
		    EBADMSG : error;
		return -1;
	}
	text->text[n] = '\0';
	if (strlen(text->text) != (size_t)n) {
		errno = EBADMSG;
		return -1;
	}
	return record_parse(text->text, r);
}

#define NUMBER_MAX 24

/* The value as text: the record's own, or printed into number. */
static const char *
value_text(const struct field *f, const struct record *r,
    char number[NUMBER_MAX])
{
	const void *member = (const char *)r + f->offset;

	switch (f->kind) {
	case KIND_TEXT:
		return *(const char *const *)member;
	case KIND_STATE:
		return state_names[*(const enum active_state *)member];
	case KIND_RESULT:
		return result_names[*(const enum result *)member];
	case KIND_BOOL:
		return *(const bool *)member ? "yes" : "no";
	case KIND_INT:
		snprintf(number, NUMBER_MAX, "%d", *(const int *)member);
		break;
	case KIND_UNSIGNED:
		snprintf(number, NUMBER_MAX, "%u", *(const unsigned *)member);
		break;
	case KIND_PID:
		snprintf(number, NUMBER_MAX, "%d", *(const pid_t *)member);
		break;
	case KIND_INT64:
		snprintf(number, NUMBER_MAX, "%" PRId64,
		    *(const int64_t *)member);
		break;
	case KIND_UINT64:
		snprintf(number, NUMBER_MAX, "%" PRIu64,
		    *(const uint64_t *)member);
		break;
	}
	return number;
}

int
record_print(const struct record *r, char *buf, size_t size)
{
	char number[NUMBER_MAX];
	const char *key, *value;
	size_t length, n = 0;

	for (size_t i = 0; i < FIELD_COUNT; i++) {
		key = fields[i].key;
		value = value_text(&fields[i], r, number);
		length = strlen(key);
		if (length + strlen(value) + 3 > size - n) {
			errno = EMSGSIZE;
			return -1;
		}
		memcpy(buf + n, key, length);
		n += length;
		buf[n++] = '=';
		/* A value is one line, whatever is in it. */
		for (; *value != '\0'; value++)
			buf[n++] = (unsigned char)*value < ' ' ? '?' : *value;
		buf[n++] = '\n';
	}
	buf[n] = '\0';
	return (int)n;
}

/* The whole text to fd, or -1 with errno. */
static int
write_text(int fd, const char *text, size_t length)
{
	ssize_t n;

	n = write(fd, text, length);
	if (n >= 0 && (size_t)n != length)
		errno = ENOSPC;
	return n >= 0 && (size_t)n == length ? 0 : -1;
}

int
record_write(const char *path, const char *suffix, const struct record *r,
    int *vouch)
{
	struct flock lock = { .l_type = F_WRLCK, .l_whence = SEEK_SET };
	char text[RECORD_TEXT_MAX], name[PATH_MAX];
	int fd, length, error;

	length = record_print(r, text, sizeof(text));
	if (length == -1)
		return -1;
	if (snprintf(name, sizeof(name), "%s%s", path, suffix) >= PATH_MAX) {
		errno = ENAMETOOLONG;
		return -1;
	}
	fd = open(name, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW |
	    O_NOCTTY, 0644);
	if (fd == -1)
		return -1;
	/* Where there are no locks, nobody is vouched for. */
	if (vouch != NULL)
		(void)fcntl(fd, F_SETLK, &lock);
	if (write_text(fd, text, (size_t)length) == -1 ||
	    (vouch == NULL && close(fd) == -1) || rename(name, path) == -1) {
		error = errno;
		if (vouch != NULL)
			close(fd);
		unlink(name);
		errno = error;
		return -1;
	}
	if (vouch == NULL)
		return 0;
	record_take_back(vouch);
	*vouch = fd;
	return 0;
}

void
record_take_back(int *vouch)
{
	if (*vouch != -1)
		close(*vouch);
	*vouch = -1;
}

const char *
record_boot_id(void)
{
	static char id[40];
	ssize_t n;
	int fd;

	if (id[0] != '\0')
		return id;
	fd = open("/proc/sys/kernel/random/boot_id", O_RDONLY | O_CLOEXEC);
	if (fd == -1)
		return "";
	n = read(fd, id, sizeof(id) - 1);
	close(fd);
	while (n > 0 && id[n - 1] == '\n')
		n--;
	id[n > 0 ? n : 0] = '\0';
	return id;
}

bool
record_is_of_this_boot(const struct record *r)
{
	const char *boot;

	if (r->boot_id[0] == '\0')
		return true;
	boot = record_boot_id();
	return boot[0] == '\0' || strcmp(boot, r->boot_id) == 0;
}
