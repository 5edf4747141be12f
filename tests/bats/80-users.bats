#!/usr/bin/env bats
# Ordinary users, and users among each other: whose run directory is believed,
# and what somebody else can do to a service (nothing but look).

# shellcheck disable=SC2016,SC2030,SC2031,SC2154
load helpers

alice=65534
mallory=65533

setup() {
	holdfast_setup
	if [ "$(id -u)" -eq 0 ]; then
		user_setup $alice $mallory
	fi
}

teardown() {
	local uid

	if [ "$(id -u)" -eq 0 ]; then
		for uid in $alice $mallory; do
			as_user "$uid" "$USERS/holdfast" stop --quiet web \
				>/dev/null 2>&1 3>&-
		done
	fi
	holdfast_teardown
}

alices_web() {
	hf_as $alice start web -- "$USERS/witness" "$USERS/$alice/saw"
	wait_until 10 test -e "$USERS/$alice/saw"
	web=$USERS/$alice/run/holdfast/web
	pid=$(cat "$web/pid")
}

# refuses REASON COMMAND...: with a reason, and nothing was started.
refuses() {
	local reason=$1

	shift
	hf \? "$@"
	match "$status" '^[14]$'
	match "$stderr" "$reason"
	is "$(printf '%s\n' "$stderr" | wc -l)" 1 "lines on standard error"
	is "$(marked)" "" "processes"
}

@test "a user starts, sees and stops a service without any right" {
	requires root
	alices_web
	hf_as $alice status web
	match "$output" "pid $pid"
	is "$(stat -c %u "/proc/$pid")" $alice
	hf_as $alice restart web
	hf_as $alice stop web
	[ ! -e "$web/pid" ]
	is "$(marked)" ""
}

@test "a user's run directory is below XDG_RUNTIME_DIR, his alone" {
	requires root
	alices_web
	is "$(stat -c '%u %a' "$USERS/$alice/run/holdfast")" "$alice 700"
}

@test "without XDG_RUNTIME_DIR it is /tmp/holdfast-UID, his alone" {
	requires root
	local uid=$((200000 + RANDOM))
	user_setup $uid
	run as_user $uid env -u XDG_RUNTIME_DIR "$USERS/holdfast" start web \
		-- sleep 1000 3>&-
	local mode
	mode=$(stat -c '%u %a' "/tmp/holdfast-$uid")
	run as_user $uid env -u XDG_RUNTIME_DIR "$USERS/holdfast" stop web
	rm -rf "/tmp/holdfast-$uid"
	is "$status" 0 "$output"
	is "$mode" "$uid 700"
}

@test "/tmp/holdfast-UID made by somebody else is refused" {
	requires root
	local uid=$((300000 + RANDOM))
	user_setup $uid
	mkdir "/tmp/holdfast-$uid"
	chown $mallory "/tmp/holdfast-$uid"
	run --separate-stderr as_user $uid env -u XDG_RUNTIME_DIR \
		"$USERS/holdfast" start web -- touch "$USERS/$uid/touched" 3>&-
	rm -rf "/tmp/holdfast-$uid"
	run ! is "$status" 0
	match "$stderr" "/tmp/holdfast-$uid.*belongs to user $mallory"
	[ ! -e "$USERS/$uid/touched" ]
}

@test "a run directory that belongs to somebody else is refused" {
	requires root
	mkdir "$HOLDFAST_RUN_DIR"
	chown $mallory "$HOLDFAST_RUN_DIR"
	refuses "$HOLDFAST_RUN_DIR.*belongs to user $mallory" start web -- \
		sleep 1000
	refuses "$HOLDFAST_RUN_DIR.*belongs to user $mallory" stop web
}

@test "a run directory that others can write to is refused" {
	mkdir "$HOLDFAST_RUN_DIR"
	chmod 0777 "$HOLDFAST_RUN_DIR"
	refuses "$HOLDFAST_RUN_DIR.*write" start web -- sleep 1000
	chmod 0755 "$HOLDFAST_RUN_DIR"
}

@test "a run directory that the group can write to is refused" {
	mkdir "$HOLDFAST_RUN_DIR"
	chmod 0775 "$HOLDFAST_RUN_DIR"
	refuses "$HOLDFAST_RUN_DIR.*write" start web -- sleep 1000
}

