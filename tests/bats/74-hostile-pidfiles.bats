#!/usr/bin/env bats
# start-stop-daemon and pidfiles that others had their hands on, and what it does
# for an ordinary user.  tests/ssd compares the same with Debian's.
#
# shellcheck disable=SC2016 # scripts for another shell are in quotes
# shellcheck disable=SC2154 # bats sets output and status
# shellcheck disable=SC2030,SC2031 # each test is a subshell

load helpers

setup() {
	holdfast_setup
	SSD=("$HOLDFAST" start-stop-daemon)
	sleep=$(command -v sleep)
	mkdir "$T/place"
}

# ssd [STATUS] ARGUMENT...: as in 70-start-stop-daemon.bats.
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

# A process that nobody means: its pid goes to `stranger`.
begin_stranger() {
	"$sleep" 1000 3>&- &
	stranger=$!
}

# By whatever status it was refused, the stranger is untouched.
end_stranger() {
	alive "$stranger"
	kill -KILL "$stranger"
}

@test "a pidfile that the world may write to is refused" {
	begin_stranger
	echo "$stranger" >"$T/place/pid"
	chmod 666 "$T/place/pid"
	ssd 2 -K -p "$T/place/pid"
	match "$stderr" 'matching on world-writable pidfile .* is insecure'
	ssd 2 -K -p "$T/place/pid" -x "$sleep"
	ssd 4 -T -p "$T/place/pid"
	ssd 2 -S -b -m -p "$T/place/pid" -x "$sleep" -- 1000
	end_stranger
}

@test "another user's pidfile does not say alone whom to signal" {
	requires root
	begin_stranger
	echo "$stranger" >"$T/place/pid"
	chown 65534 "$T/place/pid"
	ssd 2 -K -p "$T/place/pid"
	match "$stderr" 'matching only on non-root pidfile .* is insecure'
	chown 0:65534 "$T/place/pid"
	ssd 2 -K -p "$T/place/pid"
	# With more to go by, what does not fit is not signalled.
	ssd 1 -K -p "$T/place/pid" -x /bin/cat
	ssd 1 -K -p "$T/place/pid" -n other
	ssd 1 -K -p "$T/place/pid" -u 65534
	end_stranger
}

@test "another user's pidfile in a world-writable directory is refused" {
	requires root
	user_setup 65534	# which also makes the place reachable
	chmod 1777 "$T/place"
	begin_stranger
	as_user 65534 sh -c "echo $stranger >'$T/place/pid'"
	ssd 2 -K -p "$T/place/pid"
	end_stranger
}

@test "a pidfile is not written through a symbolic link" {
	echo precious >"$T/precious"
	ln -s "$T/precious" "$T/place/pid"
	ssd 2 -S -b -m -p "$T/place/pid" -x "$sleep" -- 1000
	match "$stderr" 'Too many levels of symbolic links'
	is "$(cat "$T/precious")" precious
	is "$(marked | while read -r pid; do
		readlink "/proc/$pid/exe"
	done | grep -c sleep)" 0
	ln -sf "$T/nowhere" "$T/place/pid"
	ssd 2 -S -b -m -p "$T/place/pid" -x "$sleep" -- 1000
	[ ! -e "$T/nowhere" ]
}

@test "a link to another user's pidfile is that user's pidfile" {
	requires root
	begin_stranger
	echo "$stranger" >"$T/theirs"
	chown 65534 "$T/theirs"
	ln -s "$T/theirs" "$T/place/pid"
	ssd 2 -K -p "$T/place/pid"
	end_stranger
}

# Debian's waits for somebody who writes.
@test "a fifo in place of a pidfile is not waited for" {
	mkfifo "$T/place/pid"
	ssd 1 -K -p "$T/place/pid"
	ssd 4 -T -p "$T/place/pid"
	ssd 2 -S -b -m -p "$T/place/pid" -x "$sleep" -- 1000
	match "$stderr" 'unable to open pidfile'
	[ -p "$T/place/pid" ]
}

@test "a directory in place of a pidfile is an error, and stays" {
	mkdir "$T/place/pid"
	ssd 1 -K -p "$T/place/pid"
	ssd 2 -S -b -m -p "$T/place/pid" -x "$sleep" -- 1000
	match "$stderr" 'unable to open pidfile'
	[ -d "$T/place/pid" ]
}

@test "what a pidfile has behind its number, and before it, is no other number" {
	begin_stranger
	local text

	for text in "-$stranger" "x$stranger" "0x$stranger" "0 $stranger" \
		"99999999999$stranger" "" "1" "-1" "0" "18446744073709551615"; do
		printf '%s\n' "$text" >"$T/place/pid"
		ssd 1 -K -p "$T/place/pid"
	done
	end_stranger
}

@test "others' temporary names do not keep a pidfile from being written" {
	requires namespaces
	# In a namespace the pids are known: all that it could be are taken.
	run unshare -pf --mount-proc --kill-child bash -c '
		mkdir "$2"/pid.{1..100}
		"$1" start-stop-daemon -S -b -m -p "$2/pid" -x "$3" -- 1000 ||
			exit
		kill -0 "$(cat "$2/pid")"' - "$HOLDFAST" "$T/place" "$sleep"
	is "$status" 0
}

@test "an ordinary user's start, status and stop are as root's" {
	requires root
	user_setup 65534
	local pid=$USERS/65534/pid
	local as=(as_user 65534 "$USERS/holdfast" start-stop-daemon)

	"${as[@]}" -S -b -m -p "$pid" -x "$sleep" -- 1000
	"${as[@]}" -T -p "$pid"
	run "${as[@]}" -S -b -m -p "$pid" -x "$sleep" -- 1000
	is "$status" 1
	"${as[@]}" -K -R 5 --remove-pidfile -p "$pid"
	[ ! -e "$pid" ]
}

@test "an ordinary user is told whom he may not signal, and does not wait" {
	requires root
	user_setup 65534
	begin_stranger
	echo "$stranger" >"$USERS/65534/pid"
	run as_user 65534 timeout 20 "$USERS/holdfast" start-stop-daemon \
		-K -R TERM/60 -p "$USERS/65534/pid"
	is "$status" 1
	match "$output" 'failed to kill .*: Operation not permitted'
	end_stranger
}

@test "an ordinary user becomes nobody else" {
	requires root
	user_setup 65534
	run as_user 65534 "$USERS/holdfast" start-stop-daemon -S -b -m \
		-p "$USERS/65534/pid" -c root -x "$sleep" -- 1000
	is "$status" 2
	match "$output" 'unable to set'
	[ ! -e "$USERS/65534/pid" ]
}
