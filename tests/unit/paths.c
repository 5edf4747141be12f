/*
 * The run directory: what is refused, and which errno tells why.
 */
#include "config.h"

#include "state/paths.h"

#include <sys/stat.h>

#include <errno.h>
#include <stdlib.h>
#include <unistd.h>

#include "tap.h"

static char top[] = "/tmp/holdfast-paths-XXXXXX";
static struct paths paths;

static void
set_root(const char *name)
{
	char dir[64], err[256];

	snprintf(dir, sizeof(dir), "%s/%s", top, name);
	if (paths_init(&paths, dir, top, NULL, err, sizeof(err)) == -1 ||
	    paths_for(&paths, "web") == -1)
		abort();
}

/* After some other call that was denied. */
static void
refuses(const char *reason)
{
	char err[256] = "";

	errno = EACCES;
	ok(paths_make(&paths, err, sizeof(err)) == -1 &&
	    strstr(err, reason) != NULL, "refused: %s", err);
	is_int(errno, ENOTSUP, "that is no lack of permission");
}

static void
test_refused(void)
{
	set_root("link");
	if (symlink(top, paths.root) == -1)
		abort();
	refuses("it is a symbolic link");
	unlink(paths.root);
	set_root("open");
	if (mkdir(paths.root, 0700) == -1 || chmod(paths.root, 0777) == -1)
		abort();
	refuses("others can write to it");
	rmdir(paths.root);
}

static void
test_made(void)
{
	char err[256];

	set_root("run");
	is_int(paths_make(&paths, err, sizeof(err)), 0, "both are made");
	is_int(paths_make(&paths, err, sizeof(err)), 0, "or are there");
	rmdir(paths.dir);
	rmdir(paths.root);
}

int
main(void)
{
	if (mkdtemp(top) == NULL)
		abort();
	test_refused();
	test_made();
	rmdir(top);
	return done();
}
