#!/usr/bin/env bats
# Callers are not held: whoever runs start gets his descriptors, his terminal
# and his prompt back; and what he closes, fills or interrupts does no harm.

# shellcheck disable=SC2016,SC2030,SC2031,SC2154
load helpers

@test "run holdfast start returns within the time of a start" {
	local begin=$SECONDS
	run "$HOLDFAST" start web -- sleep 1000
	is "$status" 0 "$output"
	[ $((SECONDS - begin)) -lt 20 ]
}

@test "x=\$(holdfast start ...) returns within the time of a start" {
	local begin=$SECONDS x
	x=$("$HOLDFAST" start web -- sleep 1000)
	match "$x" '^web: running'
	[ $((SECONDS - begin)) -lt 20 ]
}

@test "x=\$(holdfast start --no-keeper ...) returns too" {
	local begin=$SECONDS x
	x=$("$HOLDFAST" start web --no-keeper -- sleep 1000 2>&1)
	match "$x" '^web: running'
	[ $((SECONDS - begin)) -lt 20 ]
}

@test "descriptor 3 of bats is not held either" {
	run "$HOLDFAST" start web -- sleep 1000
	is "$status" 0 "$output"
	run ls -l "/proc/$(pid_of web)/fd" "/proc/$(keeper_of web)/fd"
	no_match "$output" ' 3 -> pipe'
}

@test "a pipe behind start ends" {
	"$HOLDFAST" start web -- sleep 1000 2>&1 | cat >"$T/out"
	match "$(cat "$T/out")" '^web: running'
}

@test "a start with standard input closed" {
	run "$HOLDFAST" start web -- "$VICTIMS/witness" "$T/web.saw" <&- 3>&-
	is "$status" 0 "$output"
	wait_until 10 test -e "$T/web.saw"
	is "$(saw "$T/web.saw" fd.0)" /dev/null
	run ! flock -n "$HOLDFAST_RUN_DIR/web/pid" true
}

@test "a start with standard output closed" {
	"$HOLDFAST" start web -- "$VICTIMS/witness" "$T/web.saw" >&- 3>&-
	wait_until 10 test -e "$T/web.saw"
	is "$(grep -c '^fd\.' "$T/web.saw")" 3 "descriptors"
	run ! flock -n "$HOLDFAST_RUN_DIR/web/pid" true
}

@test "a start with standard error closed" {
	"$HOLDFAST" start web -- "$VICTIMS/witness" "$T/web.saw" \
		>"$T/out" 2>&- 3>&-
	wait_until 10 test -e "$T/web.saw"
	is "$(grep -c '^fd\.' "$T/web.saw")" 3 "descriptors"
	match "$(cat "$T/out")" '^web: running'
}

@test "a start with all three closed" {
	"$HOLDFAST" start web -- "$VICTIMS/witness" "$T/web.saw" \
		<&- >&- 2>&- 3>&-
	wait_until 10 test -e "$T/web.saw"
	is "$(grep -o '^fd\.[0-9]*' "$T/web.saw" | sort | paste -sd ' ')" \
		"fd.0 fd.1 fd.2"
	is "$(saw "$T/web.saw" fd.0)" /dev/null
	run ! flock -n "$HOLDFAST_RUN_DIR/web/pid" true
	hf stop web
}

@test "a start without a keeper with all three closed" {
	"$HOLDFAST" start web --no-keeper -- "$VICTIMS/witness" "$T/web.saw" \
		<&- >&- 2>&- 3>&-
	wait_until 10 test -e "$T/web.saw"
	is "$(saw "$T/web.saw" fd.0)" /dev/null
	run ! flock -n "$HOLDFAST_RUN_DIR/web/pid" true
	hf stop web
}

