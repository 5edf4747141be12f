/*
 * The keeper's step function, driven through every pair of state and event:
 * the table below is what the keeper does, the state after it and the actions.
 */
#include "config.h"

#include "keeper/step.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "define/directive.h"
#include "define/service.h"
#include "tap.h"

#define NOW (INT64_C(100) * USEC_PER_SEC)

#define ST KEEPER_STARTING
#define RU KEEPER_RUNNING
#define BA KEEPER_BACKOFF
#define SO KEEPER_STOPPING
#define EN KEEPER_ENDED

#define END (DO_ANNOUNCE | DO_END)
#define SIGNAL (DO_SIGNAL | DO_ANNOUNCE)
#define SPAWN (DO_SPAWN | DO_ANNOUNCE)

static const char *const states[] = { "starting", "running", "backoff",
	"stopping", "ended" };
static const char *const events[] = { "executed", "failed", "died", "empty",
	"deadline", "stop", "hurry", "restart" };

#define STATES (KEEPER_ENDED + 1)
#define EVENTS (EVENT_RESTART + 1)

/* With Restart=no; died is SIGSEGV. */
static const struct {
	enum keeper_state after;
	unsigned actions;
} table[STATES][EVENTS] = {
	[ST] = {
		[EVENT_EXECUTED] = { RU, DO_ANNOUNCE | DO_READY },
		[EVENT_FAILED] = { ST, 0 },
		[EVENT_DIED] = { SO, SIGNAL },
		[EVENT_EMPTY] = { EN, END },
		[EVENT_DEADLINE] = { SO, SIGNAL },
		[EVENT_STOP] = { SO, SIGNAL },
		[EVENT_HURRY] = { SO, SIGNAL },
		[EVENT_RESTART] = { SO, SIGNAL },
	},
	[RU] = {
		[EVENT_EXECUTED] = { RU, 0 },
		[EVENT_FAILED] = { RU, 0 },
		[EVENT_DIED] = { SO, SIGNAL },
		[EVENT_EMPTY] = { EN, END },
		[EVENT_DEADLINE] = { RU, 0 },
		[EVENT_STOP] = { SO, SIGNAL },
		[EVENT_HURRY] = { SO, SIGNAL },
		[EVENT_RESTART] = { SO, SIGNAL },
	},
	[BA] = {
		[EVENT_EXECUTED] = { BA, 0 },
		[EVENT_FAILED] = { BA, 0 },
		[EVENT_DIED] = { BA, 0 },
		[EVENT_EMPTY] = { BA, 0 },
		[EVENT_DEADLINE] = { ST, SPAWN | DO_AGAIN },
		[EVENT_STOP] = { EN, END },
		[EVENT_HURRY] = { EN, END },
		[EVENT_RESTART] = { ST, SPAWN },
	},
	[SO] = {
		[EVENT_EXECUTED] = { SO, 0 },
		[EVENT_FAILED] = { SO, 0 },
		[EVENT_DIED] = { SO, DO_ANNOUNCE },
		[EVENT_EMPTY] = { EN, END },
		[EVENT_DEADLINE] = { SO, SIGNAL },
		[EVENT_STOP] = { SO, DO_ANNOUNCE },
		[EVENT_HURRY] = { SO, SIGNAL },
		[EVENT_RESTART] = { SO, 0 },
	},
	[EN] = {
		[EVENT_EXECUTED] = { EN, 0 },
		[EVENT_FAILED] = { EN, 0 },
		[EVENT_DIED] = { EN, 0 },
		[EVENT_EMPTY] = { EN, 0 },
		[EVENT_DEADLINE] = { EN, 0 },
		[EVENT_STOP] = { EN, 0 },
		[EVENT_HURRY] = { EN, 0 },
		[EVENT_RESTART] = { EN, 0 },
	},
};

static void
make_service(struct service *s)
{
	service_init(s, "test");
	schedule_default(SIGTERM, 30 * USEC_PER_SEC, &s->stop_schedule);
}

