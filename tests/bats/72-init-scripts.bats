#!/usr/bin/env bats
# What Debian's init scripts are made of, with ours in the place of the
# machine's start-stop-daemon: its own /lib/lsb/init-functions and
# /lib/init/init-d-script.  Ours is bound over /sbin/start-stop-daemon in mount
# namespaces of their own, so that nobody else sees it there.  What whole init
# scripts do, and how dpkg's and busybox's do, tests/init-scripts/run.sh shows.
#
# shellcheck disable=SC2154 # bats sets output and status
# shellcheck disable=SC2016 # scripts for another shell are in quotes

load helpers

setup() {
	holdfast_setup
	requires root perl unshare
	[ -e /sbin/start-stop-daemon ] ||
		skip "needs a start-stop-daemon in /sbin"
	unshare --mount true 2>/dev/null ||
		skip "needs the right to make namespaces"
	# An executable of its own: those of other tests are others.
	dozer=$T/dozer
	doze=$BATS_TEST_DIRNAME/../init-scripts/doze
	pidfile=$T/dozer.pid
	cp "$(command -v perl)" "$dozer"
}

# placed [STATUS] COMMAND...: run it where start-stop-daemon is ours.
placed() {
	local want=0

	case $1 in
	\?|[0-9])
		want=$1
		shift ;;
	esac
	run --separate-stderr timeout -k 5 40 unshare --mount bash -c '
		for there in /sbin /usr/sbin; do
			[ ! -e "$there/start-stop-daemon" ] || mount --bind \
			    "$0" "$there/start-stop-daemon" || exit 99
		done
		cd "$T" && exec "$@"' "$(command -v "$HOLDFAST")" "$@" 3>&-
	report "$*"
	[ "$want" = \? ] || is "$status" "$want" "exit status of: $*"
}

# lsb [STATUS] FUNCTION ARGUMENT...
lsb() {
	local want=0

	case $1 in
	\?|[0-9])
		want=$1
		shift ;;
	esac
	placed "$want" sh -c '. /lib/lsb/init-functions; "$@"' sh "$@"
}

has_functions() {
	[ -e /lib/lsb/init-functions ] || skip "needs /lib/lsb/init-functions"
}

# has_script LINE...: $T/init is an init script for the dozer, with these
# settings.
has_script() {
	has_functions
	[ -e /lib/init/init-d-script ] || skip "needs /lib/init/init-d-script"
	{
		echo '#!/usr/bin/env /lib/init/init-d-script'
		printf '%s\n' "DESC='a daemon that dozes'" "DAEMON=$dozer" \
			"PIDFILE=$pidfile" "$@"
	} >"$T/init"
	chmod 755 "$T/init"
}

# start [OPTION...]: a dozer, by hand.
start() {
	"$dozer" "$doze" -p "$pidfile" "$@" 3>&-
}

# dozers: their pids.
dozers() {
	marked | while read -r pid; do
		[ ! "/proc/$pid/exe" -ef "$dozer" ] || echo "$pid"
	done
}

# One runs, and it is the one in the pidfile.
dozes() {
	[ "$(dozers)" = "$(cat "$pidfile")" ]
}

# What is dead is a zombie until its parent has seen to it, and to
# init-functions that is alive: the pidfile gets a pid that surely is nobody's.
dead_pidfile() {
	true &
	echo $! >"$pidfile"
	wait $!
}

end_dozer() {
	local pid

	for pid in $(dozers); do
		kill -KILL "$pid"
		wait_until 10 gone "$pid"
	done
}

@test "it is ours that is called by its name, and nobody else sees it" {
	local before
	before=$(stat -L -c %d:%i /sbin/start-stop-daemon)
	placed /sbin/start-stop-daemon --version
	match "$output" '^start-stop-daemon .*holdfast'
	placed /usr/sbin/start-stop-daemon --version
	match "$output" '^start-stop-daemon .*holdfast'
	is "$(stat -L -c %d:%i /sbin/start-stop-daemon)" "$before" "file"
}

@test "start_daemon starts once, in the directory of who calls it" {
	local pid
	has_functions
	lsb start_daemon -p "$pidfile" "$dozer" "$doze" -p "$pidfile"
	pid=$(dozers)
	is "$(cat "$pidfile")" "$pid" "pid"
	is "$(readlink "/proc/$pid/cwd")" "$(readlink -f "$T")" "directory"
	lsb start_daemon -p "$pidfile" "$dozer" "$doze" -p "$pidfile"
	is "$(dozers)" "$pid" "what runs"
	end_dozer
	lsb start_daemon -p "$pidfile" "$dozer" "$doze" -p "$pidfile"
	[ "$(dozers)" != "$pid" ]
	dozes
	end_dozer
}

