/*
 * What OpenRC's dialect has beyond the others'.
 */
#ifndef HOLDFAST_SSD_OPENRC_H
#define HOLDFAST_SSD_OPENRC_H

#include <stdbool.h>

#include "ssd/private.h"

struct openrc {
	bool stop, has_chuid;	/* were said */
	bool by_name_alone;	/* its arguments are not known */
	const char *group;	/* of --group, which counts more than USER: */
};

extern struct openrc openrc;

/* openrc_options.c */
void openrc_read(struct ssd *s, int argc, char **argv);

/* openrc.c: messages begin with " * NAME". */
void openrc_begin(const char *argv0);
void openrc_warn(const struct ssd *s, const char *text);

#endif
