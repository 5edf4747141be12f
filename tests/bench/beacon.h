/*
 * What the beacon tells the benchmark: one of these for its beginning and one
 * for its end, each written whole (it is shorter than PIPE_BUF) to a FIFO.
 */
#ifndef HOLDFAST_BEACON_H
#define HOLDFAST_BEACON_H

#include <stdint.h>

enum beacon_kind { BEACON_BEGAN = 1, BEACON_ENDS = 2 };

struct beacon {
	int64_t ns;		/* CLOCK_MONOTONIC */
	int32_t kind;
	int32_t pid, parent;
	int32_t unused;
};

#endif
