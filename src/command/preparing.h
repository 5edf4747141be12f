/*
 * What can be known of a start before anything is touched: its definition, what
 * is wrong with it, and whether names have to be looked up for it.
 */
#ifndef HOLDFAST_PREPARING_H
#define HOLDFAST_PREPARING_H

#include <stdbool.h>

#include "define/service.h"
#include "process/credentials.h"

struct common_options;
struct found;
struct paths;
struct starting;

/* Set it up in place: service may point into it. */
struct prepared {
	struct service *service;	/* given, or read */
	struct service read;
	bool is_new;			/* not the one of the last start */
	struct credentials credentials;
};

/*
 * The unit file of name and its drop-ins: the one that was named, or that is
 * found.  Returns 0, with ret->file NULL when there is none; or -1 with errno in
 * *ret_errno and one line in err.  *ret is to be freed in either case.
 */
int preparing_find(const char *name, const struct paths *p, struct found *ret,
    int *ret_errno, char *err, size_t size);

/*
 * The definition of name: the unit file that was named or is found, with its
 * drop-ins (*ret_is_new), or the one of the last start.  Returns 0; 1 when there
 * is none; or -1 with one line in err, *ret_errno then errno or 0.  s is to be
 * freed in each case.
 */
int preparing_read(const char *name, const struct paths *p, struct service *s,
    bool *ret_is_new, int *ret_errno, char *err, size_t size);

/*
 * Find the definition, and check it.  Returns 0, or an exit status, said
 * already; *ret is to be freed in either case.
 */
int preparing_begin(const struct starting *s, struct prepared *ret);
void preparing_free(struct prepared *p);

/*
 * Check all that a start would, without making anything, and print() what would
 * be started.  Returns the exit status.
 */
int preparing_plan(const struct starting *s, void (*print)(
    const struct starting *s, const struct service *service,
    const struct credentials *credentials));

bool preparing_needs_lookup(const struct service *s);

/*
 * Before anything is done or said: will a start of one of these services have
 * to look up names?  By its definition, given (NULL: the stored one).  Then the
 * quick program is begun anew here; see lookup_prepare().  0, or an exit status,
 * said already.
 */
int preparing_foresee(const struct strings *names,
    const struct common_options *common, struct service *given);

#endif
