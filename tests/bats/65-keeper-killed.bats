#!/usr/bin/env bats
# The keeper is killed with SIGKILL, at any moment: nothing is lost with it.
#
# shellcheck disable=SC2154 # bats sets output and status
# shellcheck disable=SC2016 # scripts for another shell are in quotes
# shellcheck disable=SC2030,SC2031 # each test is a subshell

load helpers

# Kill web's keeper and wait until it is gone.
kill_keeper() {
	local keeper

	keeper=$(keeper_of web)
	kill -KILL "$keeper"
	wait_until 5 gone "$keeper"
}

start_and_kill_keeper() {
	hf start web "$@" -- "$VICTIMS/loner" -a "hftest-$BASHPID" \
		-e "$T/one" -d "$T/double" -r "$T/report"
	wait_until 5 has_lines "$T/report" 1
	main=$(field web MainPID)
	first_keeper=$(keeper_of web)
	kill_keeper
}

adopt() {
	hf start web -- "$VICTIMS/loner" -a "hftest-$BASHPID" \
		-e "$T/one" -d "$T/double" -r "$T/report"
}

@test "a service goes on when its keeper is killed" {
	start_and_kill_keeper
	alive "$main"
}

@test "a stopped service gets neither HUP nor CONT when its keeper is killed" {
	hf start web -- sleep 1000
	main=$(field web MainPID)
	kill -STOP "$main"
	wait_until 5 is_stopped "$main"
	kill_keeper
	is "$(stat_field "$main" 3)" T "state"
	is "$(sed -n 's/^ShdPnd:[[:space:]]*//p' "/proc/$main/status")" \
		0000000000000000 "pending signals"
	kill -CONT "$main"
}

is_stopped() {
	[ "$(stat_field "$1" 3)" = T ]
}

@test "status of a service without its keeper is 0, with a note" {
	start_and_kill_keeper
	hf status web
	match "$output" "$main"
	match "$output$stderr" "keeper"
}

@test "list knows a service that has lost its keeper" {
	start_and_kill_keeper
	hf list
	match "$output" "web.*$main|$main.*web"
}

@test "start adopts a service that has lost its keeper, without touching it" {
	start_and_kill_keeper
	adopt
	match "$output" "pid $main"
	is "$(field web MainPID)" "$main" "main pid"
	is "$(wc -l <"$T/report")" 1 "instances that ran"
	[ "$(keeper_of web)" != "$first_keeper" ]
	alive "$(keeper_of web)"
}

@test "the pidfile is there and holds the pid after an adoption" {
	start_and_kill_keeper
	adopt
	is "$(pid_of web)" "$main" "pid in the pidfile"
	run ! flock -n "$HOLDFAST_RUN_DIR/web/pid" true
}

@test "status after an adoption has no note" {
	start_and_kill_keeper
	adopt
	hf status web
	no_match "$output$stderr" "no keeper|without keeper|lost its keeper"
}

@test "a second start after an adoption finds it running" {
	start_and_kill_keeper
	adopt
	hf start web -- sleep 1000
	match "$output" "already running, pid $main"
}

@test "64 starts at once after the keeper was killed make no second instance" {
	start_and_kill_keeper
	run timeout 60 "$VICTIMS/storm" -d "$T/double" -p "$T/report" \
		"64:$(command -v "$HOLDFAST") start web -- $VICTIMS/loner -a x \
-e $T/one -d $T/double -r $T/report" 3>&-
	report storm
	is "$(field web MainPID)" "$main" "main pid"
	is "$(wc -l <"$T/report")" 1 "instances that ran"
	alive "$main"
}

@test "stop works before an adoption" {
	start_and_kill_keeper
	hf stop web
	gone "$main"
	nothing_left web
	hf 3 status web
}

# An orphan whose output, $T/gone/out, cannot be opened any more.
lose_output() {
	mkdir "$T/gone"
	start_and_kill_keeper --output="$T/gone/out"
	rm -r "$T/gone"
}

# An orphan that has something else in the place of its FIFO.
replace_fifo() {
	start_and_kill_keeper
	rm "$HOLDFAST_RUN_DIR/web/output"
	touch "$HOLDFAST_RUN_DIR/web/output"
}

@test "stop works before an adoption though the output cannot be opened" {
	lose_output
	hf stop web
	gone "$main"
	nothing_left web
}

@test "stop works before an adoption though the output is no FIFO" {
	replace_fifo
	hf stop web
	gone "$main"
	nothing_left web
}

@test "start adopts a service whose output cannot be opened, with a note" {
	lose_output
	adopt
	match "$stderr" "cannot open output $T/gone/out: No such file"
	match "$output" "already running, pid $main .adopted"
	alive "$(keeper_of web)"
}