@test "nothing of a message lands in the pidfile or the record" {
	"$HOLDFAST" start web --verbose -- "$VICTIMS/witness" "$T/web.saw" \
		<&- >&- 2>&- 3>&-
	wait_until 10 test -e "$T/web.saw"
	is "$(pid_of web)" "$(saw "$T/web.saw" pid)"
	hf status web
}

@test "stop and status with all three closed" {
	start_witness web
	run -0 "$HOLDFAST" status --quiet web <&- >&- 2>&- 3>&-
	run -0 "$HOLDFAST" stop web <&- >&- 2>&- 3>&-
	nothing_left web
}

@test "a full disk behind standard output: not 0, and nothing is left" {
	run --separate-stderr bash -c \
		'"$HOLDFAST" start web -- "$VICTIMS/witness" "$T/web.saw" >/dev/full' 3>&-
	report "start >/dev/full"
	is "$status" 1
	match "$stderr" 'No space left on device'
	nothing_left web
}

@test "a full disk behind standard output of an already running one" {
	start_witness web
	run --separate-stderr bash -c \
		'"$HOLDFAST" start web -- sleep 1 >/dev/full' 3>&-
	is "$status" 1
	hf status web
	is "$(pid_of web)" "$(saw "$T/web.saw" pid)"
}

@test "a full disk behind the output of status and list: not 0" {
	start_witness web
	run bash -c '"$HOLDFAST" status web >/dev/full'
	run ! is "$status" 0
	run bash -c '"$HOLDFAST" list >/dev/full'
	run ! is "$status" 0
	run bash -c '"$HOLDFAST" show web >/dev/full'
	run ! is "$status" 0
	run bash -c '"$HOLDFAST" help >/dev/full'
	run ! is "$status" 0
}

@test "a full disk with --quiet: nothing is written, so it is 0" {
	run bash -c \
		'"$HOLDFAST" start --quiet web -- sleep 1000 >/dev/full 3>&-'
	is "$status" 0 "$output"
	hf status web
}

@test "a reader of the output who has gone does not undo a start" {
	run bash -c 'set -o pipefail; trap "" PIPE
		{ "$HOLDFAST" start web -- sleep 1000; echo $? >"$T/code"; } | true' 3>&-
	wait_until 10 test -s "$T/code"
	if [ "$(cat "$T/code")" -eq 0 ]; then
		hf status web
	else
		nothing_left web
	fi
}

# interrupted SIGNAL OPTION...: start a long start, interrupt it when the
# service is there; $code is the exit status.  $blocked: an option of env.
interrupted() {
	local signal=$1 pid

	shift
	# shellcheck disable=SC2086 # none, or an option
	env --default-signal=INT,TERM,HUP ${blocked-} "$HOLDFAST" start web \
		--ready=settle:60s "$@" -- "$VICTIMS/listener" "$T/heard" \
		>"$T/out" 2>&1 3>&- &
	pid=$!
	wait_until 10 has_lines "$T/heard" 1
	kill -"$signal" "$pid"
	code=0
	wait "$pid" || code=$?
	cat "$T/out"
}

@test "SIGINT during a start undoes it" {
	interrupted INT
	run ! is "$code" 0
	nothing_left web
}

@test "SIGTERM during a start undoes it" {
	interrupted TERM
	run ! is "$code" 0
	nothing_left web
}

@test "SIGHUP during a start undoes it" {
	interrupted HUP
	run ! is "$code" 0
	nothing_left web
}

@test "Ctrl-C on a terminal during a start undoes it" {
	printf '%s\n' '#!/bin/sh' \
		'env --default-signal=INT "$HOLDFAST" start web --ready=settle:60s -- "$VICTIMS/listener" "$T/heard" &' \
		'starter=$!' \
		'until [ -s "$T/heard" ]; do sleep 0.05; done' \
		'kill -INT "$starter"; wait "$starter"; echo "code $?"' \
		>"$T/script"
	run "$VICTIMS/ptyrun" bash -m "$T/script" 3>&-
	match "$output" 'code [1-9]'
	nothing_left web
}

