#!/usr/bin/env bats
# status: what it says and its exit status, in each state of a service.

# shellcheck disable=SC2016,SC2030,SC2031,SC2154
load helpers

@test "running: 0, with name, state and pid" {
	start_witness web
	hf status web
	match "$output" "web +running.* pid $(pid_of web)"
	match "$output" "$VICTIMS/witness"
}

@test "stopped: 3, with how it ended" {
	hf start web -- "$VICTIMS/listener" "$T/heard"
	wait_until 10 has_lines "$T/heard" 1
	hf stop web
	hf 3 status web
	match "$output" 'web +stopped'
	match "$output" 'exit 0'
}

@test "failed: 3, with how it ended" {
	hf start web -- "$VICTIMS/crasher" "$T/runs" 1 exit:3
	hf wait web down --timeout=20s
	hf 3 status web
	match "$output" 'web +failed'
	match "$output" 'exit 3'
}

@test "killed: 3, with the signal's name" {
	hf start web -- "$VICTIMS/crasher" "$T/runs" 1 signal:11
	hf wait web down --timeout=20s
	hf 3 status web
	match "$output" 'killed by SIGSEGV'
}

@test "killed by a real-time signal: 3, with its name as kill(1) has it" {
	hf start web -- "$VICTIMS/crasher" "$T/runs" 1 signal:37
	hf wait web down --timeout=20s
	hf 3 status web
	match "$output" 'was killed by SIGRTMIN\+3'
}

@test "a start that failed: 3, with the step" {
	hf 5 start web -- "$T/no-such"
	hf 3 status web
}

@test "never heard of: 3, and nothing is made" {
	hf 3 status web
	[ ! -e "$HOLDFAST_RUN_DIR" ]
}

@test "dead with a pidfile left: 1" {
	mkdir -p "$HOLDFAST_RUN_DIR/web"
	chmod 0755 "$HOLDFAST_RUN_DIR" "$HOLDFAST_RUN_DIR/web"
	printf 4194303 >"$HOLDFAST_RUN_DIR/web/pid"
	hf 1 status web
}

@test "a record that is garbage: 4, and says so" {
	start_witness web
	hf stop web
	printf 'garbage\0garbage' >"$HOLDFAST_RUN_DIR/web/record"
	hf 4 status web
	match "$stderr" '^holdfast: web: '
}

@test "an unreadable run directory: 4" {
	requires user
	start_witness web
	hf stop web
	chmod 0000 "$HOLDFAST_RUN_DIR/web"
	hf 4 status web
	chmod 0755 "$HOLDFAST_RUN_DIR/web"
}

@test "running without a keeper by choice: 0, with a note" {
	start_witness web --no-keeper
	hf status web
	match "$output" 'keeper'
}

@test "keeper killed: 0, with a note" {
	start_witness web
	kill -KILL "$(keeper_of web)"
	wait_until 10 gone "$(keeper_of web)"
	hf status web
	match "$output" 'keeper'
	match "$output" "pid $(field web MainPID)"
}

@test "status changes nothing in the run directory" {
	start_witness web
	local before
	before=$(listing)
	hf status web
	hf status web --json
	is "$(listing)" "$before"
}

@test "--quiet says nothing, by its exit status only" {
	start_witness web
	hf status --quiet web
	is "$output$stderr" ""
	hf stop web
	hf 3 status --quiet web
	is "$output$stderr" ""
}

@test "the number of restarts is shown" {
	hf start web --restart=always -- "$VICTIMS/crasher" "$T/runs" 1 exit:3
	wait_until 20 field_is web NRestarts 1
	hf wait web up --timeout=20s
	hf status web
	match "$output" 'restarts 1'
}

@test "memory, cpu and the log are shown" {
	start_witness web
	hf status web
	match "$output" 'memory [0-9.]+ [KM]iB'
	match "$output" 'cpu [0-9.]+ '
	match "$output" ' log +[~/].*/log/web\.log \('
}