@test "a run directory that is a symbolic link is refused" {
	mkdir "$T/elsewhere"
	ln -s elsewhere "$HOLDFAST_RUN_DIR"
	refuses "$HOLDFAST_RUN_DIR.*link" start web -- sleep 1000
	is "$(ls "$T/elsewhere")" ""
}

@test "a run directory that is a file is refused" {
	touch "$HOLDFAST_RUN_DIR"
	refuses "$HOLDFAST_RUN_DIR.*director" start web -- sleep 1000
	rm "$HOLDFAST_RUN_DIR"
}

@test "a service's directory that belongs to somebody else is refused" {
	requires root
	mkdir -p "$HOLDFAST_RUN_DIR/web"
	chown $mallory "$HOLDFAST_RUN_DIR/web"
	refuses "$HOLDFAST_RUN_DIR/web.*belongs to user $mallory" \
		start web -- sleep 1000
	chown 0 "$HOLDFAST_RUN_DIR/web"
}

@test "what somebody else put into a service's directory stops nobody" {
	requires root
	sleep 1000 3>&- &
	local victim=$!
	mkdir -p "$HOLDFAST_RUN_DIR/web"
	chown $mallory "$HOLDFAST_RUN_DIR/web"
	printf '%s' "$victim" >"$HOLDFAST_RUN_DIR/web/pid"
	{
		echo ActiveState=active
		echo SubState=running
		echo "MainPID=$victim"
		echo "HoldfastMainStart=$(stat_field $victim 22)"
		echo "HoldfastBootID=$(cat /proc/sys/kernel/random/boot_id)"
	} >"$HOLDFAST_RUN_DIR/web/record"
	hf \? stop web
	run -0 alive "$victim"
	hf \? restart web
	run -0 alive "$victim"
	hf \? signal web KILL
	run -0 alive "$victim"
	kill "$victim"
	chown -R 0 "$HOLDFAST_RUN_DIR/web"
	rm -r "$HOLDFAST_RUN_DIR/web"
}

@test "somebody else cannot stop a service: 4" {
	requires root
	start_witness web
	hf_as $mallory 4 stop web --run-dir "$HOLDFAST_RUN_DIR"
	match "$stderr" '^holdfast: '
	hf status web
}

@test "somebody else cannot signal a service: 4" {
	requires root
	start_witness web
	hf_as $mallory 4 signal web KILL --run-dir "$HOLDFAST_RUN_DIR"
	hf status web
}

@test "somebody else cannot restart or reload a service: 4" {
	requires root
	start_witness web
	hf_as $mallory 4 restart web --run-dir "$HOLDFAST_RUN_DIR"
	hf_as $mallory 4 reload web --run-dir "$HOLDFAST_RUN_DIR"
	is "$(pid_of web)" "$(saw "$T/web.saw" pid)"
}

@test "somebody else cannot forget a service" {
	requires root
	start_witness web
	hf stop web
	hf_as $mallory \? forget web --run-dir "$HOLDFAST_RUN_DIR"
	run ! is "$status" 0
	[ -e "$HOLDFAST_RUN_DIR/web/record" ]
}

@test "somebody else cannot start a service in another's directory" {
	requires root
	start_witness web
	hf_as $mallory 4 start other --run-dir "$HOLDFAST_RUN_DIR" -- sleep 1000
	[ ! -e "$HOLDFAST_RUN_DIR/other" ]
}

@test "somebody else cannot read the definition, which has the environment" {
	requires root
	SECRET=hunter2 start_witness web
	run as_user $mallory cat "$HOLDFAST_RUN_DIR/web/service"
	run ! is "$status" 0
	run as_user $mallory grep -rs hunter2 "$HOLDFAST_RUN_DIR"
	is "$output" ""
}

@test "somebody else cannot write into a service's log through its FIFO" {
	requires root
	start_witness web
	run as_user $mallory dd if=/dev/zero of="$HOLDFAST_RUN_DIR/web/output" \
		bs=1 count=1 conv=notrunc
	is "$status" 1
	match "$output" 'Permission denied'
}