@test "an interrupted start does not end with the status of success" {
	interrupted INT
	match "$code" '^(1|130)$'
}

@test "SIGINT during a start undoes it though the caller blocked it" {
	local blocked=--block-signal=INT
	interrupted INT
	is "$code" 130 "exit status"
	is "$(cat "$T/out")" \
		"holdfast: web: interrupted: the start was undone"
	nothing_left web
}

@test "SIGINT undoes one without a keeper though the caller blocked it" {
	local blocked=--block-signal=INT
	interrupted INT --no-keeper
	is "$code" 130 "exit status"
	is "$(cat "$T/out")" \
		"holdfast: web: interrupted: the start was undone"
	nothing_left web
}

@test "SIGHUP during a start without a keeper undoes it" {
	interrupted HUP --no-keeper
	is "$code" 129 "exit status"
	nothing_left web
}

# ignoring OPTION...: a start that ignores SIGINT, and gets one.
ignoring() {
	local pid code=0

	env --ignore-signal=INT "$HOLDFAST" start web --ready=settle:3s "$@" \
		-- "$VICTIMS/listener" "$T/heard" >"$T/out" 2>&1 3>&- &
	pid=$!
	wait_until 10 has_lines "$T/heard" 1
	kill -INT "$pid"
	wait "$pid" || code=$?
	is "$code" 0 "$(cat "$T/out")"
	hf status web
}

@test "a SIGINT that the caller ignores stays ignored" {
	ignoring
}

@test "a SIGINT that the caller ignores stays ignored without a keeper" {
	ignoring --no-keeper
}

@test "a starter killed with SIGKILL leaves a state that is understood" {
	local pid
	"$HOLDFAST" start web --ready=settle:2s -- "$VICTIMS/listener" \
		"$T/heard" >"$T/out" 2>&1 3>&- &
	pid=$!
	wait_until 10 has_lines "$T/heard" 1
	kill -KILL "$pid"
	wait "$pid" || true
	hf \? status web
	hf stop web
	nothing_left web
}

@test "interrupting a start that waits for another's does not undo that" {
	local first code=0
	"$HOLDFAST" start web --ready=settle:5s -- "$VICTIMS/listener" \
		"$T/heard" >"$T/out" 2>&1 3>&- &
	first=$!
	wait_until 10 has_lines "$T/heard" 1
	timeout -s INT 1 env --default-signal=INT "$HOLDFAST" start web \
		-- "$VICTIMS/listener" "$T/heard2" >"$T/out2" 2>&1 3>&- || true
	wait "$first" || code=$?
	is "$code" 0 "$(cat "$T/out")"
	[ ! -e "$T/heard2" ]
	hf status web
}

@test "the caller's children are not the keeper's" {
	run bash -c 'sleep 1000 >/dev/null 2>&1 3>&- &
		"$HOLDFAST" start web -- sleep 1000; exec sleep 0' 3>&-
	is "$status" 0 "$output"
	hf stop web
	run marked
	is "$(command_line "$output")" "sleep 1000 " "what is alive: $output"
	kill "$output"
}

@test "the caller's children are not the service's without a keeper either" {
	run bash -c 'sleep 1000 >/dev/null 2>&1 3>&- & echo $! >"$T/child"
		exec "$HOLDFAST" start web --no-keeper --ready=settle:10s \
			-- false' 3>&-
	is "$status" 1 "$output"
	run -0 alive "$(cat "$T/child")"
	kill "$(cat "$T/child")"
}

@test "two hundred open descriptors of the caller do not reach the service" {
	local fd
	for fd in {10..209}; do
		eval "exec $fd</dev/null"
	done
	start_witness web
	is "$(grep -c '^fd\.' "$T/web.saw")" 3
	run ls "/proc/$(keeper_of web)/fd"
	[ "$(wc -w <<<"$output")" -lt 30 ]
}
