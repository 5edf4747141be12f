#!/usr/bin/env bats
# stop tells the truth: exit 0 means that the whole tree is gone.  The bounds
# on time here are generous: they tell "at once" from "a step of the schedule
# later", not fast from slow.

# shellcheck disable=SC2016,SC2030,SC2031,SC2154
load helpers

# stops_within SECONDS NAME: and nothing is left when it returns.
stops_within() {
	local begin=$SECONDS

	hf stop "$2"
	is "$(marked)" "" "alive when stop returned"
	if [ $((SECONDS - begin)) -gt "$1" ]; then
		echo "took $((SECONDS - begin)) s" >&2
		return 1
	fi
	nothing_left "$2"
}

start_listener() {
	hf start "$@" -- "$VICTIMS/listener" "$T/$1.heard"
	wait_until 10 has_lines "$T/$1.heard" 1
}

@test "stop ends the service and says how" {
	start_witness web
	hf stop web
	match "$output" '^web: stopped \(SIGTERM, [0-9]+ m?s\)$'
	nothing_left web
}

@test "stop of what is not running is exit 0" {
	start_witness web
	hf stop web
	hf stop web
	match "$output" '^web: '
}

@test "stop of a name never heard of is exit 0 and makes nothing" {
	hf stop web
	[ ! -e "$HOLDFAST_RUN_DIR/web" ]
}

@test "stop --quiet says nothing" {
	start_witness web
	hf stop --quiet web
	is "$output$stderr" ""
}

@test "a tree of 200 is gone when stop returns" {
	hf start web --stop-schedule=TERM/500ms/KILL/10 -- \
		"$VICTIMS/forker" 200 "$T/ready"
	wait_until 30 test -e "$T/ready"
	# The main process, 200, and the keeper.
	[ "$(marked | wc -l)" -ge 195 ]
	stops_within 20 web
}

@test "a tree of 200 without a keeper is gone too" {
	hf start web --no-keeper --stop-schedule=TERM/500ms/KILL/10 -- \
		"$VICTIMS/forker" 200 "$T/ready"
	wait_until 30 test -e "$T/ready"
	stops_within 20 web
}

is_sleep() {
	[ "$(cat "/proc/$1/comm")" = sleep ]
}

# escaped NAME OPTION...: a service without a keeper that is dead, and has left
# a process $escaped that only its lock tells of: no parent, session or
# environment of it.
escaped() {
	local name=$1

	shift
	# shellcheck disable=SC2016 # the service's shell expands it
	hf start "$name" --no-keeper "$@" -- /bin/sh -c 'setsid env -i \
	    HFTEST_MARK="$HFTEST_MARK" /bin/sh -c "echo \$\$ >\"$1\"; exec sleep 1000" sh "$1" & exit 0' \
	    sh "$T/escaped"
	wait_until 10 test -s "$T/escaped"
	escaped=$(<"$T/escaped")
	wait_until 10 gone "$(field "$name" MainPID)"
}

@test "what has left a service without a keeper is found by its lock" {
	escaped web
	stops_within 15 web
	gone "$escaped"
}

@test "and is ended by the next start" {
	escaped web
	hf start web --no-keeper -- sleep 1000
	gone "$escaped"
}

@test "a stranger that locks the pidfile of a dead service is left alone" {
	hf start web --no-keeper -- /bin/sh -c 'exit 0'
	wait_until 10 gone "$(field web MainPID)"
	(flock 9 && exec sleep 1000 3>&-) 9<"$HOLDFAST_RUN_DIR/web/pid" &
	stranger=$!
	wait_until 10 is_sleep "$stranger"
	hf 1 stop web
	match "$stderr" 'cannot lock'
	alive "$stranger"
	kill "$stranger"
}

@test "a stopped service is stopped" {
	start_listener web
	kill -STOP "$(pid_of web)"
	stops_within 15 web
	is "$(tail -n 1 "$T/web.heard")" "$(kill -l TERM)"
}

@test "a stopped service without a keeper is stopped" {
	start_listener web --no-keeper
	kill -STOP "$(pid_of web)"
	stops_within 15 web
}

@test "a stopped keeper is no obstacle" {
	start_listener web
	kill -STOP "$(keeper_of web)"
	stops_within 15 web
}

@test "a stopped keeper and a stopped service are no obstacle" {
	start_listener web
	kill -STOP "$(keeper_of web)" "$(pid_of web)"
	stops_within 15 web
}

@test "a whole stopped tree is stopped" {
	hf start web --stop-schedule=TERM/500ms/KILL/10 -- \
		"$VICTIMS/forker" 20 "$T/ready"
	wait_until 10 test -e "$T/ready"
	# shellcheck disable=SC2046
	kill -STOP $(marked) 2>/dev/null || true
	stops_within 20 web
}