@test "somebody else cannot prevent a start by locking the pidfile" {
	requires root
	start_witness web
	# The service dies unseen, so that its pidfile stays; who has it open
	# by then can lock it.
	kill -KILL "$(keeper_of web)"
	as_user $mallory sh -c 'exec 9<"$1" && : >"$2" && flock 9 &&
		exec sleep 1000' - "$HOLDFAST_RUN_DIR/web/pid" \
		"$USERS/$mallory/open" 3>&- &
	local locker=$!
	wait_until 1 test -e "$USERS/$mallory/open" || true
	kill -KILL "$(field web MainPID)"
	hf start web -- sleep 1000
	hf status web
	kill "$locker" 2>/dev/null || true
}

@test "root's view of a user's run directory is refused for changes" {
	requires root
	alices_web
	hf \? stop web --run-dir "$USERS/$alice/run/holdfast"
	run -0 alive "$pid"
}

@test "a user cannot become root by --user: 4" {
	requires root
	hf_as $mallory 4 start web --user root -- "$USERS/witness" \
		"$USERS/$mallory/saw"
	match "$stderr" 'cannot become user root: Operation not permitted'
	[ ! -e "$USERS/$mallory/saw" ]
	is "$(marked)" ""
}

@test "a user cannot become root without a keeper either: 4" {
	requires root
	hf_as $mallory 4 start web --no-keeper --user root -- \
		"$USERS/witness" "$USERS/$mallory/saw"
	match "$stderr" 'cannot become user root: Operation not permitted'
	is "$(marked)" ""
}

@test "a directory that a user may not enter: 4" {
	requires root
	mkdir -m 0700 "$USERS/closed"
	hf_as $alice 4 start web --chdir "$USERS/closed" -- sleep 1000
	match "$stderr" "change directory to $USERS/closed: Permission denied"
	is "$(marked)" ""
}

@test "a log directory that a user may not make: 4" {
	requires root
	chown 0 "$USERS/$alice/state"
	hf_as $alice 4 start web -- sleep 1000
	match "$stderr" "$USERS/$alice/state/holdfast: Permission denied"
	is "$(marked)" ""
}

@test "a log that a user may not write: 4" {
	requires root
	mkdir "$USERS/$alice/state/holdfast"
	touch "$USERS/$alice/state/holdfast/web.log"
	hf_as $alice 4 start web -- sleep 1000
	match "$stderr" "cannot open log .*web.log: Permission denied"
	is "$(marked)" ""
}

@test "the log of a user's service is below XDG_STATE_HOME" {
	requires root
	alices_web
	[ -e "$USERS/$alice/state/holdfast/web.log" ]
}

@test "--pidfile to a hard link of another file is refused, that untouched" {
	echo precious >"$T/target"
	ln "$T/target" "$T/old.pid"
	refuses 'Too many links' start web --pidfile "$T/old.pid" -- sleep 1000
	is "$(cat "$T/target")" precious "the target"
}

# The look at the name takes long, so that the symlink comes right after it.
@test "--pidfile that becomes a symlink when looked at is refused all the same" {
	local start link=$T/old.pid

	requires strace
	strace -qq -o "$T/trace" true 2>/dev/null || skip "needs ptrace"
	echo precious >"$T/target"
	timeout 40 strace -qq -o "$T/trace" -P "$link" \
		-e inject=%%stat:delay_exit=2000000:when=1 \
		"$HOLDFAST" start web --pidfile "$link" -- sleep 1000 \
		>"$T/out" 2>&1 3>&- &
	start=$!
	# The last thing before that look.
	wait_until 10 test -e "$HOLDFAST_RUN_DIR/web/pid"
	ln -s "$T/target" "$link"
	wait "$start" || :
	is "$(cat "$T/target")" precious "the target"
	match "$(cat "$T/out")" "cannot lock pidfile $link: .*symbolic link"
	nothing_left web
}

@test "--pidfile in a directory that all may write works and goes with the service" {
	mkdir -m 1777 "$T/tmp"
	hf start web --pidfile "$T/tmp/old.pid" -- sleep 1000
	is "$(cat "$T/tmp/old.pid")" "$(field web MainPID)" "pid"
	run ! flock -n "$T/tmp/old.pid" true
	hf stop web
	[ ! -e "$T/tmp/old.pid" ]
}
