/*
 * Which processes are meant: all that was given must be true of one.
 */
#include "config.h"

#include <ctype.h>
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "message.h"
#include "process/process.h"
#include "ssd/private.h"
#include "state/pidfile.h"

#define HELPERS_MAX 7
#define MANY 256		/* processes that are worth a thread */
#define CHUNK 64		/* that one thread looks at before the next */
#define PIDS_MAX (4 * 1024 * 1024) /* PID_MAX_LIMIT of the kernel */

/* Who may not see others in /proc (hidepid) may still ask whether they live. */
static bool
is_hidden(pid_t pid)
{
	return kill(pid, 0) == -1 && errno == EPERM;
}

/*
 * Is all that was given true of pid?  ret->start is 0 when it is not there; to
 * be stopped it need not, if there is nothing else to go by: that its signal
 * does not arrive is then said.
 */
static bool
matches(const struct ssd *s, pid_t pid, struct ssd_match *ret)
{
	const bool by_pid = s->exec == NULL && s->ppid == 0 &&
	    s->user == NULL && s->name == NULL && s->begins == NULL;
	struct process_stat st;
	bool lives;

	*ret = (struct ssd_match){ .pid = pid, .fd = -1 };
	/* What costs least first: most are not meant. */
	if (!ssd_compare(s, pid, NULL))
		return false;
	if (s->command == SSD_STOP)
		ret->fd = process_open_stat(pid, 0, &st);
	/* The first process is asked after, and never signalled. */
	lives = ret->fd != -1 || (pid == 1 ? process_stat(pid, &st) == 0 :
	    process_is_alive(pid, 0, &st));
	if (!lives)
		return by_pid && (s->command == SSD_STOP || is_hidden(pid));
	ret->start = st.start;
	ret->parent = st.parent;
	if (ssd_compare(s, pid, &st))
		return true;
	if (ret->fd != -1)
		close(ret->fd);
	return false;
}

bool
ssd_still_matches(const struct ssd *s, const struct ssd_match *m)
{
	struct ssd_match now;
	bool matched;

	if (m->is_keeper)
		return process_is_alive(m->pid, m->start, NULL);
	matched = matches(s, m->pid, &now);
	if (matched && now.fd != -1)
		close(now.fd);
	return matched && now.start == m->start && m->start != 0;
}

void
ssd_add(struct ssd_found *f, const struct ssd_match *m)
{
	struct ssd_match *more;
	size_t room;

	if (f->items == NULL) {
		f->items = f->few;
		f->room = sizeof(f->few) / sizeof(f->few[0]);
	}
	if (f->count == f->room) {
		room = 4 * f->room;
		more = reallocarray(f->items == f->few ? NULL : f->items,
		    room, sizeof(*more));
		if (more == NULL)
			message_die("out of memory");
		if (f->items == f->few)
			memcpy(more, f->few, sizeof(f->few));
		f->items = more;
		f->room = room;
	}
	f->items[f->count++] = *m;
}

void
ssd_drop(struct ssd_found *f)
{
	for (size_t i = 0; i < f->count; i++) {
		if (f->items[i].fd != -1)
			close(f->items[i].fd);
	}
	if (f->items != f->few)
		free(f->items);
	f->items = NULL;
	f->count = f->room = 0;
}

static int
by_pid(const void *a, const void *b)
{
	const struct ssd_match *x = a, *y = b;

	return (x->pid > y->pid) - (x->pid < y->pid);
}

/*
 * The process with this number.  Who had it when it was looked for first must
 * have it still: it may be asked for more than once, in a long schedule.
 */
static bool
find_pid(const struct ssd *s, struct ssd_found *f, pid_t pid)
{
	struct ssd_match m;

	if ((f->first.pid != 0 && f->first.start == 0) ||
	    !matches(s, pid, &m))
		return false;
	if (f->first.pid != 0 && m.start != f->first.start) {
		if (m.fd != -1)
			close(m.fd);
		return false;
	}
	f->first = m;
	ssd_add(f, &m);
	return true;
}

/* /dev/null is the pidfile of who has none. */
static void
check_pidfile(const struct ssd *s, const struct stat *st)
{
	const bool alone = s->exec == NULL && s->ppid == 0 &&
	    s->user == NULL && s->name == NULL;

	if (s->any_pidfile || strcmp(s->pidfile, "/dev/null") == 0)
		return;
	if (alone && ((st->st_uid != getuid() && st->st_uid != 0) ||
	    (st->st_gid != getgid() && st->st_gid != 0)))
		ssd_fail(s, "matching only on non-root pidfile %s is insecure",
		    s->pidfile);
	if ((st->st_mode & S_IWOTH) != 0)
		ssd_fail(s, "matching on world-writable pidfile %s is "
		    "insecure", s->pidfile);
}

/*
 * The pid is read once: the daemon that ends removes its pidfile, and a new
 * one's is not to be stopped with it.
 */