/* Bring the machine into state by the events that lead there. */
static void
bring(struct machine *m, const struct service *s, enum keeper_state state)
{
	struct service always = *s;

	always.restart = RESTART_ALWAYS;
	machine_start(m, s, NOW);
	if (state == KEEPER_STARTING)
		return;
	machine_step(m, EVENT_EXECUTED, s, NOW);
	switch (state) {
	case KEEPER_STARTING:
	case KEEPER_RUNNING:
		break;
	case KEEPER_BACKOFF:
		machine_step(m, EVENT_EMPTY, &always, NOW);
		break;
	case KEEPER_STOPPING:
		machine_step(m, EVENT_STOP, s, NOW);
		break;
	case KEEPER_ENDED:
		machine_step(m, EVENT_EMPTY, s, NOW);
		break;
	}
}

static void
test_pair(const struct service *s, enum keeper_state before,
    enum keeper_event event)
{
	struct machine m;
	unsigned actions;

	bring(&m, s, before);
	ok(m.state == before, "%s can be reached", states[before]);
	m.code = CLD_KILLED;
	m.status = SIGSEGV;
	actions = machine_step(&m, event, s, NOW + 31 * USEC_PER_SEC);
	ok(m.state == table[before][event].after &&
	    actions == table[before][event].actions,
	    "%s + %s -> %s, actions %#x (got %s, %#x)", states[before],
	    events[event], states[table[before][event].after],
	    table[before][event].actions, states[m.state], actions);
}

static void
test_table(void)
{
	struct service s;

	make_service(&s);
	for (int state = 0; state < STATES; state++) {
		for (int event = 0; event < EVENTS; event++)
			test_pair(&s, state, event);
	}
	service_free(&s);
}

/* Restart= by how the main process ended. */
static void
test_policy(void)
{
	static const struct {
		int code, status;
		const char *what;
		bool restarts[6];	/* in the order of the enum */
	} rows[] = {
		{ CLD_EXITED, 0, "exit 0", { 0, 1, 0, 0, 0, 1 } },
		{ CLD_EXITED, 3, "exit 3", { 0, 0, 1, 0, 0, 1 } },
		{ CLD_KILLED, SIGTERM, "SIGTERM", { 0, 1, 0, 0, 0, 1 } },
		{ CLD_KILLED, SIGKILL, "SIGKILL", { 0, 0, 1, 1, 1, 1 } },
		{ CLD_DUMPED, SIGSEGV, "SIGSEGV", { 0, 0, 1, 1, 1, 1 } },
	};
	const struct directive *restart = directive_find("Restart");
	struct service s;
	struct machine m;
	char *name;

	make_service(&s);
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		for (int p = RESTART_NO; p <= RESTART_ALWAYS; p++) {
			s.restart = p;
			bring(&m, &s, KEEPER_RUNNING);
			m.code = rows[i].code;
			m.status = rows[i].status;
			machine_step(&m, EVENT_EMPTY, &s, NOW);
			/* The default is not printed. */
			name = NULL;
			(void)restart->print(&s, restart, 0, &name);
			ok((m.state != KEEPER_ENDED) == rows[i].restarts[p],
			    "Restart=%s after %s", name != NULL ? name : "no",
			    rows[i].what);
			free(name);
		}
	}
	service_free(&s);
}

static void
test_backoff(void)
{
	static const int64_t msec[] = { 100, 200, 400, 800, 1600, 3200,
		6400, 10000, 10000 };
	struct service s;

	make_service(&s);
	for (unsigned i = 0; i < sizeof(msec) / sizeof(msec[0]); i++)
		ok(machine_backoff(&s, i) == msec[i] * USEC_PER_MSEC,
		    "after %u delays the back-off is %lld ms", i,
		    (long long)msec[i]);
	ok(machine_backoff(&s, 4000000000u) == 10 * USEC_PER_SEC,
	    "the back-off does not overflow");
	s.restart_usec_is_set = true;
	s.restart_usec = 5;
	ok(machine_backoff(&s, 7) == 5,
	    "RestartSec= replaces the back-off");
	service_free(&s);
}