@test "start adopts a service whose output is no FIFO, with a note" {
	replace_fifo
	adopt
	match "$stderr" "cannot open $HOLDFAST_RUN_DIR/web/output: "
	alive "$(keeper_of web)"
	is "$(wc -l <"$T/report")" 1 "instances that ran"
}

@test "after an adoption without its FIFO a restart has its output again" {
	hf start web -- sh -c 'echo "run $$"; exec sleep 1000'
	kill_keeper
	rm "$HOLDFAST_RUN_DIR/web/output"
	touch "$HOLDFAST_RUN_DIR/web/output"
	hf start web
	hf restart web
	wait_until 5 grep -qx "run $(pid_of web)" "$HOLDFAST_LOG_DIR/web.log"
}

@test "restart after an adoption opens the output that is there again" {
	lose_output
	adopt
	mkdir "$T/gone"
	hf restart web
	is "$(readlink "/proc/$(pid_of web)/fd/1")" "$T/gone/out"
}

@test "restart without its output names it, and nothing is left" {
	lose_output
	hf 1 restart web
	match "$stderr" "cannot open output $T/gone/out: No such file"
	gone "$main"
	nothing_left web
}

@test "stop works after an adoption" {
	start_and_kill_keeper
	adopt
	hf stop web
	gone "$main"
	nothing_left web
}

@test "stop as the first process of a container leaves a readable record" {
	requires namespaces
	timeout 60 unshare -pf --mount-proc bash -c '
		"$HOLDFAST" start web --stop-schedule=TERM/1s/KILL/5 -- \
			"$VICTIMS/stubborn" "$T/ready"
		until [ -e "$T/ready" ]; do sleep 0.02; done
		keeper=$(sed -n "s/^HoldfastKeeperPID=//p" \
			"$HOLDFAST_RUN_DIR/web/record")
		kill -KILL "$keeper"
		while kill -0 "$keeper" 2>/dev/null; do sleep 0.02; done
		exec "$HOLDFAST" stop web' >"$T/out" 2>&1 3>&- &
	local first=$!
	wait_until 10 field_is web ActiveState deactivating
	is "$(field web HoldfastKeeperPID)" 0
	wait "$first"
	match "$(tail -n 1 "$T/out")" '^web: stopped .SIGKILL'
}

@test "restart works before an adoption" {
	start_and_kill_keeper
	hf restart web
	gone "$main"
	wait_until 5 has_lines "$T/report" 2
	is "$(field web MainPID)" "$(tail -n 1 "$T/report")" "main pid"
	hf status web
}

# An orphan whose later runs end with status 3 before they are ready.
never_ready_again() {
	hf start web --restart=always --ready=settle:200ms "$@" -- sh -c \
		'[ -e "$T/second" ] && exit 3; touch "$T/second"
		exec sleep 1000'
	kill_keeper
}

@test "restart before an adoption ends when its first run fails" {
	never_ready_again --restart-sec=60s
	hf 1 restart web
	match "$stderr" '\(exit 3\); it is tried again in (59 s|1 min)'
	is "$(field web SubState)" auto-restart
	alive "$(keeper_of web)"
}

@test "the same when the next run begins at once" {
	never_ready_again --restart-sec=0
	hf 1 restart web
	match "$stderr" '\(exit 3\); it is tried again in 0 ms'
	alive "$(keeper_of web)"
}

@test "the same when there is nothing to execute any more" {
	cp "$(command -v sleep)" "$T/server"
	hf start web --restart=always --restart-sec=60s -- "$T/server" 1000
	kill_keeper
	rm "$T/server"
	hf 1 restart web
	match "$stderr" "cannot execute $T/server: No such file or directory; it"
	alive "$(keeper_of web)"
}

@test "restart after an infinite time: the record is one that can be read" {
	never_ready_again --restart-sec=infinity
	hf 1 restart web
	no_match "$stderr" 'tried again'
	is "$(field web SubState)" auto-restart
	is "$(field web HoldfastRestartUSec)" 0
	hf 3 status web
}

@test "restart works after an adoption" {
	start_and_kill_keeper
	adopt
	hf restart web
	gone "$main"
	wait_until 5 has_lines "$T/report" 2
	is "$(field web MainPID)" "$(tail -n 1 "$T/report")" "main pid"
}

@test "the restart policy works after an adoption" {
	start_and_kill_keeper --restart=always --restart-sec=0
	adopt
	kill -KILL "$main"
	wait_until 10 has_lines "$T/report" 2
	hf wait web up --timeout 10
	is "$(field web MainPID)" "$(tail -n 1 "$T/report")" "main pid"
}

@test "without a policy the death of an adopted service ends its keeper" {
	start_and_kill_keeper
	adopt
	local keeper
	keeper=$(keeper_of web)
	kill -KILL "$main"
	wait_until 10 gone "$keeper"
	nothing_left web
	hf 3 status web
}

