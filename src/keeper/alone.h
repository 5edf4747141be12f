/*
 * A service without a keeper.
 */
#ifndef HOLDFAST_ALONE_H
#define HOLDFAST_ALONE_H

struct keeper_order;
struct keeper_report;

/*
 * Start the service of order without a keeper, up to its exec: a child of
 * init, with the hold riding along.  Fills *ret, and frees the hold: returns 0
 * when the service executes (the record says active), -1 when it does not and
 * nothing is left.
 */
int alone_start(const struct keeper_order *order, struct keeper_report *ret);

#endif
