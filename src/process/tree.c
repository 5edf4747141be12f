/*
 * The service's whole tree: see tree.h.  /proc/PID/task/TID/children tells a
 * process's children without a look at every process of the machine; where the
 * kernel lacks it, and for what is no descendant of anything known, /proc is
 * gone through.
 */
#include "config.h"

#include "process/tree.h"

#include <sys/stat.h>

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "process/process.h"
#include "state/record.h"

/* "\0INVOCATION_ID=...\0", in front of the terminator of the string. */
struct marker {
	char text[64];
	size_t length;		/* 0: there is none */
};

void
tree_free(struct tree *t)
{
	free(t->members);
	*t = (struct tree){ 0 };
}

bool
tree_has(const struct tree *t, pid_t pid, uint64_t start)
{
	for (size_t i = 0; i < t->count; i++) {
		if (t->members[i].pid == pid &&
		    (start == 0 || t->members[i].start == start))
			return true;
	}
	return false;
}

int
tree_add(struct tree *t, const struct tree_member *member)
{
	struct tree_member *members;

	if (t->count == t->room) {
		members = reallocarray(t->members, t->room + 64,
		    sizeof(*members));
		if (members == NULL)
			return -1;
		t->members = members;
		t->room += 64;
	}
	t->members[t->count++] = *member;
	return 0;
}

static int
add_member(struct tree *t, const struct process_stat *st)
{
	const struct tree_member member = { st->pid, st->start, st->group };

	return tree_has(t, st->pid, 0) ? 0 : tree_add(t, &member);
}

/*
 * Add the children that one "children" file of parent lists.  One that is no
 * child of it when looked at has ended, and its number may be a stranger's.
 */
static int
add_listed(struct tree *t, pid_t parent, int fd)
{
	struct process_stat st;
	char text[8192], *p, *end;
	size_t kept = 0;
	ssize_t n;
	long pid;

	while ((n = read(fd, text + kept, sizeof(text) - 1 - kept)) > 0) {
		text[kept + n] = '\0';
		for (p = text; (pid = strtol(p, &end, 10)) > 0; p = end) {
			if (*end == '\0')
				break;	/* perhaps cut: read on */
			if (process_stat((pid_t)pid, &st) == 0 &&
			    st.parent == parent && add_member(t, &st) == -1)
				return -1;
		}
		kept = strlen(p);
		memmove(text, p, kept);
	}
	return (int)n;
}

/* Add the children of all threads of pid.  -1 with ENOENT: no such files. */
static int
add_children(struct tree *t, pid_t pid)
{
	char path[64];
	struct dirent *entry;
	DIR *tasks;
	int fd, result = 0;

	snprintf(path, sizeof(path), "/proc/%d/task", pid);
	tasks = opendir(path);
	if (tasks == NULL)
		return 0;	/* it has ended: nobody is its child any more */
	while (result == 0 && (entry = readdir(tasks)) != NULL) {
		if (entry->d_name[0] == '.')
			continue;
		snprintf(path, sizeof(path), "%.20s/children", entry->d_name);
		fd = openat(dirfd(tasks), path, O_RDONLY | O_CLOEXEC);
		if (fd == -1) {
			if (errno == ENOENT &&
			    access("/proc/thread-self/children", F_OK) == -1) {
				errno = ENOENT;
				result = -1;
			}
			continue;
		}
		result = add_listed(t, pid, fd);
		close(fd);
	}
	closedir(tasks);
	return result;
}

/* Call visit for each process of the machine until it returns non-zero. */
static int
each_process(int (*visit)(const struct process_stat *st, void *context),
    void *context)
{
	struct process_stat st;
	struct dirent *entry;
	DIR *proc;
	int result = 0;

	proc = opendir("/proc");
	if (proc == NULL)
		return -1;
	while (result == 0 && (entry = readdir(proc)) != NULL) {
		if (entry->d_name[0] < '1' || entry->d_name[0] > '9')
			continue;
		if (process_stat((pid_t)strtol(entry->d_name, NULL, 10),
		    &st) == 0)
			result = visit(&st, context);
		else if (errno != ESRCH && errno != EACCES && errno != EPERM)
			result = -1;	/* what was not seen may be its */
	}
	closedir(proc);
	return result;
}

struct search {
	struct tree *tree;
	pid_t root;
	pid_t session;		/* 0: do not go by session */
	struct marker marker;
	bool has_lock;		/* go by the lock of this file, too */
	dev_t device;
	ino_t inode;
	pid_t locker;		/* who took it, dead or alive */
	bool found;
};

static int
visit_child(const struct process_stat *st, void *context)
{
	struct search *s = context;

	if ((st->parent != s->root && !tree_has(s->tree, st->parent, 0)) ||
	    tree_has(s->tree, st->pid, 0))
		return 0;
	s->found = true;
	return add_member(s->tree, st);
}

/* Without the children files: pass over /proc until nothing is new. */
static int
search_descendants(pid_t root, struct tree *t)
{
	struct search s = { .tree = t, .root = root };

	do {
		s.found = false;
		if (each_process(visit_child, &s) == -1)
			return -1;
	} while (s.found);
	return 0;
}

