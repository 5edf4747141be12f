/*
 * The rows of the benchmark's table, and how one is printed.
 */
#ifndef HOLDFAST_ROWS_H
#define HOLDFAST_ROWS_H

#include <stdbool.h>

struct calls;
struct ear;

/* Start, ask, stop by these command lines; what each called. */
void count_calls(struct ear *ear, const char *const *start,
    const char *const *status, const char *const *stop, struct calls *ret);

/* Each measures and prints its rows. */
void row_start(void);
void row_status(void);
void row_stop(void);
void row_crowd(void);
void row_crash(void);
void row_memory(void);
void row_thousand(void);
void row_calls(void);
void row_drop_in(void);

/*
 * Print a row: our figure and the peer's (0: none) with their unit, and, when
 * bar is not 0, what the ratio (or, with no peer, our figure) may be.
 */
void print_row(const char *work, double ours, const char *peer, double theirs,
    const char *unit, double bar);
/* A row that could not be measured, and why. */
void print_skip(const char *work, const char *why);

/* How many bars were missed. */
extern int missed;

#endif
