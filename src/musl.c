/*
 * What the system's libbsd.a asks of libc and musl does not have: Debian builds
 * it with _FORTIFY_SOURCE, which turns calls of printf(3)'s kind into these.
 * Their size is what the compiler knew about the buffer.
 */
#ifdef HAVE_CONFIG_H	/* configure includes this file to try libbsd */
#include "config.h"
#endif

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

int __asprintf_chk(char **, int, const char *, ...)
    __attribute__((format(printf, 3, 4)));
int __snprintf_chk(char *, size_t, int, size_t, const char *, ...)
    __attribute__((format(printf, 5, 6)));
int __vsnprintf_chk(char *, size_t, int, size_t, const char *, va_list)
    __attribute__((format(printf, 5, 0)));

int
__asprintf_chk(char **ret, int flag, const char *fmt, ...)
{
	va_list ap;
	int n;

	(void)flag;
	va_start(ap, fmt);
	n = vasprintf(ret, fmt, ap);
	va_end(ap);
	return n;
}

int
__vsnprintf_chk(char *buf, size_t size, int flag, size_t known,
    const char *fmt, va_list ap)
{
	(void)flag;
	if (known < size)
		abort();
	return vsnprintf(buf, size, fmt, ap);
}

int
__snprintf_chk(char *buf, size_t size, int flag, size_t known,
    const char *fmt, ...)
{
	va_list ap;
	int n;

	va_start(ap, fmt);
	n = __vsnprintf_chk(buf, size, flag, known, fmt, ap);
	va_end(ap);
	return n;
}
