/*
 * The hold: see hold.h.  libbsd's pidfile(3) does the locking and the check
 * that the name still is the locked file; what is done around it here:
 *
 * - flopen(3) follows symlinks, opens whatever is there and empties it: a name
 *   that is not a regular file is refused first.  Between that check and the
 *   open only somebody who may write the directory can change it.  paths.c
 *   refuses a run directory that others may write, but --pidfile may be in
 *   any (/tmp, a service's own): that one is opened here, without following,
 *   and flopen(3) gets it as /proc/self/fd/N.  See open_anywhere().
 * - pidfile_open(3) of libbsd does not set close-on-exec, whatever its manual
 *   says: set here, at once.
 * - The pid it reports may be -1, negative or cut off: only a whole decimal
 *   number above 1 leaves this file.
 * - pidfile_remove(3) removes the name that it was opened by, whatever that is
 *   by then: compared first, and removed here.
 */
#include "config.h"

#include "state/hold.h"

#include <sys/file.h>
#include <sys/stat.h>

#include <errno.h>
#include <fcntl.h>
#include <libutil.h>
#include <limits.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "message.h"

#define HOLD_FILES 2
/* How often a pidfile may be replaced under us until we give up. */
#define OPENS_MAX 100

struct hold {
	struct pidfh *files[HOLD_FILES];	/* the second may be NULL */
	char *paths[HOLD_FILES];
	pid_t before[HOLD_FILES];	/* pidfile_open(3) empties the file */
	pid_t taker;
};

/* The one that would be left, empty, if we died of want of memory now. */
static struct hold *unshared;

/*
 * The pid in a pidfile, as libbsd ("123") or start-stop-daemon ("123\n")
 * writes it, if it is one that may be signalled; else 0.
 */
static pid_t
parse_pid(const char *text, size_t length)
{
	long pid;
	char *end;

	while (length > 0 && text[length - 1] == '\n')
		length--;
	if (length == 0 || length > 10 || text[0] < '1' || text[0] > '9')
		return 0;
	pid = strtol(text, &end, 10);
	if (end != text + length || pid <= 1 || pid > INT_MAX)
		return 0;
	return (pid_t)pid;
}

static pid_t
read_pid(int fd)
{
	char buf[32];
	ssize_t n;

	n = pread(fd, buf, sizeof(buf) - 1, 0);
	if (n <= 0)
		return 0;
	buf[n] = '\0';
	return parse_pid(buf, n);
}

static int
open_existing(const char *path)
{
	return open(path,
	    O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY);
}

static pid_t
pid_at(const char *path)
{
	pid_t pid;
	int fd;

	fd = open_existing(path);
	if (fd == -1)
		return 0;
	pid = read_pid(fd);
	close(fd);
	return pid;
}

/*
 * 0 when path is a regular file, with the pid in it, or nothing; else -1 with
 * errno.
 */
static int
check_type(const char *path, pid_t *ret_pid)
{
	struct stat st;

	*ret_pid = 0;
	if (lstat(path, &st) == -1)
		return errno == ENOENT ? 0 : -1;
	if (S_ISREG(st.st_mode)) {
		if (st.st_size > 0)
			*ret_pid = pid_at(path);
		return 0;
	}
	errno = S_ISLNK(st.st_mode) ? ELOOP : ENOTSUP;
	return -1;
}

static bool
is_file_at(const char *path, int fd)
{
	struct stat open_one, there;

	return fd != -1 && fstat(fd, &open_one) == 0 &&
	    lstat(path, &there) == 0 && open_one.st_dev == there.st_dev &&
	    open_one.st_ino == there.st_ino;
}

/*
 * In a directory that others may write: opened without following a symlink, and
 * no file that has another name elsewhere, which a hard link would give it;
 * what is emptied and written is then a file of this directory, whoever made
 * it.  NULL with errno, EMLINK for such a link.
 */