/* Add the descendants of those in t from index first on. */
static int
add_descendants(struct tree *t, size_t first)
{
	for (size_t i = first; i < t->count; i++) {
		if (add_children(t, t->members[i].pid) == -1) {
			if (errno != ENOENT)
				return -1;
			return search_descendants(t->members[i].pid, t);
		}
	}
	return 0;
}

int
tree_descendants(pid_t root, struct tree *t)
{
	t->count = 0;
	if (add_children(t, root) == -1)
		return errno == ENOENT ? search_descendants(root, t) : -1;
	return add_descendants(t, 0);
}

/*
 * 1 or 0; or -1 with errno when it could not be seen.  In pieces, of which the
 * end is kept: an environment has no size that it may not exceed, and who sets
 * it anew, as shells do for their children, may put the variable last.
 */
static int
has_marker(pid_t pid, const struct marker *m)
{
	char path[32], text[4096] = "";
	size_t length = 1;	/* as if another variable ended before it */
	ssize_t n;
	int fd, found = 0;

	snprintf(path, sizeof(path), "/proc/%d/environ", pid);
	fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd == -1)
		return errno == EMFILE || errno == ENFILE || errno == ENOMEM ?
		    -1 : 0;
	do {
		n = read(fd, text + length, sizeof(text) - 1 - length);
		length += n > 0 ? (size_t)n : 0;
		/* The last variable may lack its terminator. */
		text[length] = '\0';
		found = memmem(text, length + (n <= 0), m->text,
		    m->length) != NULL;
		if (length >= m->length) {
			memmove(text, text + length - m->length + 1,
			    m->length - 1);
			length = m->length - 1;
		}
	} while (n > 0 && !found);
	close(fd);
	return found;
}

/*
 * Is this descriptor the one that rides along with a run (hold_ride_along())?
 * It is read-only, unlike that of the command that starts it, and the main
 * process took its lock: whoever only asks for one has taken its own.  From
 * another pid namespace than the first the number of a dead process is 0
 * (proc(5), fdinfo).
 */
static bool
is_inherited(pid_t pid, const char *descriptor, pid_t locker)
{
	char path[64], text[1024];
	const char *flags, *lock;
	unsigned mode;
	ssize_t n;
	int fd, taker;

	snprintf(path, sizeof(path), "/proc/%d/fdinfo/%.20s", pid, descriptor);
	fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd == -1)
		return false;
	n = read(fd, text, sizeof(text) - 1);
	close(fd);
	text[n > 0 ? n : 0] = '\0';
	flags = strstr(text, "flags:");
	lock = strstr(text, "\nlock:");
	return flags != NULL && sscanf(flags, "flags: %o", &mode) == 1 &&
	    (mode & O_ACCMODE) == O_RDONLY && lock != NULL &&
	    sscanf(lock, " lock: %*d: FLOCK ADVISORY READ %d", &taker) == 1 &&
	    (taker == locker || taker == 0);
}

static bool
has_lock(pid_t pid, const struct search *s)
{
	char path[32];
	struct dirent *entry;
	struct stat st;
	DIR *descriptors;
	bool found = false;

	snprintf(path, sizeof(path), "/proc/%d/fd", pid);
	descriptors = opendir(path);
	if (descriptors == NULL)
		return false;
	while (!found && (entry = readdir(descriptors)) != NULL)
		found = fstatat(dirfd(descriptors), entry->d_name, &st,
		    0) == 0 && st.st_dev == s->device &&
		    st.st_ino == s->inode &&
		    is_inherited(pid, entry->d_name, s->locker);
	closedir(descriptors);
	return found;
}

static int
visit_run(const struct process_stat *st, void *context)
{
	struct search *s = context;
	int marked;

	/* A command of ours started by the service is not the service. */
	if (st->pid <= 1 || st->pid == getpid() || st->state == 'Z')
		return 0;
	if (s->session != 0 && st->session == s->session)
		return add_member(s->tree, st);
	marked = s->marker.length == 0 ? 0 : has_marker(st->pid, &s->marker);
	if (marked == 0 && s->has_lock)
		marked = has_lock(st->pid, s);
	return marked == 1 ? add_member(s->tree, st) : marked;
}

int
tree_of_run(const struct record *r, const char *pidfile, struct tree *t)
{
	struct process_stat st;
	struct stat file;
	struct search s = { .tree = t, .locker = r->main_pid };
	int length;

	t->count = 0;
	if (process_is_alive(r->main_pid, r->main_start, &st)) {
		if (add_member(t, &st) == -1)
			return -1;
		if (r->session > 1 && st.session == r->session)
			s.session = r->session;
	}
	if (r->invocation_id[0] != '\0') {
		length = snprintf(s.marker.text, sizeof(s.marker.text),
		    "%cINVOCATION_ID=%.40s", '\0', r->invocation_id);
		s.marker.length = (size_t)length + 1;
	}
	if (!r->has_keeper && lstat(pidfile, &file) == 0) {
		s.has_lock = true;
		s.device = file.st_dev;
		s.inode = file.st_ino;
	}
	if ((s.marker.length > 0 || s.session != 0 || s.has_lock) &&
	    each_process(visit_run, &s) == -1)
		return -1;
	return add_descendants(t, 0);
}
