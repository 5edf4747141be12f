/*
 * What is said: an error's text is the same with every libc.
 */
#include "config.h"

#include "message.h"

#include <stdio.h>
#include <string.h>

#include "tap.h"

/* Beyond the last errno of Linux. */
#define ERRNO_END 134

/* Does glibc word them so?  With another libc there is nothing to ask. */
static void
test_strerror(void)
{
	char text[128];

	for (int error = 1; error < ERRNO_END; error++) {
		snprintf(text, sizeof(text), "%s", message_strerror(error));
#ifdef __GLIBC__
		is_str(text, strerror(error), "error %d: glibc's words", error);
#else
		ok(text[0] != '\0', "error %d has words", error);
#endif
	}
	snprintf(text, sizeof(text), "%s", message_strerror(4711));
	is_str(text, strerror(4711), "an unknown error: libc's words");
}

int
main(void)
{
	test_strerror();
	return done();
}
