/*
 * Capabilities (capabilities(7)) that a program is given, or denied.
 */
#ifndef HOLDFAST_CAPABILITY_H
#define HOLDFAST_CAPABILITY_H

#include <stdint.h>

/* Sets of capabilities, 1 << number each. */
struct capabilities {
	uint64_t inheritable;
	uint64_t ambient;	/* which are inheritable, too */
	uint64_t dropped;	/* from the bounding set */
};

/*
 * Read the text form of cap_iab(3): names or numbers, separated by commas, each
 * with any of ! (dropped), ^ (ambient) and % (inheritable) before it; without
 * any it is inheritable.  0; or -1, *ret then untouched.
 */
int capabilities_parse(const char *text, struct capabilities *ret);

/*
 * Raise to effective all that is permitted; with c, make that the program's
 * that is executed next.  Who changes to another user before sets
 * PR_SET_KEEPCAPS first.  Nothing is allocated.  0, or -1 with errno.
 */
int capabilities_apply(const struct capabilities *c);

#endif