static struct pidfh *
open_anywhere(const char *path, mode_t mode)
{
	struct pidfh *file = NULL;
	struct stat st;
	char name[32];
	int fd, error = EAGAIN;

	for (int i = 0; i < OPENS_MAX; i++) {
		fd = open(path, O_WRONLY | O_CREAT | O_NOFOLLOW | O_NONBLOCK |
		    O_CLOEXEC | O_NOCTTY, mode);
		if (fd == -1)
			return NULL;
		snprintf(name, sizeof(name), "/proc/self/fd/%d", fd);
		if (fstat(fd, &st) == -1)
			error = errno;
		else if (!S_ISREG(st.st_mode))
			error = ENOTSUP;
		else if (st.st_nlink > 1)
			error = EMLINK;
		else if ((file = pidfile_open(name, mode, NULL)) == NULL)
			error = errno;
		else if (is_file_at(path, fd))
			error = 0;
		else
			error = EAGAIN;	/* removed or replaced meanwhile */
		close(fd);
		if (error == EAGAIN && file != NULL) {
			pidfile_close(file);
			file = NULL;
			continue;
		}
		break;
	}
	errno = error;
	return file;
}

/* Lock one pidfile.  NULL with errno as hold_take() says. */
static struct pidfh *
take_one(const char *path, bool is_extra, pid_t *ret_before, pid_t *ret_holder)
{
	/*
	 * Whoever may read a file may lock it, and so prevent a start.  The
	 * service's own is for its owner (others ask the record); the extra
	 * one is where scripts look for a pid that everybody may read.
	 */
	const mode_t mode = is_extra ? 0644 : 0600;
	struct pidfh *file;
	mode_t mask;
	int error;

	if (check_type(path, ret_before) == -1)
		return NULL;
	mask = umask(0);
	/* Without a pid to fill in libbsd does not wait for a file's content. */
	file = is_extra ? open_anywhere(path, mode) :
	    pidfile_open(path, mode, NULL);
	error = errno;
	umask(mask);
	if (file == NULL) {
		if (error == EEXIST)
			*ret_holder = pid_at(path);
		errno = error;
		return NULL;
	}
	if (fcntl(pidfile_fileno(file), F_SETFD, FD_CLOEXEC) == -1) {
		error = errno;
		(void)unlink(path);
		pidfile_close(file);
		errno = error;
		return NULL;
	}
	return file;
}

static void
put_back_at_death(void)
{
	if (unshared != NULL && unshared->taker == getpid())
		hold_put_back(unshared);
}

void
hold_share(const struct hold *h)
{
	if (unshared == h)
		unshared = NULL;
}

struct hold *
hold_take(const char *path, const char *extra, pid_t *ret_holder,
    const char **ret_path)
{
	const char *paths[HOLD_FILES] = { path, extra };
	struct hold *h;
	int error;

	*ret_holder = 0;
	*ret_path = path;
	h = calloc(1, sizeof(*h));
	if (h == NULL)
		return NULL;
	for (int i = 0; i < HOLD_FILES && paths[i] != NULL; i++) {
		*ret_path = paths[i];
		h->paths[i] = strdup(paths[i]);
		if (h->paths[i] == NULL)
			goto fail;
		h->files[i] = take_one(paths[i], i > 0, &h->before[i],
		    ret_holder);
		if (h->files[i] == NULL)
			goto fail;
	}
	h->taker = getpid();
	unshared = h;
	message_set_last_deed(put_back_at_death);
	return h;
fail:
	error = errno;
	hold_release(h);
	errno = error;
	return NULL;
}

static int
write_pid(struct pidfh *file, pid_t pid)
{
	char text[16];
	int fd, length;

	length = snprintf(text, sizeof(text), "%d", pid);
	fd = pidfile_fileno(file);
	return fd != -1 && ftruncate(fd, 0) == 0 &&
	    pwrite(fd, text, length, 0) == length ? 0 : -1;
}

int
hold_publish_other(struct hold *h, pid_t pid)
{
	for (int i = 0; i < HOLD_FILES; i++) {
		if (h->files[i] != NULL && write_pid(h->files[i], pid) == -1)
			return -1;
	}
	return 0;
}

/*
 * Not by pidfile_write(3): when that cannot write (a full disk), it removes the
 * name of a file that others still hold, and the next start takes a new one.
 */
