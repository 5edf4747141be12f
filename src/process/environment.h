/*
 * The environment of a service, as its definition says.
 */
#ifndef HOLDFAST_ENVIRONMENT_H
#define HOLDFAST_ENVIRONMENT_H

#include <stddef.h>

struct service;
struct credentials;
struct strings;

/*
 * Fill env: PATH when nothing sets it; HOME, USER, LOGNAME and SHELL of a named
 * user; Environment=; EnvironmentFile=; INVOCATION_ID; each over the ones
 * before.  Returns 0, or -1 with errno when a file cannot be read or is wrong,
 * its name then in *ret_file (it belongs to s).
 */
int environment_build(const struct service *s, const struct credentials *c,
    const char *invocation_id, struct strings *env, const char **ret_file);

#endif
