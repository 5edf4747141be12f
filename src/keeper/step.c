/*
 * What the keeper does next: see step.h.  One function for each state; in each
 * a switch over all events without a default, so that the compiler names the
 * pair that was forgotten.
 */
#include "config.h"

#include "keeper/step.h"

#include <signal.h>

#include "define/schedule.h"
#include "define/service.h"

#define NEVER INT64_MAX
#define STABLE_USEC (10 * USEC_PER_SEC)	/* up so long: the back-off is over */
#define SETTLED_USEC USEC_PER_SEC	/* up so long: restart at once */
#define BACKOFF_FIRST_USEC (100 * USEC_PER_MSEC)
#define BACKOFF_MAX_USEC (10 * USEC_PER_SEC)

static int64_t
later(int64_t now, int64_t span)
{
	return span >= NEVER - now ? NEVER : now + span;
}

static unsigned
start_run(struct machine *m, const struct service *s, int64_t now)
{
	m->state = KEEPER_STARTING;
	m->main_alive = true;
	m->executed = false;
	m->stuck = false;
	m->result = RESULT_SUCCESS;
	m->code = m->status = m->signal = 0;
	m->started = now;
	m->ready = 0;
	m->settle_at = NEVER;
	m->timeout_at = later(now, s->timeout_start_usec);
	return DO_SPAWN;
}

unsigned
machine_start(struct machine *m, const struct service *s, int64_t now)
{
	*m = (struct machine){ .limit_since = now, .limit_count = 1 };
	return start_run(m, s, now);
}

void
machine_adopt(struct machine *m, int64_t now)
{
	*m = (struct machine){
		.state = KEEPER_RUNNING,
		.main_alive = true,
		.executed = true,
		.was_ready = true,
		.started = now,
		.ready = now,
		.limit_since = now,
		.limit_count = 1,
	};
}

static unsigned
end(struct machine *m)
{
	m->state = KEEPER_ENDED;
	return DO_ANNOUNCE | DO_END;
}

static unsigned
become_ready(struct machine *m, int64_t now)
{
	m->state = KEEPER_RUNNING;
	m->was_ready = true;
	m->ready = now;
	return DO_ANNOUNCE | DO_READY;
}

/* systemd.service(5): the signals that count as a clean end. */
static bool
is_clean_signal(int signal)
{
	return signal == SIGHUP || signal == SIGINT || signal == SIGTERM ||
	    signal == SIGPIPE;
}

static enum result
result_of_death(const struct machine *m, const struct service *s)
{
	/* "-" before the program. */
	if (s->exec_start.count > 0 &&
	    (s->exec_start.items[0].prefixes & EXEC_IGNORE) != 0)
		return RESULT_SUCCESS;
	if (m->code == CLD_EXITED)
		return m->status == 0 ? RESULT_SUCCESS : RESULT_EXIT_CODE;
	if (m->code == 0 || is_clean_signal(m->status))
		return RESULT_SUCCESS;
	return m->code == CLD_DUMPED ? RESULT_CORE_DUMP : RESULT_SIGNAL;
}

/* The table of Restart= in systemd.service(5). */
static bool
policy_restarts(const struct machine *m, const struct service *s)
{
	bool clean = m->result == RESULT_SUCCESS;
	bool aborted = m->result == RESULT_SIGNAL ||
	    m->result == RESULT_CORE_DUMP;

	switch (s->restart) {
	case RESTART_NO:
		return false;
	case RESTART_ALWAYS:
		return true;
	case RESTART_ON_SUCCESS:
		return clean;
	case RESTART_ON_FAILURE:
		return !clean;
	case RESTART_ON_ABNORMAL:
		return aborted || m->result == RESULT_TIMEOUT;
	case RESTART_ON_ABORT:
		return aborted;
	}
	return false;
}

int64_t
machine_backoff(const struct service *s, unsigned delays)
{
	int64_t delay = BACKOFF_FIRST_USEC;

	if (s->restart_usec_is_set)
		return s->restart_usec;
	for (unsigned i = 0; i < delays && delay < BACKOFF_MAX_USEC; i++)
		delay *= 2;
	return delay < BACKOFF_MAX_USEC ? delay : BACKOFF_MAX_USEC;
}

static void
reset_backoff(struct machine *m)
{
	m->delays = 0;
	m->was_immediate = false;
}

static bool
limit_is_hit(struct machine *m, const struct service *s, int64_t now)
{
	if (s->start_limit_burst == 0 || s->start_limit_interval_usec == 0)
		return false;
	if (now >= later(m->limit_since, s->start_limit_interval_usec)) {
		m->limit_since = now;
		m->limit_count = 0;
	}
	return m->limit_count >= s->start_limit_burst;
}

static unsigned
restart_run(struct machine *m, const struct service *s, int64_t now)
{
	if (limit_is_hit(m, s, now)) {
		m->result = RESULT_START_LIMIT;
		return end(m);
	}
	m->limit_count++;
	m->n_restarts++;
	return start_run(m, s, now) | DO_ANNOUNCE | DO_AGAIN;
}

