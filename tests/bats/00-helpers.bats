#!/usr/bin/env bats
# The helpers themselves: a test can only be trusted when what it stands on
# fails where it should.  Needs the victims, but not holdfast.

# shellcheck disable=SC2016,SC2030,SC2031,SC2034,SC2154
load helpers

@test "is fails for different values and says both" {
	run is one two
	[ "$status" -ne 0 ]
	[[ $output == *one*two* ]]
}

@test "is succeeds for equal values" {
	is one one
}

@test "match and no_match are opposites" {
	match abc '^a.c$'
	run no_match abc '^a.c$'
	[ "$status" -ne 0 ]
	run match abc x
	[ "$status" -ne 0 ]
	no_match abc x
}

@test "hf fails when the exit status is not the expected one" {
	HOLDFAST=false
	run hf status web
	[ "$status" -ne 0 ]
	hf 1 status web
	hf \? status web
}

@test "wait_until gives up" {
	run wait_until 0 false
	[ "$status" -ne 0 ]
	wait_until 0 true
}

@test "a zombie is not alive" {
	# The shell that exec replaced never waits for its child.
	sh -c 'sleep 0.2 & echo $! >"$T/zombie"; exec sleep 1000' 3>&- &
	local parent=$!
	wait_until 10 test -s "$T/zombie"
	wait_until 10 gone "$(cat "$T/zombie")"
	[ -e "/proc/$(cat "$T/zombie")" ]
	kill "$parent"
	wait "$parent" || true
}

@test "marked finds a process by its environment" {
	sleep 1000 3>&- &
	local pid=$!
	wait_until 5 is_marked "$pid"
	kill "$pid"
	wait "$pid" || true
	is "$(marked)" ""
}

@test "marked finds a process by its command line" {
	env -i "$VICTIMS/witness" "$T/saw" 3>&- &
	local pid=$!
	wait_until 5 is_marked "$pid"
	kill "$pid"
	wait "$pid" || true
	is "$(marked)" ""
}

is_marked() {
	marked | grep -qx "$1"
}

@test "the teardown fails for what is left over, and ends it" {
	sleep 1000 3>&- &
	local pid=$!
	HOLDFAST=true
	run holdfast_teardown
	[ "$status" -ne 0 ]
	match "$output" "left over: $pid"
	wait_until 5 gone "$pid"
}

@test "the teardown fails for a lock that is left over" {
	mkdir -p "$HOLDFAST_RUN_DIR/web"
	: >"$HOLDFAST_RUN_DIR/web/pid"
	exec 9<"$HOLDFAST_RUN_DIR/web/pid"
	flock 9
	HOLDFAST=true
	run holdfast_teardown
	exec 9<&-
	[ "$status" -ne 0 ]
	match "$output" "still locked"
}

@test "the teardown is silent when nothing is left over" {
	HOLDFAST=true
	run holdfast_teardown
	is "$status" 0
	is "$output" ""
}

@test "ptyrun gives a controlling terminal and the command's status" {
	run "$VICTIMS/ptyrun" sh -c 'tty && : </dev/tty && exit 3'
	is "$status" 3
	match "$output" '^/dev/pts/'
}

@test "the witness sees a descriptor and an ignored signal that leak" {
	env --ignore-signal=USR1 "$VICTIMS/witness" "$T/saw" 7</dev/null 3>&- &
	local pid=$!
	wait_until 5 test -e "$T/saw"
	kill "$pid"
	wait "$pid" || true
	is "$(saw "$T/saw" fd.7)" /dev/null
	run ! is "$(saw "$T/saw" SigIgn)" 0000000000000000
}

@test "the witness sees it when a terminal becomes its controlling one" {
	env --ignore-signal=HUP setsid "$VICTIMS/witness" "$T/saw" 3>&- &
	wait_until 5 test -e "$T/saw"
	kill "$(saw "$T/saw" pid)"
	is "$(saw "$T/saw" terminal_opened)" yes
	run ! is "$(saw "$T/saw" tty_after_open)" 0
}
