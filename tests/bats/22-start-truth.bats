#!/usr/bin/env bats
# start tells the truth: exit 0 means running and ready; anything else means
# that nothing of it is left, and says which step failed on what, and why.

# shellcheck disable=SC2016,SC2030,SC2031,SC2154
load helpers

# fails STATUS START-ARGUMENT...: and leaves nothing.
fails() {
	local want=$1

	shift
	hf "$want" start web "$@"
	is "$output" "" "standard output"
	match "$stderr" '^holdfast: web: '
	nothing_left web
	local code=0
	timeout 20 "$HOLDFAST" status --quiet web 3>&- || code=$?
	is "$code" 3 "status afterwards"
}

@test "no such program: 5" {
	fails 5 -- "$T/no-such"
	is "$stderr" \
	    "holdfast: web: cannot execute $T/no-such: No such file or directory"
}

@test "no such program in PATH: 5" {
	fails 5 -- no-such-program-anywhere
	match "$stderr" no-such-program-anywhere
	match "$stderr" 'PATH|No such file'
}

@test "no such program without a keeper: 5" {
	fails 5 --no-keeper -- "$T/no-such"
	match "$stderr" "cannot execute $T/no-such: No such file or directory"
}

@test "a program that is not executable: 4" {
	echo '#!/bin/sh' >"$T/script"
	fails 4 -- "$T/script"
	match "$stderr" "cannot execute $T/script: Permission denied"
}

@test "a directory as program: 4" {
	fails 4 -- "$T"
	match "$stderr" "cannot execute $T: "
}

@test "a program in a directory that is a file: 5 or 4, and says so" {
	touch "$T/file"
	hf \? start web -- "$T/file/prog"
	match "$status" '^[45]$'
	match "$stderr" "cannot execute $T/file/prog: Not a directory"
	nothing_left web
}

@test "a script whose interpreter is missing: 5, and names it" {
	printf '#!/no/such/interpreter\n' >"$T/script"
	chmod +x "$T/script"
	fails 5 -- "$T/script"
	match "$stderr" "cannot execute $T/script: .*/no/such/interpreter"
	match "$stderr" 'No such file or directory'
}

@test "a file that is no program: 1, and says so" {
	printf 'neither ELF nor script\n' >"$T/text"
	chmod +x "$T/text"
	hf \? start web -- "$T/text"
	run ! is "$status" 0
	match "$stderr" "cannot execute $T/text: Exec format error"
	nothing_left web
}

@test "an unknown user: 1" {
	hf \? start web --user no-such-user -- sleep 1000
	is "$status" 1
	match "$stderr" '^holdfast: web: .*no-such-user'
	nothing_left web
}

@test "an unknown group: 1" {
	hf \? start web --group no-such-group -- sleep 1000
	is "$status" 1
	match "$stderr" '^holdfast: web: .*no-such-group'
	nothing_left web
}

@test "another user without the right to become him: 4" {
	requires user
	hf 4 start web --user root -- sleep 1000
	match "$stderr" 'cannot become user root: Operation not permitted'
	nothing_left web
}

@test "a missing directory: 1" {
	fails 1 --chdir "$T/no-such" -- sleep 1000
	match "$stderr" \
	    "cannot change directory to $T/no-such: No such file or directory"
}

@test "a missing directory without a keeper: 1" {
	fails 1 --no-keeper --chdir "$T/no-such" -- sleep 1000
	match "$stderr" \
	    "cannot change directory to $T/no-such: No such file or directory"
}

@test "a missing library: 1, and shows the loader's line" {
	# Same length, so that nothing moves in the file.
	LC_ALL=C sed 's/libc\.so\.6/libQ.so.6/g' "$(command -v sleep)" \
		>"$T/broken"
	chmod +x "$T/broken"
	fails 1 --ready=settle:10s -- "$T/broken" 1000
	match "$stderr" 'libQ\.so\.6'
	match "$stderr" 'status 127'
}

@test "dies before settle: 1, with its status and last lines" {
	fails 1 --ready=settle:10s -- sh -c \
		'echo one; echo bind: in use >&2; exit 7'
	match "$stderr" 'exited with status 7'
	match "$stderr" '    \| one'
	match "$stderr" '    \| bind: in use'
}

@test "killed before settle: 1, with the signal's name" {
	fails 1 --ready=settle:10s -- sh -c 'kill -KILL $$'
	match "$stderr" 'SIGKILL'
}

@test "exit 0 before settle is a failure too" {
	fails 1 --ready=settle:10s -- true
	match "$stderr" 'exited with status 0'
	match "$stderr" 'option to stay in the foreground'
}

@test "dies before settle without a keeper: the same, and recorded" {
	fails 1 --no-keeper --ready=settle:10s -- sh -c \
		'echo bind: in use >&2; exit 7'
	match "$stderr" 'exited with status 7'
	match "$stderr" '    \| bind: in use'
	is "$(field web ActiveState)" failed
	is "$(field web Result)" exit-code
	is "$(field web ExecMainStatus)" 7
}

@test "killed before settle without a keeper: 1, with the signal's name" {
	fails 1 --no-keeper --ready=settle:10s -- sh -c 'kill -KILL $$'
	match "$stderr" 'killed by SIGKILL'
	is "$(field web Result)" signal
}

@test "not settled in time without a keeper: 1, says so, and recorded" {
	fails 1 --no-keeper --ready=settle:60s --start-timeout=200ms -- \
		"$VICTIMS/listener" "$T/heard"
	match "$stderr" 'not ready within 200 ms \(--start-timeout\)'
	is "$(field web Result)" timeout
}