static void
test_immediate(void)
{
	struct service s;
	struct machine m;

	make_service(&s);
	s.restart = RESTART_ALWAYS;
	bring(&m, &s, KEEPER_RUNNING);
	machine_step(&m, EVENT_EMPTY, &s, NOW + USEC_PER_SEC - 1);
	ok(m.state == KEEPER_BACKOFF && m.restart_at == NOW + USEC_PER_SEC -
	    1 + 100 * USEC_PER_MSEC,
	    "a service up for less than a second waits 100 ms");
	bring(&m, &s, KEEPER_RUNNING);
	machine_step(&m, EVENT_EMPTY, &s, NOW + USEC_PER_SEC);
	ok(m.state == KEEPER_STARTING,
	    "a service up for a second is restarted at once");
	machine_step(&m, EVENT_EXECUTED, &s, NOW);
	machine_step(&m, EVENT_EMPTY, &s, NOW + USEC_PER_SEC);
	ok(m.state == KEEPER_BACKOFF && m.restart_at == NOW + USEC_PER_SEC +
	    100 * USEC_PER_MSEC, "but only the first time");
	bring(&m, &s, KEEPER_RUNNING);
	m.delays = 9;
	m.was_immediate = true;
	machine_step(&m, EVENT_EMPTY, &s, NOW + 10 * USEC_PER_SEC);
	ok(m.state == KEEPER_STARTING && m.n_restarts == 1,
	    "and again once it has stayed up");
	service_free(&s);
}

static void
test_again(void)
{
	struct service s;
	struct machine m;

	make_service(&s);
	s.restart = RESTART_ALWAYS;
	s.restart_usec_is_set = true;
	s.restart_usec = 0;
	bring(&m, &s, KEEPER_RUNNING);
	ok(machine_step(&m, EVENT_EMPTY, &s, NOW) == (SPAWN | DO_AGAIN),
	    "a run that ends is told of when the next one begins at once");
	s.restart_usec = USEC_PER_SEC;
	bring(&m, &s, KEEPER_RUNNING);
	ok(machine_step(&m, EVENT_EMPTY, &s, NOW) == (DO_ANNOUNCE | DO_AGAIN),
	    "and when it is to begin later");
	s.restart_usec = USEC_INFINITY;
	bring(&m, &s, KEEPER_RUNNING);
	machine_step(&m, EVENT_EMPTY, &s, NOW);
	ok(m.state == KEEPER_BACKOFF && machine_deadline(&m) == INT64_MAX,
	    "a restart after an infinite time has no deadline");
	bring(&m, &s, KEEPER_RUNNING);
	ok(machine_step(&m, EVENT_RESTART, &s, NOW) == SIGNAL &&
	    machine_step(&m, EVENT_EMPTY, &s, NOW) == SPAWN,
	    "a restart on request is no failure");
	service_free(&s);
}

static void
test_mixed(void)
{
	struct service s;
	struct machine m;

	make_service(&s);
	s.kill_mode = KILL_MIXED;
	bring(&m, &s, KEEPER_STOPPING);
	ok(m.signal == SIGTERM, "mixed asks the main process");
	ok(machine_step(&m, EVENT_DIED, &s, NOW) == SIGNAL &&
	    m.signal == SIGKILL, "and kills the rest once that is dead");
	bring(&m, &s, KEEPER_RUNNING);
	m.main_alive = false;
	machine_step(&m, EVENT_DIED, &s, NOW);
	ok(m.signal == SIGKILL, "also when it died by itself");
	service_free(&s);
}

static void
test_limit(void)
{
	struct service s;
	struct machine m;

	make_service(&s);
	s.restart = RESTART_ALWAYS;
	s.restart_usec_is_set = true;
	s.start_limit_burst = 2;
	s.start_limit_interval_usec = 10 * USEC_PER_SEC;
	bring(&m, &s, KEEPER_RUNNING);
	machine_step(&m, EVENT_EMPTY, &s, NOW);
	ok(m.state == KEEPER_STARTING, "the limit allows its burst");
	machine_step(&m, EVENT_EXECUTED, &s, NOW);
	machine_step(&m, EVENT_EMPTY, &s, NOW + 1);
	ok(m.state == KEEPER_ENDED && m.result == RESULT_START_LIMIT,
	    "one more start in the interval hits the limit");
	bring(&m, &s, KEEPER_RUNNING);
	machine_step(&m, EVENT_EMPTY, &s, NOW);
	machine_step(&m, EVENT_EXECUTED, &s, NOW);
	machine_step(&m, EVENT_EMPTY, &s, NOW + 10 * USEC_PER_SEC);
	ok(m.state == KEEPER_STARTING, "after the interval it counts anew");
	service_free(&s);
}

