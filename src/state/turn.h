/*
 * Whose turn it is: of those who look whether something runs, and start it if
 * not, one at a time.  A file in the run directory, which only its owner can
 * open: anybody who can read a pidfile could lock that, and hold up every start.
 */
#ifndef HOLDFAST_TURN_H
#define HOLDFAST_TURN_H

struct paths;

/*
 * Wait for the turn of key, any text.  Returns a descriptor, close-on-exec: the
 * turn is over when every copy of it is closed, by an exec at the latest.  -1
 * with errno when there is no run directory that could be used.
 */
int turn_take(const struct paths *p, const char *key);

#endif