@test "until it has settled without a keeper it is starting" {
	"$HOLDFAST" start web --no-keeper --ready=settle:60s -- \
		"$VICTIMS/listener" "$T/heard" >"$T/out" 2>&1 3>&- &
	local starter=$!
	wait_until 10 has_lines "$T/heard" 1
	is "$(field web ActiveState)" activating
	hf status web
	match "$output" starting
	hf stop web
	wait "$starter" || :
	nothing_left web
}

@test "what would not end without a keeper is said to be left" {
	hf 1 start web --no-keeper --ready=settle:60s --start-timeout=500ms \
		--stop-schedule=TERM/100ms -- "$VICTIMS/stubborn" "$T/there"
	match "$stderr" 'not ready, and it would not stop'
	is "$(field web SubState)" stuck
	kill -KILL "$(field web MainPID)"
}

@test "a failed start is not restarted" {
	fails 1 --ready=settle:10s --restart=always -- \
		"$VICTIMS/crasher" "$T/runs" 5 exit:1
	is "$(wc -l <"$T/runs")" 1
}

@test "last lines are of this start only" {
	fails 1 --ready=settle:10s -- sh -c 'echo the first one; exit 1'
	fails 1 --ready=settle:10s -- sh -c 'echo the second one; exit 1'
	match "$stderr" 'the second one'
	no_match "$stderr" 'the first one'
}

@test "last lines are shown without their control characters" {
	fails 1 --ready=settle:10s -- sh -c 'printf "a\033[31mb\n"; exit 1'
	no_match "$stderr" $'\e'
}

@test "--start-timeout passed: 1, and says what was waited for" {
	fails 1 --ready=settle:60s --start-timeout=200ms -- \
		"$VICTIMS/listener" "$T/heard"
	match "$stderr" 'not ready within 200 ms \(--start-timeout\)'
}

@test "a child left by a service that died early is gone too" {
	fails 1 --ready=settle:10s -- sh -c \
		'setsid sleep 1000 & exit 1'
}

@test "a child left by one without a keeper that died early is gone too" {
	fails 1 --no-keeper --ready=settle:10s -- sh -c \
		'setsid sleep 1000 & exit 1'
}

@test "settle: a service that stays is ready after that time" {
	hf start web --ready=settle:100ms -- sleep 1000
	match "$output" '^web: running, pid [0-9]+'
	hf status web
}

@test "an unwritable pidfile: says so and leaves nothing" {
	hf \? start web --pidfile "$T/no-such/web.pid" -- \
		"$VICTIMS/witness" "$T/web.saw"
	run ! is "$status" 0
	match "$stderr" "$T/no-such/web.pid: No such file or directory"
	[ ! -e "$T/web.saw" ]
	nothing_left web
}

@test "a log directory that is a file: says so and leaves nothing" {
	touch "$T/log"
	hf \? start web -- "$VICTIMS/witness" "$T/web.saw"
	run ! is "$status" 0
	match "$stderr" "$T/log"
	[ ! -e "$T/web.saw" ]
	nothing_left web
}

@test "after a failed start the next one succeeds" {
	fails 5 -- "$T/no-such"
	start_witness web
	hf status web
}

@test "several failed starts in a row leave nothing" {
	for _ in 1 2 3 4 5; do
		fails 5 -- "$T/no-such"
	done
}

@test "a start over a running one does not look at its own command" {
	start_witness web
	hf start web -- "$T/no-such"
	match "$output" "already running, pid $(pid_of web)"
}

# What is told of it must not depend on what the command sees first.
@test "what ends right after its exec was started, each of 40 times" {
	local round

	for round in {1..40}; do
		hf start "web$round" --no-keeper -- /bin/sh -c 'exit 0'
		hf start "kept$round" -- /bin/sh -c 'exit 0'
	done
}

@test "--dry-run of a program that is missing: 5, and no plan" {
	hf 5 start --dry-run web -- "$T/no-such"
	is "$stderr" "holdfast: web: cannot execute $T/no-such: No such file or directory"
	is "$output" ""
	hf 5 start --dry-run web -- no-such-program
	match "$stderr" 'not found in PATH'
	is "$output" ""
	[ ! -e "$HOLDFAST_RUN_DIR" ]
}

@test "--dry-run of a program that is not executable: 4" {
	touch "$T/file"
	hf 4 start --dry-run web -- "$T/file"
	hf 4 start --dry-run web -- "$T"
	is "$output" ""
}

@test "--dry-run with a missing directory: 1, and says so" {
	hf 1 start --dry-run web --chdir "$T/no-such" -- sleep 1000
	match "$stderr" "cannot change directory to $T/no-such"
}

@test "--dry-run of a definition that cannot be read: 4" {
	requires root
	user_setup 65534
	start_witness web
	hf stop web
	hf_as 65534 4 start --dry-run web --run-dir "$HOLDFAST_RUN_DIR"
	match "$stderr" 'Permission denied'
}

@test "--dry-run of what was never started: 6" {
	hf 6 start --dry-run web
	match "$stderr" '^holdfast: web: no definition'
	[ ! -e "$HOLDFAST_RUN_DIR" ]
}

@test "--dry-run prints long lines whole" {
	local word
	word=$(printf 'x%.0s' {1..20000})
	hf start --dry-run web -- sleep 1000 "$word"
	match "$output" "ExecStart=.*$word"
}

@test "a start without a time limit waits for another one" {
	local first
	"$HOLDFAST" start web --ready=settle:500ms -- sleep 1000 \
		>/dev/null 2>&1 3>&- &
	first=$!
	wait_until 10 field_is web SubState start
	hf start web --start-timeout=0 -- sleep 1000
	wait "$first"
	match "$output" '^web: already running, pid '
}
