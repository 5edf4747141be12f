/*
 * What is in a room before a case begins: mounts, files, users.
 */
#ifndef _GNU_SOURCE
#define _GNU_SOURCE
#endif

#include "room.h"

#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/syscall.h>

#include <fcntl.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

/* Of linux/mount.h, which older systems do not have. */
struct mount_attributes {
	uint64_t set, clear, propagation, user_namespace;
};

#define SYS_MOUNT_SETATTR 442
#define MOUNT_READ_ONLY 1

/* root's home is there, bob's is not; a user whose name is a number, and is
 * another's number; two names of one number. */
static const char passwd[] =
"root:x:0:0:root:" BOX "/homes/root:/bin/sh\n"
"daemon:x:1:1:daemon:/usr/sbin:/usr/sbin/nologin\n"
"alice:x:1001:1001::" BOX "/homes/alice:/bin/sh\n"
"bob:x:1002:1002::/nonexistent:/bin/sh\n"
"1001:x:1003:1003::" BOX "/homes/number:/bin/sh\n"
"carol:x:1004:1001::" BOX "/homes/alice:/bin/false\n"
"carla:x:1004:1002::" BOX "/homes/alice:/bin/false\n"
"nobody:x:65534:65534:nobody:/nonexistent:/usr/sbin/nologin\n";
static const char group[] =
"root:x:0:\n"
"daemon:x:1:\n"
"alice:x:1001:\n"
"bob:x:1002:\n"
"1001:x:1003:alice\n"
"extra:x:2001:alice,bob\n"
"more:x:2002:alice\n"
"nogroup:x:65534:\n";

static void
put_file(const char *path, const char *text, mode_t mode)
{
	const int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC,
	    mode);

	if (fd == -1 || write(fd, text, strlen(text)) == -1)
		give_up("%s", path);
	close(fd);
}

static void
copy_program(const char *from, const char *to)
{
	char buffer[65536];
	ssize_t n;
	const int in = open(from, O_RDONLY | O_CLOEXEC);
	const int out = open(to, O_WRONLY | O_CREAT | O_CLOEXEC, 0755);

	if (in == -1 || out == -1)
		give_up("%s", to);
	while ((n = read(in, buffer, sizeof(buffer))) > 0)
		if (write(out, buffer, (size_t)n) != n)
			give_up("%s", to);
	close(in);
	close(out);
}

static void
mount_all(void)
{
	struct mount_attributes all = { .set = MOUNT_READ_ONLY };
	char options[64];

	if (mount("none", "/", NULL, MS_REC | MS_PRIVATE, NULL) == -1)
		give_up("making mounts private");
	/* What a case does in error stays in its room.  Old kernels cannot. */
	(void)syscall(SYS_MOUNT_SETATTR, AT_FDCWD, "/", 0x8000 /* recursive */,
	    &all, sizeof(all));
	if (mount("proc", "/proc", "proc", MS_NOSUID | MS_NODEV | MS_NOEXEC,
	    NULL) == -1)
		give_up("/proc");
	snprintf(options, sizeof(options), "mode=0755,size=64m");
	if (mount("box", "/run", "tmpfs", MS_NODEV, options) == -1)
		give_up("/run");
}

static void
make_directory(const char *path, mode_t mode)
{
	if (mkdir(path, mode) == -1 || chmod(path, mode) == -1)
		give_up("%s", path);
}

void
furnish(struct room *r, const char *program, const struct tools *tools)
{
	static const char *const copies[] = { BOX "/bin/probe",
		BOX "/bin/victim", BOX "/bin/helper" };
	struct stat st;

	umask(022);
	mount_all();
	make_directory(BOX, 0755);
	make_directory(BOX "/bin", 0755);
	make_directory(BOX "/etc", 0755);
	make_directory(BOX "/io", 0711);
	make_directory(BOX "/out", 01777);
	make_directory(BOX "/pids", 01777);
	make_directory(BOX "/tmp", 01777);
	make_directory(BOX "/homes", 0755);
	make_directory(BOX "/homes/root", 0700);
	make_directory(BOX "/homes/alice", 0755);
	make_directory(BOX "/homes/number", 0755);
	make_directory(BOX "/w", 0755);
	if (r->test->uid != getuid() &&
	    chown(BOX "/w", r->test->uid, r->test->gid) == -1)
		give_up(BOX "/w");
	put_file(BOX "/io/in", "input\n", 0644);
	put_file(BOX "/etc/passwd", passwd, 0644);
	put_file(BOX "/etc/group", group, 0644);
	if (mount(BOX "/etc/passwd", "/etc/passwd", NULL, MS_BIND, NULL) ==
	    -1 || mount(BOX "/etc/group", "/etc/group", NULL, MS_BIND, NULL) ==
	    -1)
		give_up("/etc/passwd");
	for (int i = 0; i < 3; i++)
		copy_program(tools->probe, copies[i]);
	if (stat(copies[0], &st) == -1)
		give_up("%s", copies[0]);
	r->probe_size = st.st_size;
	/* By a name that is the same for both: messages begin with it. */
	if (symlink(program, BOX_PROGRAM) == -1)
		give_up(BOX_PROGRAM);
	if (stat(BOX_PROGRAM, &st) == -1)
		give_up(BOX_PROGRAM);
	r->program_dev = st.st_dev;
	r->program_ino = st.st_ino;
	if (chdir(BOX "/w") == -1)
		give_up(BOX "/w");
}