static void
test_settle(void)
{
	struct service s;
	struct machine m;

	make_service(&s);
	s.ready = READY_SETTLE;
	s.ready_settle_usec = 2 * USEC_PER_SEC;
	machine_start(&m, &s, NOW);
	ok(machine_step(&m, EVENT_EXECUTED, &s, NOW) == 0 &&
	    machine_deadline(&m) == NOW + 2 * USEC_PER_SEC,
	    "settle is not ready at exec, but its time later");
	ok(machine_step(&m, EVENT_DEADLINE, &s, NOW + 2 * USEC_PER_SEC) ==
	    (DO_ANNOUNCE | DO_READY), "it is ready when it has settled");
	s.timeout_start_usec = USEC_PER_SEC;
	machine_start(&m, &s, NOW);
	machine_step(&m, EVENT_EXECUTED, &s, NOW);
	machine_step(&m, EVENT_DEADLINE, &s, NOW + USEC_PER_SEC);
	ok(m.state == KEEPER_STOPPING && m.result == RESULT_TIMEOUT,
	    "a start timeout before that ends it");
	machine_start(&m, &s, NOW);
	machine_step(&m, EVENT_EXECUTED, &s, NOW);
	m.code = CLD_EXITED;
	machine_step(&m, EVENT_EMPTY, &s, NOW);
	ok(m.state == KEEPER_ENDED &&
	    machine_active_state(&m) == STATE_FAILED,
	    "exit 0 before it has settled is a failed start");
	service_free(&s);
}

static void
test_stop(void)
{
	struct service s;
	struct machine m;

	make_service(&s);
	bring(&m, &s, KEEPER_STOPPING);
	ok(m.signal == SIGTERM &&
	    machine_deadline(&m) == NOW + 30 * USEC_PER_SEC,
	    "a stop sends the first signal and waits its time");
	machine_step(&m, EVENT_STOP, &s, NOW);
	ok(m.signal == SIGTERM, "a command's second request changes nothing");
	machine_step(&m, EVENT_HURRY, &s, NOW);
	ok(m.signal == SIGKILL, "a signal by hand goes to the next step");
	machine_step(&m, EVENT_DEADLINE, &s, NOW);
	ok(m.stuck && strcmp(machine_sub_state(&m), "stuck") == 0,
	    "an exhausted schedule is stuck");
	machine_step(&m, EVENT_STOP, &s, NOW);
	ok(!m.stuck && m.signal == SIGTERM,
	    "the next request begins the schedule again");
	machine_step(&m, EVENT_RESTART, &s, NOW);
	machine_step(&m, EVENT_EMPTY, &s, NOW);
	ok(m.state == KEEPER_ENDED &&
	    machine_active_state(&m) == STATE_INACTIVE,
	    "a restart does not undo a stop");
	bring(&m, &s, KEEPER_RUNNING);
	machine_step(&m, EVENT_RESTART, &s, NOW);
	machine_step(&m, EVENT_EMPTY, &s, NOW);
	ok(m.state == KEEPER_STARTING, "a restart starts again");
	bring(&m, &s, KEEPER_RUNNING);
	machine_step(&m, EVENT_RESTART, &s, NOW);
	machine_step(&m, EVENT_STOP, &s, NOW);
	ok(machine_step(&m, EVENT_EMPTY, &s, NOW) == END,
	    "a stop during a restart is not lost");
	service_free(&s);
}

int
main(void)
{
	test_table();
	test_policy();
	test_backoff();
	test_immediate();
	test_again();
	test_mixed();
	test_limit();
	test_settle();
	test_stop();
	return done();
}
