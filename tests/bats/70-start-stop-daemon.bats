#!/usr/bin/env bats
# start-stop-daemon, where it is better than Debian's.  That it is the same in
# all else is what tests/ssd compares.
#
# SSD=/usr/sbin/start-stop-daemon runs the file with Debian's, and then it fails.
#
# shellcheck disable=SC2154 # bats sets output and status
# shellcheck disable=SC2016 # scripts for another shell are in quotes
# shellcheck disable=SC2030,SC2031 # each test is a subshell

load helpers

setup() {
	holdfast_setup
	if [ -n "${SSD-}" ]; then
		SSD=("$SSD")
	else
		SSD=("$HOLDFAST" start-stop-daemon)
	fi
}

# ssd [STATUS] ARGUMENT...: run it and check its exit status, as hf does.
ssd() {
	local want=0

	case $1 in
	\?|[0-9])
		want=$1
		shift ;;
	esac
	run --separate-stderr timeout -k 5 20 "${SSD[@]}" "$@" 3>&-
	report "start-stop-daemon $*"
	[ "$want" = \? ] || is "$status" "$want" "exit status of: $*"
}

# The started programs have a mark of their own in their environment.
how_many() {
	marked | while read -r pid; do
		[ "$(readlink "/proc/$pid/exe")" = "$1" ] && echo "$pid"
	done | wc -l
}

end_all() {
	local pid

	for pid in $(marked); do
		kill -KILL "$pid" 2>/dev/null || true
	done
}

# at_once COUNT ARGUMENT...: that many starts, begun by one hand.
at_once() {
	local count=$1 i
	shift

	exec 8>"$T/gate"
	flock 8
	for ((i = 0; i < count; i++)); do
		(
			exec 8>&-
			echo >>"$T/waiting"
			flock -s "$T/gate" true
			code=0
			"${SSD[@]}" "$@" >/dev/null 2>&1 || code=$?
			echo "$code" >>"$T/codes"
		) 3>&- &
	done
	wait_until 20 has_lines "$T/waiting" "$count"
	exec 8>&-
	wait_until 40 has_lines "$T/codes" "$count"
}

@test "64 starts at once with a pidfile make one daemon, and its pid is in it" {
	at_once 64 -S -b -m -p "$T/pid" -x "$(command -v sleep)" -- 1000
	is "$(how_many "$(readlink -f "$(command -v sleep)")")" 1 "daemons"
	is "$(grep -c 0 "$T/codes")" 1 "starts that say they did it"
	is "$(grep -c 1 "$T/codes")" 63 "starts that say it runs"
	alive "$(cat "$T/pid")"
	kill "$(cat "$T/pid")"
}

@test "32 starts at once without a pidfile make one daemon" {
	cp "$(command -v sleep)" "$T/sleeper"
	at_once 32 -S -b -x "$T/sleeper" -- 1000
	is "$(how_many "$T/sleeper")" 1 "daemons"
	end_all
}

@test "a pidfile with -1, 0, 1 or too much names nobody" {
	local text
	for text in -1 0 1 99999999999999999999 '' ' ' x; do
		printf '%s' "$text" >"$T/pid"
		ssd 1 --stop --test --pidfile "$T/pid"
		no_match "$output" 'Would send'
		ssd 4 --status --pidfile "$T/pid"
	done
}

@test "a daemon that is a zombie does not run" {
	local pid
	# Its parent never reaps.
	bash -c '"$0" 1 & echo $! >"$1"; exec sleep 1000' \
		"$(command -v sleep)" "$T/pid" 3>&- &
	wait_until 10 test -s "$T/pid"
	pid=$(cat "$T/pid")
	wait_until 10 is_zombie "$pid"
	ssd 1 --status --pidfile "$T/pid"
	ssd 0 --start --test --pidfile "$T/pid" --exec "$(command -v sleep)"
	match "$output" '^Would start'
	end_all
}

is_zombie() {
	[ "$(stat_field "$1" 3)" = Z ]
}

