/*
 * Capabilities: see capability.h.  By the system calls, so that it is the same
 * with every libc and can be done between fork and exec.
 */
#include "config.h"

#include "process/capability.h"

#include <sys/prctl.h>
#include <sys/syscall.h>

#include <ctype.h>
#include <errno.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <unistd.h>

#define NUMBER_MAX 63
#define VERSION_3 0x20080522	/* _LINUX_CAPABILITY_VERSION_3 */

#ifndef PR_CAP_AMBIENT
#define PR_CAP_AMBIENT 47
#define PR_CAP_AMBIENT_RAISE 2
#define PR_CAP_AMBIENT_CLEAR_ALL 4
#endif

/* By their numbers, of linux/capability.h. */
static const char *const names[] = {
	"chown", "dac_override", "dac_read_search", "fowner", "fsetid", "kill",
	"setgid", "setuid", "setpcap", "linux_immutable", "net_bind_service",
	"net_broadcast", "net_admin", "net_raw", "ipc_lock", "ipc_owner",
	"sys_module", "sys_rawio", "sys_chroot", "sys_ptrace", "sys_pacct",
	"sys_admin", "sys_boot", "sys_nice", "sys_resource", "sys_time",
	"sys_tty_config", "mknod", "lease", "audit_write", "audit_control",
	"setfcap", "mac_override", "mac_admin", "syslog", "wake_alarm",
	"block_suspend", "audit_read", "perfmon", "bpf", "checkpoint_restore",
};

/* What capget(2) and capset(2) take. */
struct header {
	uint32_t version;
	int pid;
};

struct half {
	uint32_t effective, permitted, inheritable;
};

/* The number of the name of that length; -1 if there is none. */
static int
find_number(const char *name, size_t length)
{
	char *end;
	long number;

	if (length > 0 && isdigit((unsigned char)name[0])) {
		number = strtol(name, &end, 10);
		return end == name + length && number <= NUMBER_MAX ?
		    (int)number : -1;
	}
	if (length < 4 || strncasecmp(name, "cap_", 4) != 0)
		return -1;
	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		if (strlen(names[i]) == length - 4 &&
		    strncasecmp(names[i], name + 4, length - 4) == 0)
			return (int)i;
	}
	return -1;
}

int
capabilities_parse(const char *text, struct capabilities *ret)
{
	struct capabilities c = { 0 };
	size_t prefixes, length;
	uint64_t bit;
	int number;

	for (;; text += length + 1) {
		prefixes = strspn(text, "!^%");
		length = strcspn(text, ",");
		number = length < prefixes ? -1 :
		    find_number(text + prefixes, length - prefixes);
		if (number == -1)
			return -1;
		bit = UINT64_C(1) << number;
		if (memchr(text, '!', prefixes) != NULL)
			c.dropped |= bit;
		if (memchr(text, '^', prefixes) != NULL)
			c.ambient |= bit;
		if (prefixes == 0 || memchr(text, '%', prefixes) != NULL)
			c.inheritable |= bit;
		if (text[length] == '\0')
			break;
	}
	*ret = c;
	return 0;
}

static int
drop_bounding(uint64_t dropped)
{
	for (int n = 0; n <= NUMBER_MAX; n++) {
		if ((dropped >> n & 1) != 0 &&
		    prctl(PR_CAPBSET_DROP, n, 0, 0, 0) == -1)
			return -1;
	}
	return 0;
}

static int
raise_ambient(uint64_t ambient)
{
	if (prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_CLEAR_ALL, 0, 0, 0) == -1)
		return ambient == 0 ? 0 : -1;
	for (int n = 0; n <= NUMBER_MAX; n++) {
		if ((ambient >> n & 1) != 0 &&
		    prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_RAISE, n, 0, 0) == -1)
			return -1;
	}
	return 0;
}

int
capabilities_apply(const struct capabilities *c)
{
	struct header header = { VERSION_3, 0 };
	struct half halves[2];
	uint64_t inheritable;

	if (syscall(SYS_capget, &header, halves) == -1)
		return -1;
	for (int i = 0; i < 2; i++) {
		halves[i].effective = halves[i].permitted;
		if (c == NULL)
			continue;
		inheritable = c->inheritable | c->ambient;
		halves[i].inheritable = (uint32_t)(inheritable >> 32 * i);
	}
	if (syscall(SYS_capset, &header, halves) == -1)
		return -1;
	return c == NULL || (drop_bounding(c->dropped) == 0 &&
	    raise_ambient(c->ambient) == 0) ? 0 : -1;
}