@test "start_daemon -f starts another, and -n is its niceness" {
	has_functions
	start
	lsb start_daemon -f -n 3 "$dozer" "$doze" -p "$T/other.pid"
	is "$(dozers | wc -l)" 2 "dozers"
	is "$(stat_field "$(cat "$T/other.pid")" 19)" \
		$(($(stat_field "$(cat "$pidfile")" 19) + 3)) "niceness"
	end_dozer
}

@test "start_daemon of what does not exist fails" {
	has_functions
	lsb 2 start_daemon -p "$pidfile" "$T/nothing"
	[ ! -e "$pidfile" ]
}

@test "killproc waits until it is gone" {
	has_functions
	start -s 0.5
	lsb killproc -p "$pidfile" "$dozer"
	is "$(dozers)" "" "what runs"
	lsb killproc -p "$pidfile" "$dozer"
}

@test "killproc with a signal sends that and no other" {
	local pid
	has_functions
	start -h "$T/hup"
	pid=$(cat "$pidfile")
	lsb killproc -p "$pidfile" "$dozer" HUP
	wait_until 10 has_lines "$T/hup" 1
	lsb killproc -p "$pidfile" "$dozer" -SIGHUP
	wait_until 10 has_lines "$T/hup" 2
	alive "$pid"
	lsb killproc -p "$pidfile" "$dozer" TERM
	wait_until 10 gone "$pid"
}

@test "killproc tells HUP from TERM where nothing runs" {
	has_functions
	lsb 3 killproc -p "$pidfile" "$dozer" HUP
	lsb 0 killproc -p "$pidfile" "$dozer" TERM
}

@test "killproc leaves a stranger alone whose pid is in the pidfile" {
	local pid
	has_functions
	sleep 1000 3>&- &
	pid=$!
	echo "$pid" >"$pidfile"
	lsb killproc -p "$pidfile" "$dozer"
	lsb 3 killproc -p "$pidfile" "$dozer" KILL
	alive "$pid"
	kill "$pid"
	wait "$pid" || true
}

@test "pidofproc and status_of_proc know what start_daemon has started" {
	has_functions
	lsb 3 status_of_proc -p "$pidfile" "$dozer" dozer
	lsb start_daemon -p "$pidfile" "$dozer" "$doze" -p "$pidfile"
	lsb pidofproc -p "$pidfile" "$dozer"
	is "$output" "$(dozers)" "pid"
	lsb status_of_proc -p "$pidfile" "$dozer" dozer
	end_dozer
	dead_pidfile
	lsb 1 status_of_proc -p "$pidfile" "$dozer" dozer
	lsb 0 killproc -p "$pidfile" "$dozer" TERM
	lsb 3 status_of_proc -p "$pidfile" "$dozer" dozer
}

@test "init-d-script: start, status, restart, stop" {
	local pid
	has_script "DAEMON_ARGS='$doze -p $pidfile'"
	placed 3 "$T/init" status
	placed "$T/init" start
	dozes
	placed "$T/init" status
	pid=$(dozers)
	placed "$T/init" start
	is "$(dozers)" "$pid" "what runs after another start"
	placed "$T/init" restart
	gone "$pid"
	dozes
	end_dozer
	dead_pidfile
	placed 1 "$T/init" status
	placed "$T/init" start
	dozes
	placed "$T/init" stop
	is "$(dozers)" "" "what runs"
	[ ! -e "$pidfile" ]
	placed "$T/init" stop
	placed 3 "$T/init" status
}

@test "init-d-script: stop ends one that is suspended" {
	has_script "DAEMON_ARGS='$doze -p $pidfile'"
	placed "$T/init" start
	kill -STOP "$(cat "$pidfile")"
	placed "$T/init" stop
	is "$(dozers)" "" "what runs"
}

@test "init-d-script: what stays in the foreground is put in the background" {
	has_script "DAEMON_ARGS='$doze -f'" \
		"START_ARGS='--background --make-pidfile'"
	placed "$T/init" start
	wait_until 10 dozes
	placed "$T/init" status
	placed "$T/init" stop
	is "$(dozers)" "" "what runs"
}

@test "init-d-script: reload sends the signal, and nothing restarts" {
	local pid
	has_script "DAEMON_ARGS='$doze -p $pidfile -h $T/hup'" RELOAD_SIGNAL=HUP
	placed "$T/init" start
	pid=$(dozers)
	placed "$T/init" reload
	wait_until 10 has_lines "$T/hup" 1
	is "$(dozers)" "$pid" "what runs"
	placed "$T/init" stop
}

@test "init-d-script: without a pidfile it is known by its program" {
	local pid
	has_script "DAEMON_ARGS='$doze'"
	sed -i 's/^PIDFILE=.*/PIDFILE=none/' "$T/init"
	placed "$T/init" start
	pid=$(dozers)
	placed "$T/init" start
	is "$(dozers)" "$pid" "what runs after another start"
	placed "$T/init" stop
	is "$(dozers)" "" "what runs"
}