static int
find_in_pidfile(const struct ssd *s, struct ssd_found *f)
{
	struct stat st;

	if (f->pid == 0) {
		switch (pidfile_get(s->pidfile, &f->pid, &st)) {
		case PIDFILE_ABSENT:
			return SSD_DEAD;
		case PIDFILE_ERROR:
			ssd_fail_errno(s, errno, "unable to open pidfile %s",
			    s->pidfile);
		case PIDFILE_UNUSABLE:
			check_pidfile(s, &st);
			return SSD_UNKNOWN;
		case PIDFILE_PID:
			break;
		}
		check_pidfile(s, &st);
	}
	return find_pid(s, f, f->pid) ? SSD_RUNNING : SSD_DEAD_PIDFILE;
}

/*
 * All processes.  One thread lists them while the others look at those that it
 * has listed, and then helps them: /proc takes microseconds for each.
 */
struct crowd {
	const struct ssd *s;
	pid_t *pids;		/* room for all that there can be */
	atomic_size_t listed, taken;
	atomic_bool is_complete;
};

/* What one thread found. */
struct share {
	struct crowd *crowd;
	struct ssd_found found;
	pthread_t thread;
};

static void *
look_at_crowd(void *context)
{
	struct share *share = context;
	struct crowd *c = share->crowd;
	struct ssd_match m;
	size_t from, to;
	bool is_complete;

	for (;;) {
		from = atomic_fetch_add(&c->taken, CHUNK);
		to = from + CHUNK;
		for (;;) {
			/* In this order: what is complete is listed. */
			is_complete = atomic_load(&c->is_complete);
			if (is_complete && to > atomic_load(&c->listed))
				to = atomic_load(&c->listed);
			if (is_complete || to <= atomic_load(&c->listed))
				break;
			sched_yield();
		}
		if (from >= to)
			return NULL;
		for (size_t i = from; i < to; i++) {
			if (matches(c->s, c->pids[i], &m))
				ssd_add(&share->found, &m);
		}
	}
}

static size_t
count_helpers(void)
{
	const long processors = sysconf(_SC_NPROCESSORS_ONLN);

	return processors <= 1 ? 0 : processors > HELPERS_MAX ? HELPERS_MAX :
	    (size_t)processors - 1;
}

/* List them; start helpers when there are many.  Returns how many it did. */
static size_t
list_crowd(struct crowd *c, struct share *helpers)
{
	struct dirent *entry;
	size_t count = 0, started = 0, wanted = 0;
	DIR *proc;

	(void)ssd_open_proc();	/* before there are threads */
	proc = opendir("/proc");
	if (proc == NULL)
		ssd_fail_errno(c->s, errno, "unable to opendir /proc");
	while ((entry = readdir(proc)) != NULL && count < PIDS_MAX) {
		if (!isdigit((unsigned char)entry->d_name[0]))
			continue;
		c->pids[count++] = (pid_t)strtol(entry->d_name, NULL, 10);
		atomic_store(&c->listed, count);
		if (count == MANY)
			wanted = count_helpers();
		for (; started < wanted; started++) {
			helpers[started].crowd = c;
			if (pthread_create(&helpers[started].thread, NULL,
			    look_at_crowd, &helpers[started]) != 0)
				wanted = started;
		}
	}
	closedir(proc);
	atomic_store(&c->is_complete, true);
	return started;
}

static int
find_all(const struct ssd *s, struct ssd_found *f)
{
	struct crowd c = { .s = s };
	struct share shares[HELPERS_MAX + 1];
	size_t helpers;

	memset(shares, 0, sizeof(shares));
	/* Memory only as far as it is used. */
	c.pids = malloc(PIDS_MAX * sizeof(*c.pids));
	if (c.pids == NULL)
		message_die("out of memory");
	helpers = list_crowd(&c, shares);
	if (c.listed == 0)
		ssd_fail(s, "nothing in /proc - not mounted?");
	shares[helpers].crowd = &c;
	look_at_crowd(&shares[helpers]);
	for (size_t i = 0; i <= helpers; i++) {
		if (i < helpers)
			pthread_join(shares[i].thread, NULL);
		for (size_t j = 0; j < shares[i].found.count; j++)
			ssd_add(f, &shares[i].found.items[j]);
		if (shares[i].found.items != shares[i].found.few)
			free(shares[i].found.items);
	}
	free(c.pids);
	if (f->count == 0)
		return SSD_DEAD;
	qsort(f->items, f->count, sizeof(f->items[0]), by_pid);
	return SSD_RUNNING;
}

int
ssd_find(const struct ssd *s, struct ssd_found *f)
{
	ssd_drop(f);
	if (s->pid != 0)
		return find_pid(s, f, s->pid) ? SSD_RUNNING : SSD_DEAD;
	if (s->pidfile != NULL)
		return find_in_pidfile(s, f);
	return find_all(s, f);
}
