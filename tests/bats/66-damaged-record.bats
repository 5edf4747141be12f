#!/usr/bin/env bats
# A record that lacks something, as one of an older version does, and one that
# is no record at all: what runs is never taken for stopped, started twice or
# forgotten, and there is a way out.
#
# shellcheck disable=SC2154 # bats sets output, stderr and status

load helpers

setup() {
	holdfast_setup
	record=$HOLDFAST_RUN_DIR/web/record
	pidfile=$HOLDFAST_RUN_DIR/web/pid
}

# A service that runs, whose record is without what no pid depends on.
start_older() {
	hf start web "$@" -- sleep 1000
	main=$(field web MainPID) keeper=$(keeper_of web)
	sed -i -E '/^(ActiveState|MainPID|HoldfastMainStart|HoldfastKeeperPID|HoldfastKeeperStart|HoldfastBootID|InvocationID)=/!d' \
		"$record"
}

@test "status and signal know a service by a record of an older version" {
	start_older
	hf status web
	match "$output" "pid $main"
	hf signal web USR2
	wait_until 5 gone "$main"
}

@test "start finds it running by a record of an older version" {
	start_older
	hf start web -- sleep 1000
	match "$output" "already running, pid $main"
}

@test "stop ends a service with a record of an older version" {
	start_older
	hf stop web
	match "$output" "stopped"
	gone "$main"
	nothing_left web
}

@test "stop ends it without its keeper by a record of an older version" {
	start_older
	kill -KILL "$keeper"
	wait_until 5 gone "$keeper"
	hf stop web
	match "$output" "stopped"
	gone "$main"
	nothing_left web
}

@test "start adopts a service with a record of an older version" {
	start_older
	kill -KILL "$keeper"
	wait_until 5 gone "$keeper"
	hf start web
	match "$output" "pid $main"
	is "$(field web MainPID)" "$main" "main pid"
	is "$(field web User)" "" "a field that was missing"
	match "$(cat "$record")" "User="
}
