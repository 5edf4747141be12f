/*
 * The environment of a service, as its definition says.
 */
#ifndef HOLDFAST_ENVIRONMENT_H
#define HOLDFAST_ENVIRONMENT_H

#include "define/service.h"

struct credentials;

struct environment {
	char **items;		/* "K=V", ends with NULL; most are the
				   service's own strings */
	struct strings added, read; /* those that are not: ours, the files' */
};

/*
 * Build env: INVOCATION_ID, which nothing overrides; HOME, USER, LOGNAME and
 * SHELL of a named user; Environment=; EnvironmentFile=; each over the ones
 * before; without UnsetEnvironment=; PATH when none of them sets it.  env is good as long as s is, and is
 * freed with environment_free().  Returns 0, or -1 with errno when a file
 * cannot be read or is wrong, its name then in *ret_file (it belongs to s), or
 * when out of memory, with NULL there.
 */
int environment_build(const struct service *s, const struct credentials *c,
    const char *invocation_id, struct environment *env,
    const char **ret_file);
void environment_free(struct environment *env);

#endif
