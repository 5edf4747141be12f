/*
 * runit's part: services under runsv, with svlogd when they are logged.
 */
#ifndef HOLDFAST_RUNIT_H
#define HOLDFAST_RUNIT_H

#include <stdbool.h>

#include "measure.h"

/* Make and start count services, the beacon told to speak to ear. */
void runit_begin(int count, const struct ear *ear, bool logged);
/* The directory of one of them. */
void runit_directory(int i, char *ret, size_t size);
/* Wait until each svlogd has logged what its beacon said. */
void runit_wait(int count);
/* Stop them, as their runsv does on SIGTERM. */
void runit_end(void);

#endif
