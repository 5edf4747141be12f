/*
 * The front end that is Debian's start-stop-daemon.
 */
#ifndef HOLDFAST_SSD_H
#define HOLDFAST_SSD_H

/*
 * argv[0] is the name that messages begin with.  holdfast is the front end that
 * --supervise hands its start to.  Returns the exit status.
 */
int ssd_main(int argc, char **argv, int (*holdfast)(int argc, char **argv));

#endif
