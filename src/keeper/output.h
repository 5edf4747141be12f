/*
 * Where the service's output goes.  With the pipe (OUTPUT_LOG) a FIFO in the
 * run directory, whose content the keeper moves to the log; else a file, null,
 * or what the starter had.
 */
#ifndef HOLDFAST_OUTPUT_H
#define HOLDFAST_OUTPUT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

struct service;
struct paths;

struct output {
	int fifo;		/* the reading side; -1: no pipe */
	int service_out;	/* become the service's 1 and 2 */
	int service_err;
	int log;		/* -1 when it could not be opened */
	const char *log_path;
	bool can_splice;
	int64_t dropped;	/* bytes that the log did not take */
	int dropped_errno;
};

/* Nothing open. */
void output_none(struct output *o);

/*
 * Open everything, before the service is forked; the FIFO is made anew, for
 * user uid.  Returns 0, or -1 with errno, nothing open, and in what (at least
 * 256 bytes) what could not be done ("open log /x").
 */
int output_open(struct output *o, const struct service *s,
    const struct paths *p, uid_t uid, char *what, size_t size);

/*
 * The same for a service that runs, with what it wrote in the FIFO that is
 * there.  It has its output and goes on: what cannot be opened is left out, and
 * -1 with errno and what is a note.
 */
int output_adopt(struct output *o, const struct service *s,
    const struct paths *p, uid_t uid, char *what, size_t size);

/* Only to stop it: nothing but a FIFO that is there, and its log. */
void output_adopt_to_stop(struct output *o, const struct service *s,
    const struct paths *p);

/*
 * For each run: empty the file of OUTPUT_TRUNCATE, and open what could not be
 * opened when the service was adopted.  Returns as output_open().
 */
int output_restart(struct output *o, const struct service *s,
    const struct paths *p, uid_t uid, char *what, size_t size);

/* Move what the FIFO holds to the log. */
void output_drain(struct output *o);

/* Open the log anew, by its name: it was moved away (rotated). */
void output_reopen(struct output *o);

/* The log's size now: where the next run's output begins. */
int64_t output_offset(const struct output *o);

/* Drain and close all.  The FIFO is removed by who has the hold. */
void output_close(struct output *o);

#endif
