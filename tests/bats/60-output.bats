#!/usr/bin/env bats
# Where the service's output goes: to its log, whole and in order, or where
# --output says; and a log that cannot be written does not hold the service.

# shellcheck disable=SC2016,SC2030,SC2031,SC2154
load helpers

log_has() {
	grep -qx "$1" "$HOLDFAST_LOG_DIR/web.log"
}

@test "standard output and standard error both go to the log, in order" {
	hf start web -- sh -c \
		'echo 1; echo 2 >&2; echo 3; echo 4 >&2; exec sleep 1000'
	wait_until 10 log_has 4
	is "$(cat "$HOLDFAST_LOG_DIR/web.log")" $'1\n2\n3\n4'
}

@test "a service can open /dev/stdout and /dev/stderr" {
	hf start web -- sh -c \
		'echo one >/dev/stdout; echo two >/dev/stderr; exec sleep 1000'
	wait_until 10 log_has two
	is "$(cat "$HOLDFAST_LOG_DIR/web.log")" $'one\ntwo'
}

@test "the last words of a service that dies at once are in the log" {
	hf start web -- sh -c 'seq 20000; echo last'
	hf wait web down --timeout=30s
	is "$(tail -n 1 "$HOLDFAST_LOG_DIR/web.log")" last
	is "$(wc -l <"$HOLDFAST_LOG_DIR/web.log")" 20001
}

@test "a megabyte arrives whole" {
	hf start web -- seq 200000
	hf wait web down --timeout=30s
	cmp "$HOLDFAST_LOG_DIR/web.log" <(seq 200000)
}

@test "bytes of any kind arrive as they are" {
	head -c 100000 /dev/urandom >"$T/bytes"
	hf start web -- cat "$T/bytes"
	hf wait web down --timeout=30s
	cmp "$HOLDFAST_LOG_DIR/web.log" "$T/bytes"
}

@test "the log is appended to by the next start" {
	hf start web -- echo one
	hf wait web down --timeout=20s
	hf start web -- echo two
	hf wait web down --timeout=20s
	is "$(cat "$HOLDFAST_LOG_DIR/web.log")" $'one\ntwo'
}

@test "the log goes on over a restart" {
	hf start web --restart=always -- sh -c \
		'echo run; [ -e "$T/second" ] && exec sleep 1000; touch "$T/second"'
	wait_until 20 has_lines "$HOLDFAST_LOG_DIR/web.log" 2
	is "$(cat "$HOLDFAST_LOG_DIR/web.log")" $'run\nrun'
}

@test "what a descendant writes is in the log too" {
	hf start web -- sh -c 'setsid sh -c "echo from afar" & exec sleep 1000'
	wait_until 10 log_has 'from afar'
}

@test "the service's output does not go to the starter" {
	hf start web --ready=settle:200ms -- sh -c 'echo noise; exec sleep 1000'
	no_match "$output$stderr" noise
}

@test "--output=FILE appends to that file without the pipe" {
	echo before >"$T/out"
	hf start web --output="$T/out" -- sh -c 'echo one; exec sleep 1000'
	wait_until 10 grep -qx one "$T/out"
	is "$(cat "$T/out")" $'before\none'
	is "$(readlink "/proc/$(pid_of web)/fd/1")" "$T/out"
	[ ! -e "$HOLDFAST_LOG_DIR/web.log" ] ||
		is "$(cat "$HOLDFAST_LOG_DIR/web.log")" ""
}

@test "--output=null is /dev/null" {
	start_witness web --output=null
	is "$(saw "$T/web.saw" fd.1)" /dev/null
	is "$(saw "$T/web.saw" fd.2)" /dev/null
}

@test "--output=inherit is the starter's own" {
	"$HOLDFAST" start web --output=inherit -- \
		"$VICTIMS/witness" "$T/web.saw" >"$T/mine" 2>"$T/mine2" 3>&-
	wait_until 10 test -e "$T/web.saw"
	is "$(saw "$T/web.saw" fd.1)" "$T/mine"
	is "$(saw "$T/web.saw" fd.2)" "$T/mine2"
}

@test "without a keeper the output goes to the log file itself" {
	hf start web --no-keeper -- sh -c 'echo one; exec sleep 1000'
	wait_until 10 log_has one
	is "$(readlink "/proc/$(pid_of web)/fd/1")" \
		"$HOLDFAST_LOG_DIR/web.log"
}

@test "without a keeper the log is not opened through a symbolic link" {
	mkdir "$T/log"
	ln -s "$T/elsewhere" "$T/log/web.log"
	hf 1 start web --no-keeper -- sh -c 'echo one; exec sleep 1000'
	match "$stderr" "cannot open log $T/log/web.log: "
	[ ! -e "$T/elsewhere" ]
	nothing_left web
}

@test "without a keeper the log has the mode that it has with one" {
	umask 000
	hf start web --no-keeper -- sleep 1000
	hf start other -- sleep 1000
	is "$(stat -c %a "$HOLDFAST_LOG_DIR/web.log")" 640
	is "$(stat -c %a "$HOLDFAST_LOG_DIR/other.log")" 640
}

@test "--output=FILE without a keeper follows the link that it names" {
	ln -s "$T/elsewhere" "$T/out"
	hf start web --no-keeper --output="$T/out" -- sh -c \
		'echo one; exec sleep 1000'
	wait_until 10 grep -qx one "$T/elsewhere"
}

@test "the output FIFO is for the owner only" {
	start_witness web
	is "$(stat -c '%F %a' "$HOLDFAST_RUN_DIR/web/output")" "fifo 600"
}

@test "a log on a full disk does not hold the service" {
	mkdir "$T/log"
	ln -s /dev/full "$T/log/web.log"
	hf \? start web -- sh -c \
		'seq 100000; touch "$T/done"; exec sleep 1000'
	if [ "$status" -ne 0 ]; then
		# A symbolic link as log may be refused: then with a reason.
		match "$stderr" "web.log"
		nothing_left web
	else
		wait_until 20 test -e "$T/done"
	fi
}

@test "a stopped service's output FIFO leaves no keeper behind" {
	start_witness web
	hf stop web
	nothing_left web
}

@test "a service that closes its output goes on" {
	hf start web -- sh -c \
		'exec >&- 2>&-; touch "$T/closed"; exec sleep 1000'
	wait_until 10 test -e "$T/closed"
	hf status web
}

@test "the keeper is idle when nothing is written" {
	start_witness web
	local before after
	before=$(stat_field "$(keeper_of web)" 14)
	hf 124 wait web down --timeout=1s
	after=$(stat_field "$(keeper_of web)" 14)
	[ $((after - before)) -le 2 ]
}