static unsigned
apply_policy(struct machine *m, const struct service *s, int64_t now)
{
	int64_t uptime, delay = 0;

	if (!m->was_ready || !policy_restarts(m, s))
		return end(m);
	uptime = m->ready != 0 ? now - m->ready : 0;
	if (uptime >= STABLE_USEC)
		reset_backoff(m);
	if (!s->restart_usec_is_set && uptime >= SETTLED_USEC &&
	    m->delays == 0 && !m->was_immediate)
		m->was_immediate = true;
	else
		delay = machine_backoff(s, m->delays++);
	if (delay == 0)
		return restart_run(m, s, now);
	m->state = KEEPER_BACKOFF;
	m->restart_at = later(now, delay);
	return DO_ANNOUNCE | DO_AGAIN;
}

/* The main process is dead, and so is all that must go with it. */
static unsigned
conclude(struct machine *m, const struct service *s, int64_t now)
{
	switch (m->goal) {
	case GOAL_END:
		return end(m);
	case GOAL_POLICY:
		return apply_policy(m, s, now);
	case GOAL_RESTART:
		reset_backoff(m);
		return start_run(m, s, now) | DO_ANNOUNCE;
	}
	return end(m);
}

/* Go on in the schedule: send the next signal and take its wait with it. */
static unsigned
advance(struct machine *m, const struct service *s, int64_t now)
{
	const struct schedule *schedule = &s->stop_schedule;
	size_t next;
	int64_t wait;
	int signal;

	switch (schedule_next(schedule, &m->position, &signal, &wait)) {
	case MOVE_WAIT:
		m->stop_next = later(now, wait);
		return 0;
	case MOVE_EXHAUSTED:
		m->stop_next = NEVER;
		if (m->stuck)
			return 0;
		m->stuck = true;
		m->result = RESULT_TIMEOUT;
		return DO_ANNOUNCE;
	case MOVE_SIGNAL:
		break;
	}
	/* With mixed, what is left without its main process is killed. */
	m->signal = s->kill_mode == KILL_MIXED && !m->main_alive ? SIGKILL :
	    signal;
	m->stop_next = now;
	next = m->position;
	if (schedule_next(schedule, &next, &signal, &wait) == MOVE_WAIT) {
		m->position = next;
		m->stop_next = later(now, wait);
	}
	return DO_SIGNAL | DO_ANNOUNCE;
}

static unsigned
begin_stop(struct machine *m, enum keeper_goal goal, const struct service *s,
    int64_t now)
{
	m->state = KEEPER_STOPPING;
	m->goal = goal;
	m->stuck = false;
	m->stop_began = now;
	m->position = 0;
	return advance(m, s, now) | DO_ANNOUNCE;
}

static unsigned
stop_on_request(struct machine *m, enum keeper_goal goal,
    const struct service *s, int64_t now)
{
	m->requested = goal == GOAL_END;
	return begin_stop(m, goal, s, now);
}

/* The main process died before it was ready: a failure, whatever its status. */
static void
note_early_death(struct machine *m, const struct service *s)
{
	m->main_alive = false;
	if (m->result != RESULT_SUCCESS)
		return;
	m->result = result_of_death(m, s);
	if (m->result == RESULT_SUCCESS)
		m->result = m->code == CLD_EXITED ? RESULT_EXIT_CODE :
		    RESULT_SIGNAL;
}

static void
note_death(struct machine *m, const struct service *s)
{
	m->main_alive = false;
	m->result = result_of_death(m, s);
}

/* Before it was ever ready a failure is a failed start: nothing stays. */
static enum keeper_goal
goal_of_failure(const struct machine *m)
{
	return m->was_ready ? GOAL_POLICY : GOAL_END;
}

static unsigned
step_starting(struct machine *m, enum keeper_event event,
    const struct service *s, int64_t now)
{
	switch (event) {
	case EVENT_EXECUTED:
		if (m->result != RESULT_SUCCESS)
			return 0;	/* EVENT_FAILED came first */
		m->executed = true;
		if (s->ready == READY_EXEC)
			return become_ready(m, now);
		m->settle_at = later(now, s->ready_settle_usec);
		return 0;
	case EVENT_FAILED:
		/* RESULT_EXEC or RESULT_RESOURCES was set with the event. */
		return 0;
	case EVENT_DIED:
		note_early_death(m, s);
		return begin_stop(m, goal_of_failure(m), s, now);
	case EVENT_EMPTY:
		note_early_death(m, s);
		m->goal = goal_of_failure(m);
		return conclude(m, s, now);
	case EVENT_DEADLINE:
		if (m->executed && now >= m->settle_at &&
		    m->settle_at <= m->timeout_at)
			return become_ready(m, now);
		m->result = RESULT_TIMEOUT;
		return begin_stop(m, goal_of_failure(m), s, now);
	case EVENT_STOP:
	case EVENT_HURRY:
		if (!m->was_ready)
			m->result = RESULT_INTERRUPTED;
		return stop_on_request(m, GOAL_END, s, now);
	case EVENT_RESTART:
		return stop_on_request(m, GOAL_RESTART, s, now);
	}
	return 0;
}