@test "what ignores TERM gets KILL by the schedule" {
	hf start web --stop-schedule=TERM/200ms/KILL/10 -- \
		"$VICTIMS/stubborn" "$T/ready"
	wait_until 10 test -e "$T/ready"
	hf stop web
	match "$output" 'SIGKILL'
	nothing_left web
}

@test "what ignores TERM gets KILL without a keeper too" {
	hf start web --no-keeper --stop-schedule=TERM/200ms/KILL/10 -- \
		"$VICTIMS/stubborn" "$T/ready"
	wait_until 10 test -e "$T/ready"
	stops_within 10 web
}

@test "--stop-timeout is the wait before KILL" {
	hf start web --stop-timeout=200ms -- "$VICTIMS/stubborn" "$T/ready"
	wait_until 10 test -e "$T/ready"
	stops_within 15 web
}

@test "--stop-signal is sent instead of TERM" {
	start_listener web --stop-signal=INT
	hf stop web
	is "$(tail -n 1 "$T/web.heard")" "$(kill -l INT)"
	match "$output" SIGINT
}

@test "a schedule of several signals is followed in order" {
	start_listener web --stop-schedule=HUP/100ms/USR1/100ms/TERM/10
	hf stop web
	is "$(grep -vx "$(kill -l CONT)" "$T/web.heard" | paste -sd ' ')" \
		"ready $(kill -l HUP) $(kill -l USR1) $(kill -l TERM)"
}

@test "a service that takes its time is waited for" {
	hf start web -- "$VICTIMS/listener" "$T/heard" 700
	wait_until 10 has_lines "$T/heard" 1
	hf stop web
	match "$output" SIGTERM
	nothing_left web
	match "$(field web ExecMainStatus)" '^0$'
}

@test "stop returns at the last death, not at the schedule's next step" {
	hf start web --stop-schedule=TERM/60/KILL/5 -- sh -c \
		'"$VICTIMS/listener" "$T/child" 300 & exec "$VICTIMS/listener" "$T/main"'
	wait_until 10 has_lines "$T/main" 1
	wait_until 10 has_lines "$T/child" 1
	stops_within 20 web
}

@test "a daemon that forked away from its parents is gone" {
	hf start web -- sh -c \
		'(setsid sh -c "echo \$\$ >\"$T/lost\"; exec sleep 1000" &) ; exec sleep 1001'
	wait_until 10 test -s "$T/lost"
	run -0 alive "$(cat "$T/lost")"
	stops_within 15 web
	run ! alive "$(cat "$T/lost")"
}

@test "a process without the invocation's environment is gone too" {
	hf start web -- sh -c \
		'(exec env -i setsid sleep 4242) & echo $! >"$T/lost"; exec sleep 1001'
	wait_until 10 test -s "$T/lost"
	stops_within 15 web
	run ! alive "$(cat "$T/lost")"
}

@test "when the main process dies its tree goes with it" {
	hf start web -- sh -c \
		'setsid sleep 1000 & echo $! >"$T/child"; until [ -e "$T/go" ]; do sleep 0.05; done'
	wait_until 10 test -s "$T/child"
	touch "$T/go"
	hf wait web down --timeout=20s
	wait_until 10 gone "$(cat "$T/child")"
	nothing_left web
}

# Main process and a child that both write down what they hear.
start_pair() {
	hf start web "$@" -- sh -c \
		'"$VICTIMS/listener" "$T/child" & exec "$VICTIMS/listener" "$T/main"'
	wait_until 10 has_lines "$T/main" 1
	wait_until 10 has_lines "$T/child" 1
	child=$(pgrep_listener "$T/child")
}

pgrep_listener() {
	local pid

	for pid in $(marked); do
		case $(command_line "$pid") in
		*listener" $1 ") echo "$pid" ;;
		esac
	done
}

@test "KillMode control-group signals the whole tree" {
	start_pair --kill-mode=control-group
	stops_within 15 web
	is "$(grep -cx "$(kill -l TERM)" "$T/child")" 1
	is "$(grep -cx "$(kill -l TERM)" "$T/main")" 1
}

@test "KillMode mixed signals the main process and kills the rest" {
	start_pair --kill-mode=mixed
	stops_within 15 web
	is "$(grep -cx "$(kill -l TERM)" "$T/child")" 0
	is "$(grep -cx "$(kill -l TERM)" "$T/main")" 1
}

@test "KillMode process leaves the rest alone" {
	start_pair --kill-mode=process
	hf stop web
	run -0 alive "$child"
	is "$(cat "$T/child")" ready
	kill -KILL "$child"
}

@test "KillMode process-group leaves another group alone" {
	hf start web --kill-mode=process-group -- sh -c \
		'setsid "$VICTIMS/listener" "$T/child" & "$VICTIMS/listener" "$T/mate" & exec "$VICTIMS/listener" "$T/main"'
	wait_until 10 has_lines "$T/main" 1
	wait_until 10 has_lines "$T/child" 1
	wait_until 10 has_lines "$T/mate" 1
	child=$(pgrep_listener "$T/child")
	hf stop web
	is "$(tail -n 1 "$T/mate")" "$(kill -l TERM)"
	is "$(cat "$T/child")" ready
	run -0 alive "$child"
	kill -KILL "$child"
}

