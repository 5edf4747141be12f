#!/usr/bin/env bats
# start-stop-daemon as BusyBox's and OpenRC's, and OpenRC's options beside
# Debian's.
#
# shellcheck disable=SC2154 # bats sets output and status
# shellcheck disable=SC2016 # scripts for another shell are in quotes
# shellcheck disable=SC2030,SC2031 # each test is a subshell

load helpers

setup() {
	holdfast_setup
	SSD=("$HOLDFAST" start-stop-daemon)
	sleep=$(command -v sleep)
	# Names that nobody else's have: they are looked for by these.
	ln -s /bin/sh "$T/shell"
	ln -s "$sleep" "$T/dozer"
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

# Its programs are looked for in PATH, also among what runs: hence names that
# nobody else's have.
busybox() {
	local name

	SSD=("$HOLDFAST" start-stop-daemon --dialect=busybox)
	mkdir "$T/bin"
	for name in true false pwd nice; do
		ln -s "$(type -P "$name")" "$T/bin/my-$name"
	done
	PATH=$T/bin:$PATH
}

openrc() {
	SSD=("$HOLDFAST" start-stop-daemon --dialect=openrc)
	unset EINFO_QUIET EINFO_VERBOSE RC_SVCNAME SSD_NICELEVEL \
		SSD_IONICELEVEL SSD_OOM_SCORE_ADJ SSD_STARTWAIT
}

# How many of what was started here sleep?
sleepers() {
	marked | while read -r pid; do
		[ "$(readlink -f "/proc/$pid/exe")" = "$(readlink -f "$sleep")" ] &&
			echo "$pid"
	done | wc -l
}

# stop_all PIDFILE...
stop_all() {
	local file

	for file; do
		"$HOLDFAST" start-stop-daemon -K -q -R 5 -p "$file" || true
	done
}

# beside ARGUMENT...: ours and, where there is one, Debian's busybox, which must
# be the same.
beside() {
	ssd \? "$@"
	command -v busybox >/dev/null || return 0
	is "$(command busybox start-stop-daemon "$@" 2>"$T/theirs" 3>&- \
		&& echo 0 || echo $?)" "${output:+$output$'\n'}$status" \
		"what busybox's says and gives to: $*"
}

@test "a dialect that is none is refused" {
	ssd 3 --dialect=dpkg -S -x "$sleep"
	match "$stderr" "unknown dialect 'dpkg'"
	ssd 3 -S -x "$sleep" --dialect
	START_STOP_DAEMON_DIALECT=perl ssd 3 -S -x "$sleep"
	match "$stderr" "unknown dialect 'perl'"
}

@test "the environment chooses a dialect, and the option another one" {
	export START_STOP_DAEMON_DIALECT=busybox
	ssd 1 -K -n no-such-process
	is "$output" "no no-such-process found; none killed"
	ssd 0 --dialect openrc -K -x no-such-process
	match "$stderr" '\* start-stop-daemon: no matching processes found'
	START_STOP_DAEMON_DIALECT='' ssd 1 --dialect=debian -K -n nobody-is
	is "$output" "No nobody-is found running; none killed."
}

@test "a program's own --dialect is left to it" {
	ssd 0 -S -a /bin/echo -p "$T/pid" -- --dialect=busybox
	is "$output" "--dialect=busybox"
}

# --- BusyBox's ---------------------------------------------------------------

# What its own tests of the applet check.

@test "busybox: -x without -a" {
	busybox
	ssd 0 -S -x my-true
}

@test "busybox: -x with -d to a directory that is there" {
	busybox
	ssd 0 -S -d /tmp -x my-true
}

@test "busybox: -d is where the program is" {
	busybox
	ssd 0 -S -d /tmp -x my-pwd
	is "$output" /tmp
}

@test "busybox: --chdir is where the program is" {
	busybox
	ssd 0 -S --chdir /tmp -x my-pwd
	is "$output" /tmp
}

@test "busybox: -a without -x" {
	busybox
	ssd 1 -S -a my-false
}

@test "busybox: neither -x nor -a" {
	busybox
	ssd 1 -S my-false
	is "$stderr" ""
}

@test "busybox: -d to a directory that is not there" {
	busybox
	ssd 1 -S -d /non-existent -x my-true
}

@test "busybox: both -x and -a" {
	busybox
	ssd 1 -S -x /bin/false -a qwerty false
	is "$stderr" ""
	ssd 0 -S -x "$T/shell" -a qwerty -- -c 'echo "$0"'
	is "$output" qwerty
}

@test "busybox: its words and exit statuses are Debian's busybox's" {
	busybox
	command -v busybox >/dev/null || skip "needs busybox"
	cd "$T"
	cp "$sleep" loafer
	./loafer 1000 3>&- &
	echo $! >pid
	echo junk >junk
	beside -S -x my-true
	beside -S -a my-false
	beside -S my-false
	beside -S -x /bin/false -a qwerty false
	beside -S -x my-pwd
	beside -S -x ./loafer -- 1000
	beside -S -o -x ./loafer -- 1000
	beside -S -q -x ./loafer -- 1000
	beside -K -t -n loafer
	beside -K -t -n ./loafer
	beside -K -t -x ./loafer
	beside -K -t -x "$T/loafer"
	beside -K -t -x loafer
	beside -K -t -q -p pid
	beside -K -t -p pid -n loafer
	beside -K -t -p pid -n other
	beside -K -n no-such-process
	beside -K -o -n no-such-process
	beside -K -p missing
	beside -K -p junk
	beside -K -s hup -n no-such-process
	beside -K -s 99 -n no-such-process
	beside -S -m -x my-true
	beside -S -K -x my-true
	beside -S
	beside -K
	beside -S -N x -x my-true
	beside -S -N 3 -x my-nice
	beside -S -R 5 -x my-pwd
	beside -S --retry=5 -x my-pwd
	beside -S -x /nonexistent/program
	kill -KILL "$(cat pid)"
}

@test "busybox: -c takes USER, USER:GROUP, USER: and :GROUP" {
	[ "$(id -u)" -eq 0 ] || skip "becomes another user"
	busybox
	local who

	user_setup 65534	# whose place others can reach
	ln -s "$(command -v id)" "$USERS/whoever"
	for who in nobody nobody: :daemon nobody:daemon 65534:1; do
		ssd 0 -S -c "$who" -x "$USERS/whoever"
		! command -v busybox >/dev/null || is "$output" \
			"$(command busybox start-stop-daemon -S -c "$who" \
			-x "$USERS/whoever")"
	done
	ssd 1 -S -c no-such-user -x "$USERS/whoever"
}

@test "busybox: -b writes the pidfile, and -K needs no more than that" {
	busybox
	cd "$T"
	ssd 0 -S -b -m -p pid -x sleep -- 1000
	alive "$(cat pid)"
	is "$(readlink "/proc/$(cat pid)/cwd")" "$T"
	is "$(readlink "/proc/$(cat pid)/fd/0")" /dev/null
	pid=$(cat pid)
	ssd 0 -K -p pid
	is "$output" "stopped process in pidfile 'pid' (pid $pid)"
	wait_until 10 gone "$pid"
}

@test "busybox: -O appends what the program says" {
	busybox
	cd "$T"
	echo before >said
	ssd 0 -S -O said -x "$T/shell" -- -c 'echo out; echo err >&2'
	is "$(cat said)" $'before\nout\nerr'
}

@test "busybox: 16 starts at once make one daemon" {
	busybox
	cd "$T"
	local i starts=()

	for ((i = 0; i < 16; i++)); do
		"${SSD[@]}" -S -q -o -b -m -p pid -x "$sleep" -- 1000 3>&- &
		starts+=($!)
	done
	wait "${starts[@]}"
	is "$(sleepers)" 1
	stop_all pid
}

# --- OpenRC's ----------------------------------------------------------------

@test "openrc: a daemon is started, found and stopped, and its pidfile is gone" {
	openrc
	cd "$T"
	ssd 0 --start --background --make-pidfile --pidfile "$T/pid" \
		--exec sleep -- 1000
	alive "$(cat pid)"
	field_of_umask=$(sed -n 's/^Umask:\t//p' "/proc/$(cat pid)/status")
	is "$field_of_umask" 0022
	is "$(readlink "/proc/$(cat pid)/cwd")" "$T"
	ssd 1 --start --background --make-pidfile --pidfile "$T/pid" \
		--exec sleep -- 1000
	match "$stderr" '\* start-stop-daemon: sleep is already running$'
	ssd 0 --stop --test --pidfile "$T/pid"
	is "$output" " * Would send signal 15 to PID $(cat pid)"
	pid=$(cat pid)
	ssd 0 --stop --pidfile "$T/pid"
	gone "$pid"
	[ ! -e pid ]
	ssd 0 --stop --pidfile "$T/pid"
	match "$stderr" 'no matching processes found'
}

@test "openrc: without a pidfile the arguments tell one from another" {
	openrc
	ssd 0 -S -b -x "$T/dozer" -- 1000
	ssd 0 -S -b -x "$T/dozer" -- 1001
	ssd 1 -S -b -x "$T/dozer" -- 1001
	ssd 0 -K -x "$T/dozer" -- 1000
	ssd 1 -K -t -x "$T/dozer" -- 1000
	ssd 0 -K -t -x "$T/dozer" -- 1001
	ssd 0 -K -x "$T/dozer"
	ssd 1 -K -t -x "$T/dozer"
}

@test "openrc: --name is what it is called" {
	openrc
	ssd 0 -S -b -n slumber -x "$T/dozer" -- 1000
	ssd 1 -K -t -x "$T/dozer"
	ssd 0 -K -t -x "$T/dozer" -n slumber
	ssd 0 -K -x "$T/dozer" -n slumber
	ssd 1 -K -t -x "$T/dozer" -n slumber
}

@test "openrc: in the foreground it waits, and a bad end is a failure" {
	openrc
	ssd 0 -S -x sh -- -c 'echo done'
	is "$output" "done"
	ssd 1 -S -x false
	match "$stderr" "failed to start .false'"
	ssd 1 -S -x no-such-program
	match "$stderr" 'no-such-program does not exist'
}

@test "openrc: --wait finds out that it died" {
	openrc
	ssd 1 -S -b -m -p "$T/pid" -w 10000 -x false
	match "$stderr" 'false died'
	ssd 0 -S -b -m -p "$T/pid" -w 1 -x "$sleep" -- 1000
	stop_all "$T/pid"
}

@test "openrc: a signal alone is sent, and its end is not waited for" {
	openrc
	ssd 0 -S -b -m -p "$T/pid" -x "$sleep" -- 1000
	ssd 0 --signal CONT --pidfile "$T/pid"
	alive "$(cat "$T/pid")"
	ssd 1 --signal CONT -x "$sleep" -- 87654
	ssd 0 --signal HUP --pidfile "$T/pid"
	[ -e "$T/pid" ]
	wait_until 10 gone "$(cat "$T/pid")"
}

@test "openrc: who does not go is said, with exit status 1" {
	openrc
	ssd 0 -S -b -m -p "$T/pid" -x "$VICTIMS/stubborn" "$T/up"
	wait_until 10 test -e "$T/up"
	ssd 1 --stop --retry 1 --progress --pidfile "$T/pid"
	is "$output" "."
	match "$stderr" '1 process.es. refused to stop'
	[ -e "$T/pid" ]
	ssd 0 --stop --retry TERM/1/KILL/forever --pidfile "$T/pid"
}

@test "openrc: --stdout, --stderr and --env" {
	openrc
	ssd 0 -S -b -1 "$T/out" -2 "$T/err" -e GREETING=hello -x sh -- -c \
		'echo $GREETING; echo oh >&2; echo >"$1/done"' sh "$T"
	wait_until 10 test -e "$T/done"
	is "$(cat "$T/out")" hello
	is "$(cat "$T/err")" oh
	is "$(stat -c %a "$T/out")" 640
}

@test "openrc: --stdout-logger reads what it says, and is not its child" {
	openrc
	ssd 0 -S -b -m -p "$T/pid" -3 "echo \$PPID >'$T/parent'; cat >'$T/log'" \
		-x sh -- -c 'echo hello; exec sleep 1000'
	wait_until 10 test -s "$T/parent"
	wait_until 10 test -s "$T/log"
	is "$(cat "$T/log")" hello
	[ "$(cat "$T/parent")" != "$(cat "$T/pid")" ]
	stop_all "$T/pid"
}

@test "openrc: rc's own variables are kept from the daemon" {
	openrc
	export RC_SVCNAME=x RC_CMD=start SSD_NICELEVEL=3
	PATH=/lib/rc/bin:$PATH ssd 0 -S -x sh -- -c \
		'echo "$RC_SVCNAME-$RC_CMD-$SSD_NICELEVEL"; nice; echo "$PATH"'
	is "${lines[0]}" "x--"
	is "${lines[1]}" 3
	no_match "${lines[2]}" /rc/bin
}

@test "openrc: as another user, with capabilities and no way to more" {
	[ "$(id -u)" -eq 0 ] || skip "becomes another user"
	openrc
	ssd 0 -S -u nobody --capabilities '^cap_net_bind_service,!cap_chown' \
		--no-new-privs --oom-score-adj 7 --scheduler batch -I 3 \
		-x sh -- -c 'id -un; cat /proc/self/oom_score_adj; chrt -p $$
			ionice; echo $HOME; grep "Cap\|NoNew" /proc/self/status'
	is "${lines[0]}" nobody
	is "${lines[1]}" 7
	match "${lines[2]}" SCHED_BATCH
	is "${lines[4]}" idle
	is "${lines[5]}" /nonexistent
	match "$output" $'CapEff:\t0000000000000400'
	match "$output" $'CapAmb:\t0000000000000400'
	match "$output" $'CapBnd:\t[0-9a-f]*[02468ace]\n'
	match "$output" $'NoNewPrivs:\t1'
}

@test "openrc: --user looks for that user's only" {
	[ "$(id -u)" -eq 0 ] || skip "becomes another user"
	openrc
	user_setup 65534
	ln -s "$sleep" "$USERS/dozer"
	ssd 0 -S -b -u nobody -x "$USERS/dozer" -- 1000
	ssd 1 -K -t -u daemon -x "$USERS/dozer" -- 1000
	ssd 0 -K -u nobody -x "$USERS/dozer" -- 1000
}

@test "openrc: --chroot is where the program, the pidfile and the log are" {
	[ "$(id -u)" -eq 0 ] || skip "needs to be root"
	openrc
	mkdir -p "$T/root/bin" "$T/root/log"
	cp "$VICTIMS/stubborn" "$T/root/bin/"
	# What it is linked with, by the names that it has.
	ldd "$VICTIMS/stubborn" | grep -o '/[^ ]*' | while read -r file; do
		mkdir -p "$T/root${file%/*}"
		cp "$file" "$T/root$file"
	done
	ssd 0 -S -b -m -p /log/pid -r "$T/root" -1 /log/out \
		-x /bin/stubborn /log/up
	is "$(readlink "/proc/$(cat "$T/root/log/pid")/root")" "$T/root"
	[ -e "$T/root/log/out" ]
	is "$(readlink "/proc/$(cat "$T/root/log/pid")/fd/2")" /dev/null
	kill -KILL "$(cat "$T/root/log/pid")"
	# There is no shell in there.
	ssd 1 -S -b -m -p /log/pid2 -r "$T/root" -3 cat \
		-x /bin/stubborn /log/up2
	match "$stderr" "unable to start 'cat': No such file"
	[ ! -e "$T/root/log/up2" ]
}

@test "openrc: bad values and combinations are refused, and start nothing" {
	openrc
	ssd 1 -S -k 9 -x "$sleep" -- 1000
	match "$stderr" 'invalid mode .9'
	ssd 1 -S -N x -x "$sleep" -- 1000
	match "$stderr" 'invalid nice level .x'
	ssd 1 -S -I 4 -x "$sleep" -- 1000
	ssd 1 -S --capabilities cap_none -x "$sleep" -- 1000
	ssd 1 -S --scheduler fast -b -x "$sleep" -- 1000
	ssd 1 -S -u no-such-user -x "$sleep" -- 1000
	match "$stderr" 'user .no-such-user. not found'
	ssd 1 -S -m -x "$sleep" -- 1000
	ssd 1 -S -1 /dev/null -x "$sleep" -- 1000
	ssd 1 -K -b -x "$sleep" -- 1000
	ssd 1 -K
	ssd 1 -S
	ssd 1 -s NOPE -x "$sleep"
	ssd 1 --no-such-option
	is "$(sleepers)" 0
}

# --- OpenRC's options in Debian's dialect ------------------------------------

@test "OpenRC's long options are taken beside Debian's" {
	ssd 0 -S -b -m -p "$T/pid" --stdout "$T/out" --stderr="$T/err" \
		--env GREETING=hello --oom-score-adj=9 -x /bin/sh -- -c \
		'echo $GREETING; echo oh >&2; cat /proc/self/oom_score_adj
			pwd; echo >"$1/done"; exec sleep 1000' sh "$T"
	wait_until 10 test -e "$T/done"
	is "$(cat "$T/out")" $'hello\n9\n/'
	is "$(cat "$T/err")" oh
	stop_all "$T/pid"
}

@test "a line that is Debian's means what it means there" {
	# An abbreviation that OpenRC's --stdout would make ambiguous, and
	# operands that look like its options.
	ssd 0 --start --te -p "$T/pid" -x /bin/echo -- --env A=B --stdout x
	is "$output" "Would start /bin/echo --env A=B --stdout x ."
	ssd 3 --st -x /bin/echo
	match "$stderr" "option '--st' is ambiguous"
	no_match "$stderr" stdout
}

@test "a program with its descriptor for readiness is waited for" {
	ssd 0 -S -b -m -p "$T/pid" --notify fd:5 -x /bin/sh -- -c \
		'echo >"$1/begun"; echo ready >&5; exec sleep 1000' sh "$T"
	[ -e "$T/begun" ]
	stop_all "$T/pid"
	ssd 2 -S -b -m -p "$T/pid" --notify=fd:5 -x /bin/true
	match "$stderr" 'ended before it was ready'
	[ ! -e "$T/pid" ]
	ssd 3 -S -b -m -p "$T/pid" --notify=telephone -x /bin/true
}

@test "--interpreted finds a script by the interpreter's command line" {
	mkfifo "$T/fifo"
	printf '#!/bin/sh\nread -r line <>%s\n' "$T/fifo" >"$T/script"
	chmod 755 "$T/script"
	ssd 0 -S -b --interpreted -x "$T/script"
	ssd 1 -S -b --interpreted -x "$T/script"
	ssd 0 -T --interpreted -x "$T/script"
	ssd 0 -K -R 5 --interpreted -x "$T/script"
	ssd 3 -T --interpreted -x "$T/script"
}

@test "an extra that fails starts nothing, and says which" {
	ssd 2 -S -b -m -p "$T/pid" --stdout "$T/missing/out" -x "$sleep" -- 1000
	match "$stderr" "unable to open '$T/missing/out' .No such file"
	[ ! -e "$T/pid" ]
	ssd 2 -S -b -m -p "$T/pid" --stdin "$T/missing" -x "$sleep" -- 1000
	[ ! -e "$T/pid" ]
	ssd 3 -S -b -m -p "$T/pid" --env =x -x "$sleep" -- 1000
	ssd 3 -S -p "$T/pid" --wait soon -x "$sleep" -- 1000
	is "$(sleepers)" 0
}