@test "-b of a program that cannot be executed fails, and leaves no pidfile" {
	ssd 2 -S -b -m -p "$T/pid" -n nosuch -a "$T/no-such"
	match "$stderr" "unable to start $T/no-such \\(No such file or directory\\)"
	[ ! -e "$T/pid" ]
}

@test "-b into a directory that is not there fails, and leaves no pidfile" {
	ssd 2 -S -b -m -p "$T/pid" -x "$(command -v sleep)" \
		-d "$T/no-such" -- 1000
	match "$stderr" "unable to chdir\\(\\) to $T/no-such"
	[ ! -e "$T/pid" ]
	is "$(marked)" "" "processes left"
}

@test "-b of a program that is killed before its exec fails" {
	command -v strace >/dev/null || skip "needs strace"
	local code=0
	strace -f -qq -o "$T/trace" -e trace=chdir \
		-e inject=chdir:signal=KILL:when=1 \
		"${SSD[@]}" -S -b -m -p "$T/pid" -x "$(command -v sleep)" \
		-- 1000 3>&- >"$T/out" 2>&1 || code=$?
	is "$code" 2 "exit status"
	match "$(cat "$T/out")" 'ended before it could be executed'
	[ ! -e "$T/pid" ]
}

@test "the directory of a notification socket is gone after a failure" {
	mkdir "$T/run-as"
	TMPDIR=$T/run-as ssd 2 -S -b --notify-await -p "$T/pid" -m -n nosuch \
		-a "$T/no-such"
	is "$(ls -A "$T/run-as")" "" "left over"
	is "$(find /run -maxdepth 1 -name '.s-s-d-notify.*' -newer "$T/run-as" \
		2>/dev/null)" "" "left over in /run"
}

@test "a pidfile is never seen empty, whoever is killed when" {
	command -v strace >/dev/null || skip "needs strace"
	strace -f -qq -o "$T/trace" -e trace=write,pwrite64 \
		-e inject=write,pwrite64:signal=KILL:when=1 \
		"${SSD[@]}" -S -b -m -p "$T/pid" -x "$(command -v sleep)" \
		-- 1000 3>&- >"$T/out" 2>&1 || true
	[ -s "$T/trace" ]
	if [ -e "$T/pid" ]; then
		[ -s "$T/pid" ]
	fi
	end_all
}

@test "a pidfile that was there keeps its owner's mode, and is overwritten whole" {
	printf '99999999\nold text\n' >"$T/pid"
	chmod 600 "$T/pid"
	ssd -S -b -m -p "$T/pid" -x "$(command -v sleep)" -- 1000
	is "$(stat -c %a "$T/pid")" 600 "mode"
	is "$(wc -l <"$T/pid")" 1 "lines"
	kill "$(cat "$T/pid")"
}

@test "what runs is found and stopped when its program was removed" {
	cp "$(command -v sleep)" "$T/sleeper"
	ssd -S -b -x "$T/sleeper" -- 1000
	rm "$T/sleeper"
	ssd 0 --status --exec "$T/sleeper"
	ssd 0 --stop --retry 5 --exec "$T/sleeper"
	ssd 3 --status --exec "$T/sleeper"
}

@test "a removed program is found by a name with a link in it" {
	mkdir "$T/real"
	ln -s real "$T/link"
	cp "$(command -v sleep)" "$T/real/sleeper"
	ssd -S -b -x "$T/link/sleeper" -- 1000
	rm "$T/real/sleeper"
	ssd 0 --status --exec "$T/link/sleeper"
	ssd 0 --stop --retry 5 --exec "$T/link/sleeper"
}

@test "the first process is found, and not signalled" {
	ssd 0 --status --pid 1
	# By a signal that does it no harm when it is sent.
	ssd 1 --stop --signal CONT --pid 1
	match "$stderr" 'failed to kill 1: Operation not permitted'
}