@test "several stops at once all succeed" {
	local i pids=()
	start_witness web
	for i in 1 2 3 4 5 6 7 8; do
		timeout 40 "$HOLDFAST" stop web >"$T/stop.$i" 2>&1 3>&- &
		pids+=($!)
	done
	for i in "${pids[@]}"; do
		wait "$i"
	done
	nothing_left web
}

@test "several stops at once do not hurry the schedule" {
	local i pids=()
	hf start web --stop-schedule=TERM/30/KILL/5 -- \
		"$VICTIMS/listener" "$T/heard" 800
	wait_until 10 has_lines "$T/heard" 1
	for i in 1 2 3 4; do
		timeout 40 "$HOLDFAST" stop web >"$T/stop.$i" 2>&1 3>&- &
		pids+=($!)
	done
	for i in "${pids[@]}"; do
		wait "$i"
	done
	is "$(field web ExecMainCode)" 1 "exited, not killed"
}

@test "TERM to the keeper stops the service" {
	start_listener web
	kill -TERM "$(keeper_of web)"
	hf wait web down --timeout=20s
	is "$(tail -n 1 "$T/web.heard")" "$(kill -l TERM)"
	nothing_left web
}

@test "TERM twice to the keeper goes to the next step at once" {
	hf start web --stop-schedule=TERM/60/KILL/5 -- \
		"$VICTIMS/stubborn" "$T/ready"
	wait_until 10 test -e "$T/ready"
	kill -TERM "$(keeper_of web)"
	wait_until 10 field_is web ActiveState deactivating
	kill -TERM "$(keeper_of web)"
	hf wait web down --timeout=20s
	nothing_left web
}

@test "a schedule that ends without success is exit 1, and says so" {
	hf start web --stop-schedule=TERM/200ms -- \
		"$VICTIMS/stubborn" "$T/ready"
	wait_until 10 test -e "$T/ready"
	hf 1 stop web
	match "$stderr" '^holdfast: web: '
	run -0 alive "$(pid_of web)"
	kill -KILL "$(pid_of web)"
	hf wait web down --timeout=20s
}

@test "stop --dry-run stops nothing" {
	start_witness web
	hf stop --dry-run web
	hf status web
}

@test "the end that stop brought about is recorded" {
	start_witness web
	hf stop web
	is "$(field web ActiveState)" inactive
	is "$(field web MainPID)" 0
}

@test "stop of a pidfile that nobody known has locked: 1, and says so" {
	mkdir -p "$HOLDFAST_RUN_DIR/web"
	sh -c 'exec 9>"$1" && flock 9 && touch "$2" && exec sleep 1000' sh \
		"$HOLDFAST_RUN_DIR/web/pid" "$T/locked" 3>&- &
	local holder=$!
	wait_until 10 test -e "$T/locked"
	hf 1 stop web
	is "$stderr" "holdfast: web: cannot lock pidfile \
$HOLDFAST_RUN_DIR/web/pid: another process has it"
	kill "$holder"
}

# A service without its keeper, which has held the file of
# --pidfile too.
orphan() {
	local keeper

	mkdir -p "$T/old"
	start_witness web --pidfile "$T/old/web.pid"
	keeper=$(keeper_of web)
	kill -KILL "$keeper"
	wait_until 10 gone "$keeper"
}

@test "stop without a keeper removes the file of --pidfile" {
	orphan
	hf stop web
	match "$output" '^web: stopped'
	nothing_left web
	[ ! -e "$T/old/web.pid" ]
}

@test "stop needs no directory of --pidfile" {
	orphan
	rm -r "$T/old"
	hf stop web
	match "$output" '^web: stopped'
	nothing_left web
}

@test "stop of a dead service leaves the file of --pidfile to who has it" {
	orphan
	local pid
	pid=$(pid_of web)
	kill -KILL "$pid"
	wait_until 10 gone "$pid"
	start_witness other --pidfile "$T/old/web.pid"
	hf stop web
	is "$stderr" ""
	is "$(cat "$T/old/web.pid")" "$(pid_of other)"
	hf status other
	hf 3 status web
}

@test "stop leaves the file of --pidfile that names another's process" {
	orphan
	echo $$ >"$T/old/web.pid"
	hf stop web
	is "$(cat "$T/old/web.pid")" $$
}

@test "a stop that cannot begin says why, and leaves the service" {
	requires strace
	strace -qq -o "$T/trace" true 2>/dev/null || skip "needs ptrace"
	orphan
	run --separate-stderr strace -qq -o "$T/trace" \
		-e inject=signalfd4:error=EMFILE "$HOLDFAST" stop web 3>&-
	is "$status" 1
	is "$stderr" "holdfast: web: cannot make a signalfd: Too many open files"
	run -0 alive "$(pid_of web)"
}