@test "a service that died after its keeper is not running, and starts anew" {
	start_and_kill_keeper
	kill -TERM "$main"
	wait_until 5 gone "$main"
	hf \? status web
	[ "$status" -eq 1 ] || [ "$status" -eq 3 ]
	adopt
	wait_until 5 has_lines "$T/report" 2
	hf status web
}

# The living processes of the tree.
forkers() {
	local pid comm

	for pid in $(marked); do
		read -r comm 2>/dev/null <"/proc/$pid/comm" &&
			[ "$comm" = forker ] && alive "$pid" && echo "$pid"
	done
	:
}

@test "what both left, main process and keeper, ends before the next start" {
	hf start web --stop-schedule TERM/1/KILL/5 -- "$VICTIMS/forker" 20 "$T/ready"
	wait_until 10 test -e "$T/ready"
	local keeper main
	keeper=$(keeper_of web) main=$(field web MainPID)
	kill -KILL "$keeper" "$main"
	wait_until 5 gone "$main"
	[ -n "$(forkers)" ]
	hf start web -- sleep 1000
	is "$(forkers)" "" "what is left of the first tree"
}

@test "what both left, main process and keeper, is stopped by stop" {
	hf start web --stop-schedule TERM/1/KILL/5 -- "$VICTIMS/forker" 20 "$T/ready"
	wait_until 10 test -e "$T/ready"
	local keeper main
	keeper=$(keeper_of web) main=$(field web MainPID)
	kill -KILL "$keeper" "$main"
	wait_until 5 gone "$main"
	hf stop web
	nothing_left web
}

@test "the whole tree is stopped after an adoption too" {
	hf start web --stop-schedule TERM/1/KILL/5 -- "$VICTIMS/forker" 40 "$T/ready"
	wait_until 10 test -e "$T/ready"
	kill_keeper
	hf start web --stop-schedule TERM/1/KILL/5 -- "$VICTIMS/forker" 40 "$T/ready"
	hf stop web --verbose
	nothing_left web
}

# Kill the keeper and adopt, COUNT times at least, and on until FILE is there;
# but not for ever: where a keeper has no time for more than a pipeful before it
# is killed, the writer hardly gets on.
kill_until() {
	local count=0

	while [ "$count" -lt "$1" ] ||
		{ [ "$count" -lt $((20 * $1)) ] && [ ! -e "$2" ]; }; do
		kill_keeper
		hf start web -- "$VICTIMS/chatter"
		count=$((count + 1))
	done
	echo "$count keepers were killed"
	wait_until 20 test -e "$2"
}

# Every line from 1 to $1 is in the log, once, and in order.
log_is_whole() {
	wait_until 20 has_lines "$HOLDFAST_LOG_DIR/web.log" "$1"
	hf stop web
	run awk -v count="$1" '
		$0 != "line " NR " of a chatter" {
			print "log line " NR " is: " $0
			if (++bad > 5)
				exit
		}
		END { if (NR != count) print NR " lines, not " count }' \
		"$HOLDFAST_LOG_DIR/web.log"
	is "$output" "" "what is wrong in the log"
}

@test "every line of a steady writer is in the log, once and in order" {
	hf start web -- "$VICTIMS/chatter" 60000 "$T/done" 2000
	kill_until 10 "$T/done"
	log_is_whole 60000
}

@test "every line of a log storm is in the log, once and in order" {
	local count=${HFTEST_LINES:-1000000}

	hf start web -- "$VICTIMS/chatter" "$count" "$T/done"
	kill_until 10 "$T/done"
	log_is_whole "$count"
}

@test "the pipe keeps what a service writes while it has no keeper" {
	mkfifo "$T/go"
	hf start web -- bash -c 'echo one; read -r _ <"$0"; echo two; : >"$0.done"
		exec sleep 1000' "$T/go"
	wait_until 5 has_lines "$HOLDFAST_LOG_DIR/web.log" 1 || :
	kill_keeper
	echo >"$T/go"
	wait_until 5 test -e "$T/go.done"
	hf start web -- sleep 1000
	wait_until 5 has_lines "$HOLDFAST_LOG_DIR/web.log" 2
	match "$(cat "$HOLDFAST_LOG_DIR/web.log")" "one.*two"
}

@test "a writer is not killed when it writes more than the pipe holds" {
	hf start web -- "$VICTIMS/chatter" 20000 "$T/done"
	kill_keeper
	main=$(field web MainPID)
	alive "$main"
	hf start web -- "$VICTIMS/chatter"
	wait_until 10 test -e "$T/done"
	log_is_whole 20000
}