@test "a schedule may begin with a time" {
	ssd -S -b -m -p "$T/pid" -x "$(command -v sleep)" -- 1000
	ssd 0 --stop --retry 0/TERM/10 --pidfile "$T/pid"
	gone "$(cat "$T/pid")"
}

@test "a program that was replaced is still the one" {
	cp "$(command -v sleep)" "$T/sleeper"
	ssd -S -b -x "$T/sleeper" -- 1000
	cp "$T/sleeper" "$T/new"
	mv "$T/new" "$T/sleeper"
	ssd 1 -S -b -x "$T/sleeper" -- 1000
	match "$output" 'already running'
	ssd 0 --stop --retry 5 --exec "$T/sleeper"
}

@test "EXTEND_TIMEOUT_USEC is in microseconds" {
	ssd 2 -S -b --notify-await --notify-timeout 60 -p "$T/pid" -m \
		-x "$VICTIMS/notifier" -- EXTEND_TIMEOUT_USEC=300000
	match "$stderr" 'timed out waiting for a notification'
	end_all
}

@test "READY ends the wait" {
	ssd 0 -S -b --notify-await -p "$T/pid" -m \
		-x "$VICTIMS/notifier" -- STATUS=soon READY=1
	alive "$(cat "$T/pid")"
	end_all
}

@test "the death of the program ends the wait, and its pidfile is gone" {
	ssd 2 -S -b --notify-await -p "$T/pid" -m \
		-x "$VICTIMS/notifier" -- exit:3
	match "$stderr" 'ended before it was ready'
	[ ! -e "$T/pid" ]
}

@test "a program that leaves it to its child may still be ready" {
	ssd 0 -S -b --notify-await -p "$T/pid" -m \
		-x "$VICTIMS/notifier" -- fork READY=1
	end_all
}

@test "a barrier is answered" {
	ssd 0 -S -b --notify-await -p "$T/pid" -m \
		-x "$VICTIMS/notifier" -- barrier "file:$T/passed" READY=1
	[ -e "$T/passed" ]
	end_all
}

@test "who is neither the program's user nor root is not listened to" {
	[ "$(id -u)" -eq 0 ] || skip "becomes another user"
	ssd 2 -S -b --notify-await --notify-timeout 1 -p "$T/pid" -m \
		-x "$VICTIMS/notifier" -- uid:65534 READY=1
	match "$stderr" 'timed out'
	# It could send it: else it would have ended.
	alive "$(cat "$T/pid")"
	end_all
}

@test "the descriptors of a daemon are closed in a few calls" {
	command -v strace >/dev/null || skip "needs strace"
	strace -f -qq -o "$T/trace" -e trace=close \
		"${SSD[@]}" -S -b -m -p "$T/pid" -x "$VICTIMS/notifier" \
		-- >"$T/out" 2>&1 3>&- || true
	# A sanitizer has some of its own; Debian's has one for each possible.
	[ "$(grep -c 'close(' "$T/trace")" -lt 200 ]
	end_all
}

@test "stop waits for the death, not for a clock" {
	command -v strace >/dev/null || skip "needs strace"
	ssd -S -b -m -p "$T/pid" -x "$(command -v sleep)" -- 1000
	strace -qq -o "$T/trace" -e trace=pselect6,select,nanosleep,clock_nanosleep \
		"${SSD[@]}" -K -R 5 -p "$T/pid"
	[ ! -s "$T/trace" ]
}

@test "what is said goes out line by line" {
	"${SSD[@]}" -S -v -a "$VICTIMS/chatter" -n nosuch -- -h 2>/dev/null \
		>"$T/out" || true
	match "$(cat "$T/out")" '^Starting '
}

@test "SIG before a signal's name is taken" {
	ssd -S -b -m -p "$T/pid" -x "$(command -v sleep)" -- 1000
	ssd -K -s SIGKILL -p "$T/pid"
	wait_until 10 gone "$(cat "$T/pid")"
}

