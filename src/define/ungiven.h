/*
 * Directives that systemd knows and that are not carried out here: protections
 * of a service and what limits its resources.  A service that has them runs
 * without, which is said; what orders and binds units is passed over.
 */
#ifndef HOLDFAST_UNGIVEN_H
#define HOLDFAST_UNGIVEN_H

#include <stdbool.h>

struct service;
struct strings;

/* Is key, of section [Unit] or [Service], one that a service runs without? */
bool ungiven_is_known(const char *key, bool in_unit);

/* Note "KEY=VALUE" in s->ungiven; an empty or a false value takes KEY out. */
void ungiven_note(struct service *s, const char *key, const char *value);

/* The keys of s->ungiven, each once, to be cleared. */
void ungiven_keys(const struct service *s, struct strings *ret);

#endif
