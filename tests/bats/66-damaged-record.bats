#!/usr/bin/env bats
# A record that lacks something, as one of an older version does, and one that
# is no record at all: what runs is never taken for stopped, started twice or
# forgotten, and there is a way out.
#
# shellcheck disable=SC2030,SC2031,SC2154

load helpers

setup() {
	holdfast_setup
	record=$HOLDFAST_RUN_DIR/web/record
	pidfile=$HOLDFAST_RUN_DIR/web/pid
}

# A service that runs, whose record is without what no pid depends on.
start_older() {
	hf start web -- sleep 1000
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

# A service that runs, whose record is none.
start_damaged() {
	hf start web "$@" -- sleep 1000
	main=$(field web MainPID) keeper=$(keeper_of web)
	damage
}

damage() {
	printf 'garbage\0garbage' >"$record"
}

start_damaged_orphan() {
	start_damaged
	kill -KILL "$keeper"
	wait_until 5 gone "$keeper"
}

end_main() {
	kill -KILL "$main"
	wait_until 5 gone "$main"
}

# refused REASON COMMAND...: it says no, names the record, the way out and
# nothing else; what runs goes on, and is still held or named by the pidfile.
refused() {
	local reason=$1

	shift
	hf 1 "$@"
	is "$output" "" "standard output"
	is "$(printf '%s\n' "$stderr" | wc -l)" 1 "lines on standard error"
	match "$stderr" "^holdfast: web: cannot .*: its record $record is damaged"
	match "$stderr" "$reason"
	alive "$main"
	is "$(pid_of web)" "$main" "pid in the pidfile"
}

# no_command_harms_it REASON: none of those that could.
no_command_harms_it() {
	refused "$1" stop web
	refused "$1" stop --dry-run web
	refused "$1" restart web
	refused "$1" try-restart web
	refused "$1" try-restart --dry-run web
	refused "$1" signal web KILL
	refused "$1" start web -- sleep 1000
	refused "$1" start web
	refused "$1" forget web
	refused "$1" forget --dry-run web
}

@test "with a damaged record all commands refuse, and name what runs" {
	start_damaged
	no_command_harms_it "runs as pid $main"
	alive "$keeper"
	end_main
	wait_until 10 gone "$keeper"
}

@test "with a damaged record and no keeper all commands refuse all the same" {
	start_damaged_orphan
	no_command_harms_it "process $main of its pidfile is alive"
	end_main
}

@test "with a damaged record and --no-keeper all commands refuse" {
	start_damaged --no-keeper
	no_command_harms_it "runs as pid $main"
	end_main
}

@test "a refusal because of a damaged record does not wait" {
	start_damaged
	run -1 timeout 3 "$HOLDFAST" stop web 3>&-
	run -1 timeout 3 "$HOLDFAST" start web 3>&-
	end_main
	wait_until 10 gone "$keeper"
}

@test "a keeper whose service ends repairs a damaged record" {
	start_damaged
	end_main
	wait_until 10 gone "$keeper"
	hf 3 status web
	hf start web
	hf stop web
}

@test "forget and start are the way out of a damaged record" {
	start_damaged_orphan
	end_main
	hf 1 stop web
	match "$stderr" "record $record is damaged; .*'holdfast forget web'"
	hf 1 start web
	match "$stderr" "record $record is damaged; .*'holdfast forget web'"
	hf forget --dry-run web
	[ -e "$record" ]
	hf forget web
	[ ! -e "$HOLDFAST_RUN_DIR/web" ]
	hf start web -- sleep 1000
	hf stop web
}

@test "a locked pidfile without a pid is in the way of forget, and said so" {
	start_damaged_orphan
	end_main
	: >"$pidfile"
	exec {lock}<"$pidfile"
	flock -n "$lock"
	hf 1 forget web
	match "$stderr" "a process has $pidfile locked"
	exec {lock}<&-
	hf forget web
}

@test "what is left of a --no-keeper service is in the way of forget" {
	hf start web --no-keeper -- sh -c 'sleep 1000 & exec sleep 2000'
	main=$(field web MainPID)
	damage
	end_main
	hf 1 stop web
	match "$stderr" "a process has $pidfile locked"
	hf 1 forget --dry-run web
	hf 1 forget web
	match "$stderr" "a process has $pidfile locked"
	kill -KILL "$(marked_sleeper)"
	wait_until 5 flock -n "$pidfile" true
	hf forget web
}

marked_sleeper() {
	local pid

	for pid in $(marked); do
		[ "$(command_line "$pid")" = "sleep 1000 " ] && echo "$pid"
	done
}

@test "others cannot tell what runs under a damaged record: 4" {
	requires root
	user_setup 65534
	hf start web -- sleep 1000
	hf stop web
	damage
	: >"$pidfile"
	chmod 0600 "$pidfile"
	hf_as 65534 4 stop --run-dir "$HOLDFAST_RUN_DIR" web
	match "$stderr" "record $record is damaged, .*Permission denied"
	hf forget web
}

@test "a symlink or a directory in the place of the record is no record" {
	hf start web -- sleep 1000
	hf stop web
	rm "$record"
	ln -s "$T/nowhere" "$record"
	hf 1 start web
	match "$stderr" "record $record is damaged"
	hf forget web
	[ ! -e "$HOLDFAST_RUN_DIR/web" ]
	mkdir -p "$record"
	chmod go-w "$HOLDFAST_RUN_DIR" "$HOLDFAST_RUN_DIR/web"
	hf 1 stop web
	match "$stderr" "record $record is damaged"
	rmdir "$record"
}