int
hold_publish(struct hold *h)
{
	return hold_publish_other(h, getpid());
}

/* Close our descriptors; the lock stays with whoever else has a copy. */
static void
close_file(struct hold *h, int i)
{
	if (h->files[i] != NULL)
		pidfile_close(h->files[i]);
	h->files[i] = NULL;
}

static void
free_hold(struct hold *h)
{
	hold_share(h);
	for (int i = 0; i < HOLD_FILES; i++)
		free(h->paths[i]);
	free(h);
}

/*
 * For one file: a read-only descriptor of the same inode, with a shared lock,
 * that survives exec; and only then the exclusive one is given up.
 */
static int
share_one(struct hold *h, int i)
{
	struct stat ours, theirs;
	int fd, own;

	own = pidfile_fileno(h->files[i]);
	fd = open(h->paths[i], O_RDONLY | O_NOFOLLOW | O_NOCTTY);
	if (own == -1 || fd == -1)
		return -1;
	if (fstat(own, &ours) == -1 || fstat(fd, &theirs) == -1)
		return -1;
	if (ours.st_dev != theirs.st_dev || ours.st_ino != theirs.st_ino) {
		errno = ESTALE;
		return -1;
	}
	/* For its owner, turning an exclusive lock into a shared one cannot
	 * let another exclusive one in (Linux >= 4.2, flock_lock_inode()). */
	if (flock(own, LOCK_SH | LOCK_NB) == -1 ||
	    flock(fd, LOCK_SH | LOCK_NB) == -1)
		return -1;
	close_file(h, i);
	return 0;
}

int
hold_ride_along(struct hold *h)
{
	for (int i = 0; i < HOLD_FILES; i++) {
		if (h->files[i] != NULL && share_one(h, i) == -1)
			return -1;
	}
	free_hold(h);
	return 0;
}

void
hold_release(struct hold *h)
{
	/* The extra one first: the service's own is what starts go by. */
	for (int i = HOLD_FILES - 1; i >= 0; i--) {
		if (h->files[i] == NULL)
			continue;
		if (is_file_at(h->paths[i], pidfile_fileno(h->files[i])))
			(void)unlink(h->paths[i]);
		close_file(h, i);
	}
	free_hold(h);
}

pid_t
hold_pid_before(const struct hold *h)
{
	return h->before[0];
}

void
hold_put_back(struct hold *h)
{
	for (int i = 0; i < HOLD_FILES; i++) {
		if (h->files[i] == NULL || h->before[i] == 0)
			continue;
		(void)write_pid(h->files[i], h->before[i]);
		close_file(h, i);
	}
	hold_release(h);
}

void
hold_close(struct hold *h)
{
	for (int i = 0; i < HOLD_FILES; i++)
		close_file(h, i);
	free_hold(h);
}

static enum hold_state
probe(const char *path, int lock, pid_t *ret_pid)
{
	struct stat st;
	enum hold_state state;
	int fd, error;

	*ret_pid = 0;
	fd = open_existing(path);
	if (fd == -1)
		return errno == ENOENT ? HOLD_ABSENT : HOLD_UNKNOWN;
	if (fstat(fd, &st) == -1)
		state = HOLD_UNKNOWN;
	else if (!S_ISREG(st.st_mode)) {
		errno = ENOTSUP;
		state = HOLD_UNKNOWN;
	} else if (flock(fd, lock | LOCK_NB) == 0)
		state = HOLD_FREE;
	else
		state = errno == EWOULDBLOCK ? HOLD_HELD : HOLD_UNKNOWN;
	error = errno;
	if (state != HOLD_UNKNOWN)
		*ret_pid = read_pid(fd);
	close(fd);
	errno = error;
	return state;
}

enum hold_state
hold_probe(const char *path, pid_t *ret_pid)
{
	return probe(path, LOCK_SH, ret_pid);
}

enum hold_state
hold_probe_shared(const char *path, pid_t *ret_pid)
{
	return probe(path, LOCK_EX, ret_pid);
}