@test "a keeper killed in the middle of a stop: the stop goes on" {
	hf start web --stop-schedule TERM/60/KILL/5 -- "$VICTIMS/stubborn" \
		"$T/ready"
	wait_until 5 test -e "$T/ready"
	main=$(field web MainPID)
	"$HOLDFAST" stop web >"$T/out" 2>&1 3>&- &
	local stopping=$!
	wait_until 5 field_is web ActiveState deactivating
	kill_keeper
	# The stop is the keeper now, with the same schedule.
	wait_until 5 field_is web HoldfastKeeperPID "$stopping"
	alive "$main"
	kill -KILL "$stopping"
	wait "$stopping" || :
	alive "$main"
	hf start web -- sleep 1000
	kill -KILL "$main"
	wait_until 10 gone "$main"
}

@test "a keeper killed while it waits to restart: the next start starts" {
	hf start web --restart=always --restart-sec=60 -- "$VICTIMS/loner" \
		-r "$T/report"
	wait_until 5 has_lines "$T/report" 1
	kill -KILL "$(field web MainPID)"
	wait_until 5 field_is web SubState auto-restart
	kill_keeper
	hf \? status web
	[ "$status" -eq 1 ] || [ "$status" -eq 3 ]
	hf start web
	wait_until 5 has_lines "$T/report" 2
	hf status web
}

# without CALL COMMAND...: run holdfast with CALL failing with ENOSYS in the
# command and the keeper that it leaves behind, which stay traced.
without() {
	local calls=$1

	shift
	requires strace
	strace -f -qq -o "$T/trace" -e "trace=$calls" -e "inject=$calls:error=ENOSYS" \
		-D "$HOLDFAST" "$@" 3>&- </dev/null
}

works_without() {
	requires strace
	strace -qq -o "$T/trace" true 2>/dev/null || skip "needs ptrace"
	run --separate-stderr timeout 60 bash -c "$(declare -f without requires)"'
		set -e
		calls=$1
		shift
		without "$calls" start web -- "$@"
		without "$calls" status web
		without "$calls" restart web
		without "$calls" stop web
	' bash "$1" "$VICTIMS/loner" -a "hftest-$BASHPID" -d "$T/double" 3>&-
	report "life without $1"
	is "$status" 0 "exit status"
	nothing_left web
}

@test "start, restart and stop work without pidfds" {
	works_without pidfd_open,pidfd_send_signal
}

@test "start, restart and stop work without inotify" {
	works_without inotify_init1
}

@test "start, restart and stop work without splice" {
	works_without splice
}

@test "start, restart and stop work without close_range" {
	works_without close_range
}

# A second keeper is stopped as the first one was.
has_gone_on() {
	sed -n 's/ .*stopped by SIGSTOP.*//p' "$T/trace" |
		xargs -r kill -CONT 2>/dev/null || :
	gone "$1"
}

# adopt_the_dying: start web again, whose keeper is dead; its main process
# dies after start has seen it alive, and before the new keeper looks.
adopt_the_dying() {
	local starter code=0

	requires strace
	strace -qq -o "$T/trace" true 2>/dev/null || skip "needs ptrace"
	timeout 60 strace -f -D -qq -o "$T/trace" -e trace=prctl \
		-e inject=prctl:signal=STOP:when=1 "$HOLDFAST" start web \
		>"$T/out" 2>&1 3>&- &
	starter=$!
	wait_until 10 grep -q 'stopped by SIGSTOP' "$T/trace"
	kill -KILL "$main"
	wait_until 5 gone "$main"
	wait_until 20 has_gone_on "$starter"
	wait "$starter" || code=$?
	is "$code" 0 "$(cat "$T/out")"
}

@test "what dies while it is adopted is started anew, and not called running" {
	start_and_kill_keeper
	adopt_the_dying
	match "$(cat "$T/out")" "^web: running, pid $(pid_of web) "
	run ! is "$(pid_of web)" "$main"
	wait_until 5 has_lines "$T/report" 2
}

@test "the same with Restart=: it is restarted, and start waits for that" {
	start_and_kill_keeper --restart=on-success --restart-sec=200ms
	adopt_the_dying
	match "$(cat "$T/out")" "^web: running, pid $(pid_of web) "
	is "$(field web NRestarts)" 1
	wait_until 5 has_lines "$T/report" 2
}

@test "stop and adoption work without pidfds" {
	requires strace
	start_and_kill_keeper
	strace -qq -o "$T/trace" true 2>/dev/null || skip "needs ptrace"
	# strace stays as long as the keeper: it must not have run's pipe.
	timeout 60 strace -f -D -qq -o "$T/trace" \
		-e inject=pidfd_open,pidfd_send_signal:error=ENOSYS \
		"$HOLDFAST" start web -- sleep 1000 >"$T/out" 2>&1 3>&-
	is "$(field web MainPID)" "$main" "main pid"
	kill -KILL "$main"
	# The keeper has no pidfd to tell it: it looks by time.
	wait_until 10 field_is web MainPID 0
	nothing_left web
}
