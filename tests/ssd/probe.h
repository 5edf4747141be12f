/*
 * What the probe's files share.  See probe.c.
 */
#ifndef PROBE_H
#define PROBE_H

#include <sys/types.h>

#define BOX "/run/box"

/* probe.c */
void sleep_ms(int ms);
/* Append a text to the file of this process with that suffix. */
void note(const char *out, const char *suffix, const char *text);
/* Give a process a name: a file with its pid. */
void write_label(const char *label, pid_t pid);

/* probe_report.c: what it finds around itself. */
void report(const char *out, int argc, char **argv);

/* helper.c: the other things it can be called for. */
int spawn(int argc, char **argv);
int block(char **argv);
int watch(const char *file);
int race(char **argv);

#endif
