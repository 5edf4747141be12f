/*
 * The memory of a process that has done most of what it was started for.
 */
#ifndef HOLDFAST_MEMORY_H
#define HOLDFAST_MEMORY_H

/*
 * Give back what only the way to here has used: the stack below the caller's
 * frame, and all text, of which the rest of the way may need little (it comes
 * from the file again).  Nothing is lost, and it cannot fail.
 */
void memory_give_back(void);

#endif