@test "a program without a slash is looked for in PATH" {
	ssd -S --test -p "$T/pid" -x sleep -- 1000
	is "$output" "Would start $(command -v sleep) 1000 ."
	ssd 2 -S --test -p "$T/pid" -x no-such-program
	match "$stderr" 'unable to stat //no-such-program'
}

@test "the first operand is the program when nothing else names it" {
	ssd -S -b -m -p "$T/pid" "$(command -v sleep)" 1000
	is "$(tr '\0' ' ' <"/proc/$(cat "$T/pid")/cmdline")" \
		"$(command -v sleep) 1000 " "the command line"
	ssd -K -R 5 -p "$T/pid"
	ssd 3 -S -p "$T/pid"
}

# The pid gets another owner between two signals of a schedule.
recycled='
"$@" -S -b -m -p "$T/pid" -x "$(command -v sleep)" -- 1000 || exit 4
main=$(cat "$T/pid")
"$@" -K -R USR2/3/KILL/1 -p "$T/pid" &
stop=$!
while kill -0 "$main" 2>/dev/null; do :; done
for try in 1 2 3 4 5 6 7 8 9 10; do
	echo $((main - 1)) >/proc/sys/kernel/ns_last_pid
	sleep 1000 &
	[ $! = "$main" ] && break
	kill -KILL $!
done
[ $! = "$main" ] || exit 5
wait "$stop"
kill -0 "$main" || exit 6
'

@test "a pid that is another's by now gets no second signal" {
	[ "$(id -u)" -eq 0 ] || skip "writing ns_last_pid needs root"
	unshare --pid --fork --mount-proc true 2>/dev/null ||
		skip "needs the right to make pid namespaces"
	run -0 unshare --pid --fork --mount-proc --kill-child \
		bash -c "$recycled" bash "${SSD[@]}" 3>&-
}

@test "--supervise: a keeper has it, and it comes back" {
	local main
	ssd -S --supervise --restart=always -p "$T/web.pid" \
		-x "$(command -v sleep)" -- 1000
	main=$(cat "$T/web.pid")
	hf status web
	ssd -T -p "$T/web.pid"
	ssd 1 -S --supervise -p "$T/web.pid" -x "$(command -v sleep)" -- 1000
	kill -KILL "$main"
	wait_until 10 is_another "$main"
	alive "$(cat "$T/web.pid")"
}

is_another() {
	local pid
	pid=$(cat "$T/web.pid" 2>/dev/null) && [ -n "$pid" ] && [ "$pid" != "$1" ]
}

@test "--stop of what is supervised stops it for good" {
	ssd -S --supervise --restart=always -p "$T/web.pid" \
		-x "$(command -v sleep)" -- 1000
	ssd -K -R TERM/10/KILL/5 -p "$T/web.pid"
	hf 3 status web
	match "$output" 'web +stopped'
	[ ! -e "$T/web.pid" ]
	ssd 1 -K -p "$T/web.pid"
}

@test "--stop of what waits for a restart stops that" {
	ssd -S --supervise --restart=always --restart-sec=1000 \
		-p "$T/web.pid" -x "$(command -v sleep)" -- 1000
	kill -KILL "$(cat "$T/web.pid")"
	wait_until 10 field_is web SubState auto-restart
	ssd -K -R TERM/10/KILL/5 -p "$T/web.pid"
	hf 3 status web
}

@test "--supervise tells why a start failed, and exits 2" {
	ssd 2 -S --supervise -p "$T/web.pid" -n web -a "$T/no-such"
	match "$stderr" 'No such file or directory'
	[ ! -e "$T/web.pid" ]
}

@test "--supervise refuses what a keeper does not do" {
	ssd 3 -S --supervise -p "$T/web.pid" -x "$(command -v sleep)" -r /
	match "$stderr" '--chroot'
	ssd 3 -S --supervise -p "$T/web.pid" -x "$(command -v sleep)" --wait 5
	match "$stderr" '--wait'
	ssd 3 -K --supervise -p "$T/web.pid"
}
