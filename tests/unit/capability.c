/*
 * Capabilities: what is read, and what is refused.
 */
#include "config.h"

#include "process/capability.h"

#include <stdint.h>

#include "tap.h"

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))
#define BIT(n) (UINT64_C(1) << (n))

static void
test_good(void)
{
	static const struct {
		const char *text;
		uint64_t inheritable, ambient, dropped;
	} rows[] = {
		{ "cap_chown", BIT(0), 0, 0 },
		{ "%cap_kill", BIT(5), 0, 0 },
		{ "^cap_net_bind_service", 0, BIT(10), 0 },
		{ "!cap_sys_admin", 0, 0, BIT(21) },
		{ "!^%cap_setuid", BIT(7), BIT(7), BIT(7) },
		{ "CAP_NET_RAW,!cap_chown", BIT(13), 0, BIT(0) },
		{ "cap_checkpoint_restore,^39,63", BIT(40) | BIT(63), BIT(39),
		    0 },
	};
	struct capabilities c;

	for (size_t i = 0; i < COUNT(rows); i++) {
		memset(&c, 0xff, sizeof(c));
		is_int(capabilities_parse(rows[i].text, &c), 0, "%s is read",
		    rows[i].text);
		ok(c.inheritable == rows[i].inheritable &&
		    c.ambient == rows[i].ambient &&
		    c.dropped == rows[i].dropped, "%s is what it says",
		    rows[i].text);
	}
}

static void
test_refused(void)
{
	static const char *const rows[] = { "", ",", "cap_", "chown", "^",
		"cap_chown,", "cap_chown,,cap_kill", "cap_chowns", "cap_chow",
		"64", "-1", "1x", "cap_chown cap_kill", "~cap_chown",
		"cap_chown^" };
	struct capabilities c;

	for (size_t i = 0; i < COUNT(rows); i++) {
		memset(&c, 0x5a, sizeof(c));
		is_int(capabilities_parse(rows[i], &c), -1, "'%s' is refused",
		    rows[i]);
		ok(c.inheritable == UINT64_C(0x5a5a5a5a5a5a5a5a),
		    "after '%s' nothing is changed", rows[i]);
	}
}

int
main(void)
{
	test_good();
	test_refused();
	return done();
}