static unsigned
step_running(struct machine *m, enum keeper_event event,
    const struct service *s, int64_t now)
{
	switch (event) {
	case EVENT_DIED:
		note_death(m, s);
		return begin_stop(m, GOAL_POLICY, s, now);
	case EVENT_EMPTY:
		note_death(m, s);
		m->goal = GOAL_POLICY;
		return conclude(m, s, now);
	case EVENT_STOP:
	case EVENT_HURRY:
		return stop_on_request(m, GOAL_END, s, now);
	case EVENT_RESTART:
		return stop_on_request(m, GOAL_RESTART, s, now);
	case EVENT_EXECUTED:
	case EVENT_FAILED:
	case EVENT_DEADLINE:
		return 0;	/* cannot happen: exec is behind us */
	}
	return 0;
}

static unsigned
step_backoff(struct machine *m, enum keeper_event event,
    const struct service *s, int64_t now)
{
	switch (event) {
	case EVENT_DEADLINE:
		return restart_run(m, s, now);
	case EVENT_RESTART:
		reset_backoff(m);
		return start_run(m, s, now) | DO_ANNOUNCE;
	case EVENT_STOP:
	case EVENT_HURRY:
		m->requested = true;
		m->stop_began = now;
		return end(m);
	case EVENT_EXECUTED:
	case EVENT_FAILED:
	case EVENT_DIED:
	case EVENT_EMPTY:
		return 0;	/* cannot happen: nothing runs */
	}
	return 0;
}

static unsigned
step_stopping(struct machine *m, enum keeper_event event,
    const struct service *s, int64_t now)
{
	switch (event) {
	case EVENT_DIED:
		m->main_alive = false;
		if (s->kill_mode != KILL_MIXED)
			return DO_ANNOUNCE;
		/* The rest was not asked, so there is nothing to wait for. */
		m->signal = SIGKILL;
		return DO_SIGNAL | DO_ANNOUNCE;
	case EVENT_EMPTY:
		m->main_alive = false;
		return conclude(m, s, now);
	case EVENT_STOP:
		/* The second request changes only where this leads. */
		m->requested = true;
		m->goal = GOAL_END;
		if (!m->stuck)
			return DO_ANNOUNCE;
		return begin_stop(m, GOAL_END, s, now);
	case EVENT_HURRY:
		if (!m->requested || m->stuck)
			return step_stopping(m, EVENT_STOP, s, now);
		return advance(m, s, now) | DO_ANNOUNCE;
	case EVENT_RESTART:
		/* A stop is not lost; what stops by itself may restart. */
		if (m->requested || !m->was_ready)
			return 0;
		m->goal = GOAL_RESTART;
		return 0;
	case EVENT_DEADLINE:
		return advance(m, s, now);
	case EVENT_EXECUTED:
	case EVENT_FAILED:
		return 0;	/* too late to matter */
	}
	return 0;
}

unsigned
machine_step(struct machine *m, enum keeper_event event,
    const struct service *s, int64_t now)
{
	switch (m->state) {
	case KEEPER_STARTING:
		return step_starting(m, event, s, now);
	case KEEPER_RUNNING:
		return step_running(m, event, s, now);
	case KEEPER_BACKOFF:
		return step_backoff(m, event, s, now);
	case KEEPER_STOPPING:
		return step_stopping(m, event, s, now);
	case KEEPER_ENDED:
		return 0;
	}
	return 0;
}

int64_t
machine_deadline(const struct machine *m)
{
	switch (m->state) {
	case KEEPER_STARTING:
		return m->settle_at < m->timeout_at ? m->settle_at :
		    m->timeout_at;
	case KEEPER_BACKOFF:
		return m->restart_at;
	case KEEPER_STOPPING:
		return m->stop_next;
	case KEEPER_RUNNING:
	case KEEPER_ENDED:
		break;
	}
	return NEVER;
}

enum active_state
machine_active_state(const struct machine *m)
{
	switch (m->state) {
	case KEEPER_STARTING:
	case KEEPER_BACKOFF:
		return STATE_ACTIVATING;
	case KEEPER_RUNNING:
		return STATE_ACTIVE;
	case KEEPER_STOPPING:
		return STATE_DEACTIVATING;
	case KEEPER_ENDED:
		break;
	}
	/* What was asked to stop did not fail by it, whatever its status. */
	if (m->result == RESULT_SUCCESS || (m->requested && m->was_ready))
		return STATE_INACTIVE;
	return STATE_FAILED;
}

const char *
machine_sub_state(const struct machine *m)
{
	switch (m->state) {
	case KEEPER_STARTING:
		return "start";
	case KEEPER_RUNNING:
		return "running";
	case KEEPER_BACKOFF:
		return "auto-restart";
	case KEEPER_STOPPING:
		return m->stuck ? "stuck" : "stop";
	case KEEPER_ENDED:
		break;
	}
	return machine_active_state(m) == STATE_FAILED ? "failed" : "dead";
}