@test "what happened is shown" {
	hf start web --restart=always -- "$VICTIMS/crasher" "$T/runs" 1 exit:3
	wait_until 20 field_is web NRestarts 1
	hf status web
	match "$output" 'exited with status 3'
}

@test "--json is an object with the names of the properties" {
	start_witness web
	hf status web --json
	match "$output" '"services"'
	match "$output" '"name": *"web"'
	match "$output" "\"mainpid\": *$(pid_of web)"
}

@test "--json can be parsed" {
	requires jq
	start_witness web --env 'ODD="\x'
	hf status web nosuch --json || true
	run jq -r '.services[0].mainpid' <<<"$output"
	is "$output" "$(pid_of web)"
}

@test "another user's status works without any right" {
	requires root
	user_setup 65534
	start_witness web
	run as_user 65534 "$USERS/holdfast" status web \
		--run-dir "$HOLDFAST_RUN_DIR"
	is "$status" 0 "$output"
	match "$output" "pid $(pid_of web)"
}

@test "a symlink to another process's pidfile is not followed" {
	start_witness web
	mkdir "$HOLDFAST_RUN_DIR/other"
	ln -s ../web/pid "$HOLDFAST_RUN_DIR/other/pid"
	hf 1 status other
	no_match "$output" "$(pid_of web)"
	rm "$HOLDFAST_RUN_DIR/other/pid"
}

# Of several, what runs is taken from its keeper's word where that is good.
@test "of several, one that is dead is not running, though its keeper is stopped" {
	start_witness web
	start_witness other
	local keeper
	keeper=$(keeper_of web)
	kill -STOP "$keeper"
	kill -KILL "$(pid_of web)"
	wait_until 10 is_zombie "$(field web MainPID)"
	hf 3 status other web
	match "$output" 'other +running'
	no_match "$output" 'web +running'
	kill -CONT "$keeper"
}

is_zombie() {
	grep -q '^State:.*Z' "/proc/$1/status"
}

@test "of several, one whose keeper is dead is told from the others" {
	start_witness web
	start_witness other
	kill -KILL "$(keeper_of web)"
	wait_until 10 gone "$(keeper_of web)"
	hf status other web
	match "$output" 'other +running, ready'
	match "$output" 'web +running \(no keeper\)'
}

@test "of several, one of another user is running too" {
	requires root
	user_setup 65534
	start_witness web
	start_witness other
	hf_as 65534 0 status web other --run-dir "$HOLDFAST_RUN_DIR"
	is "$(grep -c 'running, ready' <<<"$output")" 2
}

# The names of 400 services in $names, of which only the last runs.
many() {
	start_witness last
	mapfile -t names < <(seq -f 'no-%03g' 399)
	names+=(last)
}

@test "of hundreds each is told, in the order of the command line" {
	many
	hf 3 status "${names[@]}"
	diff <(printf '%s\n' "${names[@]}") \
	    <(sed -n 's/^[^ ]* \([^ ]*\) .*/\1/p' <<<"$output")
}

@test "of hundreds the exit status is the highest, whoever looked at it" {
	many
	hf stop last
	hf 3 status --quiet "${names[@]}"
	printf 'garbage' >"$HOLDFAST_RUN_DIR/last/record"
	hf 4 status --quiet "${names[@]}"
}

@test "a process that looks at some of hundreds and is killed: 4, and says so" {
	requires strace
	strace -qq -o "$T/trace" true 2>/dev/null || skip "needs ptrace"
	[ "$(nproc)" -gt 1 ] || skip "needs two processors"
	many
	# Only a process that was forked for a share calls it.
	run --separate-stderr timeout 30 strace -f -qq -o "$T/trace" \
	    -e trace=dup2 -e inject=dup2:error=EPERM:signal=KILL \
	    "$HOLDFAST" status "${names[@]}"
	[ "$status" -eq 4 ]
	match "$stderr" 'process [0-9]+, .* was killed'
}
