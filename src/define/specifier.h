/*
 * Specifiers of unit files, "%i" and the like: systemd.unit(5), SPECIFIERS.
 */
#ifndef HOLDFAST_SPECIFIER_H
#define HOLDFAST_SPECIFIER_H

/*
 * A copy of text with each specifier replaced by what it is for the service
 * called unit (without ".service"), and for the user who asks; %% is a percent sign, and what is no specifier
 * stays as it is.  Returns NULL with *ret, which the caller frees; or a text of
 * what could not be told, good until the next call, *ret then NULL.  Dies when
 * out of memory.
 */
const char *specifier_expand(const char *unit, const char *text, char **ret);

#endif
