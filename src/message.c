/*
 * What is said: see message.h.  A line goes out in one write(2), so that the
 * lines of commands that run at the same time do not mix.
 */
#include "config.h"

#include "message.h"

#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdio_ext.h>
#include <string.h>
#include <unistd.h>

#define LINE_SIZE 8192

static enum verbosity verbosity = NORMAL;
static const char *program_name = "holdfast";
static void (*last_deed)(void);

void
message_set_verbosity(enum verbosity level)
{
	verbosity = level;
}

void
message_set_name(const char *name)
{
	program_name = name;
}

enum verbosity
message_verbosity(void)
{
	return verbosity;
}

void
message_begin(bool always_flushed)
{
	static char buffer[16 * 1024];

	(void)setvbuf(stdout, buffer, !always_flushed &&
	    isatty(STDOUT_FILENO) ? _IOLBF : _IOFBF, sizeof(buffer));
}

/* Make text one line. */
static void
clean(char *text)
{
	unsigned char *p;

	for (p = (unsigned char *)text; *p != '\0'; p++) {
		if (*p < ' ' || *p == 0x7f)
			*p = '?';
		/* C1, which some terminals obey, as UTF-8 has it. */
		else if (*p == 0xc2 && p[1] >= 0x80 && p[1] < 0xa0)
			*p = p[1] = '?';
	}
}

/* The line, after name if there is one, with its newline into buf; what does not fit ends with "...". */
static size_t
format_line(char buf[LINE_SIZE], const char *name, const char *fmt,
    va_list ap) __attribute__((format(printf, 3, 0)));

static size_t
format_line(char buf[LINE_SIZE], const char *name, const char *fmt,
    va_list ap)
{
	size_t length = 0, room;

	if (name != NULL)
		length = (size_t)snprintf(buf, LINE_SIZE, "%.4000s: ", name);
	room = LINE_SIZE - length - 1;
	if (vsnprintf(buf + length, room, fmt, ap) >= (int)room)
		memcpy(buf + LINE_SIZE - 5, "...", 4);
	clean(buf + length);
	length = strlen(buf);
	buf[length++] = '\n';
	return length;
}

static void
write_line(const char *name, const char *fmt, va_list ap)
    __attribute__((format(printf, 2, 0)));

static void
write_line(const char *name, const char *fmt, va_list ap)
{
	char buf[LINE_SIZE];
	const char *p = buf;
	size_t left;
	ssize_t n;
	int error = errno;

	left = format_line(buf, name, fmt, ap);
	while (left > 0) {
		n = write(STDERR_FILENO, p, left);
		if (n == -1 && errno == EINTR)
			continue;
		/* There is nowhere left to say that. */
		if (n <= 0)
			break;
		p += n;
		left -= (size_t)n;
	}
	errno = error;
}

void
message_error(const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	write_line(program_name, fmt, ap);
	va_end(ap);
}

void
message_warn(const char *fmt, ...)
{
	va_list ap;

	if (verbosity == QUIET)
		return;
	va_start(ap, fmt);
	write_line(program_name, fmt, ap);
	va_end(ap);
}

void
message_note(const char *fmt, ...)
{
	va_list ap;

	if (verbosity != VERBOSE)
		return;
	va_start(ap, fmt);
	write_line(program_name, fmt, ap);
	va_end(ap);
}

void
message_line(const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	write_line(NULL, fmt, ap);
	va_end(ap);
}

bool
message_stdout_closed(void)
{
	int flags;

	flags = fcntl(STDOUT_FILENO, F_GETFL);
	return flags == -1 || (flags & O_ACCMODE) == O_RDONLY;
}

static void
print_line(const char *fmt, va_list ap) __attribute__((format(printf, 1, 0)));

static void
print_line(const char *fmt, va_list ap)
{
	char buf[LINE_SIZE];
	size_t length;

	length = format_line(buf, NULL, fmt, ap);
	fwrite(buf, 1, length, stdout);
}

void
message_say(const char *fmt, ...)
{
	va_list ap;

	if (verbosity == QUIET || message_stdout_closed())
		return;
	va_start(ap, fmt);
	print_line(fmt, ap);
	va_end(ap);
}

void
message_print(const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	print_line(fmt, ap);
	va_end(ap);
}

int
message_flush(void)
{
	int error;

	errno = 0;
	if (fflush(stdout) == 0 && !ferror(stdout))
		return 0;
	error = errno != 0 ? errno : EIO;
	__fpurge(stdout);
	clearerr(stdout);
	errno = error;
	return -1;
}

void
message_set_last_deed(void (*deed)(void))
{
	last_deed = deed;
}

void
message_die(const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	write_line(program_name, fmt, ap);
	va_end(ap);
	if (last_deed != NULL)
		last_deed();
	/* Not exit(3): in a child it would write the parent's output again. */
	_exit(EXIT_FAILED);
}

const char *
message_strerror(int error)
{
	/* Those that musl words differently, or does not know. */
	static const struct {
		int error;
		const char *text;
	} texts[] = {
		{ EIO, "Input/output error" },
		{ ECHILD, "No child processes" },
		{ ENOMEM, "Cannot allocate memory" },
		{ EBUSY, "Device or resource busy" },
		{ EXDEV, "Invalid cross-device link" },
		{ EMFILE, "Too many open files" },
		{ ENOTTY, "Inappropriate ioctl for device" },
		{ ESPIPE, "Illegal seek" },
		{ EDEADLK, "Resource deadlock avoided" },
		{ ENAMETOOLONG, "File name too long" },
		{ ELOOP, "Too many levels of symbolic links" },
		{ EOVERFLOW, "Value too large for defined data type" },
		{ ELIBACC, "Can not access a needed shared library" },
		{ ELIBBAD, "Accessing a corrupted shared library" },
		{ EUSERS, "Too many users" },
		{ ENOTSOCK, "Socket operation on non-socket" },
		{ EMSGSIZE, "Message too long" },
		{ EOPNOTSUPP, "Operation not supported" },
		{ EADDRINUSE, "Address already in use" },
		{ EISCONN, "Transport endpoint is already connected" },
		{ ENOTCONN, "Transport endpoint is not connected" },
		{ ETOOMANYREFS, "Too many references: cannot splice" },
		{ EUCLEAN, "Structure needs cleaning" },
		{ EDQUOT, "Disk quota exceeded" },
		{ EHWPOISON, "Memory page has hardware error" },
	};

	static char unknown[32];
	const char *text;

	for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
		if (texts[i].error == error)
			return texts[i].text;
	}
	text = strerror(error);
	if (strcmp(text, "No error information") != 0)
		return text;
	snprintf(unknown, sizeof(unknown), "Unknown error %d", error);
	return unknown;
}
