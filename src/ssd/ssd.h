/*
 * The front end that is Debian's start-stop-daemon.
 */
#ifndef HOLDFAST_SSD_H
#define HOLDFAST_SSD_H

/* argv[0] is the name that messages begin with.  Returns the exit status. */
int ssd_main(int argc, char **argv);

#endif
