#!/usr/bin/env bats
# restart and try-restart, and the automatic restarts that Restart= asks for:
# a table of policies and ways to end, the back-off, and the limit.

# shellcheck disable=SC2016,SC2030,SC2031,SC2154
load helpers

crash() {
	local name=$1 how=$2 times=$3

	shift 3
	hf start "$name" "$@" -- \
		"$VICTIMS/crasher" "$T/$name.runs" "$times" "$how"
}

# policy NAME SUCCESS EXIT-3 SIGTERM SIGSEGV: each yes or no.
policy() {
	local policy=$1 want how name

	crash success exit:0 1 --restart="$policy"
	crash exit exit:3 1 --restart="$policy"
	crash term signal:15 1 --restart="$policy"
	crash segv signal:11 1 --restart="$policy"
	shift
	for name in success exit term segv; do
		want=$1
		shift
		if [ "$want" = yes ]; then
			wait_until 20 has_lines "$T/$name.runs" 2
			hf wait "$name" up --timeout=20s
			is "$(field "$name" NRestarts)" 1 "restarts of $name"
		else
			hf wait "$name" down --timeout=20s
			is "$(wc -l <"$T/$name.runs")" 1 "runs of $name"
			hf 3 status "$name"
		fi
	done
}

@test "Restart=no restarts after nothing" {
	policy no no no no no
}

@test "Restart=on-success restarts after exit 0 and SIGTERM" {
	policy on-success yes no yes no
}

@test "Restart=on-failure restarts after exit 3 and SIGSEGV" {
	policy on-failure no yes no yes
}

@test "Restart=on-abnormal restarts after SIGSEGV" {
	policy on-abnormal no no no yes
}

@test "Restart=on-abort restarts after SIGSEGV" {
	policy on-abort no no no yes
}

@test "Restart=always restarts after everything" {
	policy always yes yes yes yes
}

@test "nothing is restarted when nothing was said" {
	crash web exit:3 1
	hf wait web down --timeout=20s
	is "$(wc -l <"$T/web.runs")" 1
}

@test "a stop is not followed by a restart" {
	start_witness web --restart=always
	hf stop web
	nothing_left web
	hf 3 status web
}

@test "SIGKILL of the service: it is back, with another pid" {
	start_witness web --restart=on-failure
	local pid
	pid=$(pid_of web)
	kill -KILL "$pid"
	wait_until 20 field_is web NRestarts 1
	hf wait web up --timeout=20s
	run ! is "$(pid_of web)" "$pid"
	run -0 alive "$(pid_of web)"
}

@test "the keeper stays the same over a restart" {
	start_witness web --restart=always
	local keeper
	keeper=$(keeper_of web)
	kill -KILL "$(pid_of web)"
	wait_until 20 field_is web NRestarts 1
	hf wait web up --timeout=20s
	is "$(keeper_of web)" "$keeper"
}

@test "a service up for a second is restarted at once, others 100 ms later" {
	crash web exit:1 1 --restart=always
	wait_until 20 has_lines "$T/web.runs" 2
	local first second
	{ read -r _ first; read -r _ second; } <"$T/web.runs"
	[ $((second - first)) -ge 100 ]
}

@test "the back-off doubles" {
	crash web exit:1 4 --restart=always
	wait_until 30 has_lines "$T/web.runs" 5
	local times
	mapfile -t times < <(cut -d ' ' -f 2 "$T/web.runs")
	[ $((times[1] - times[0])) -ge 100 ]
	[ $((times[2] - times[1])) -ge 200 ]
	[ $((times[3] - times[2])) -ge 400 ]
	[ $((times[4] - times[3])) -ge 800 ]
}

@test "--restart-sec is the wait before a restart" {
	crash web exit:1 2 --restart=always --restart-sec=300ms
	wait_until 20 has_lines "$T/web.runs" 3
	local times
	mapfile -t times < <(cut -d ' ' -f 2 "$T/web.runs")
	[ $((times[1] - times[0])) -ge 300 ]
	[ $((times[2] - times[1])) -ge 300 ]
	[ $((times[2] - times[1])) -lt 5000 ]
}

@test "--start-limit ends the restarts, and the record says why" {
	crash web exit:1 1000 --restart=always --restart-sec=10ms \
		--start-limit=3/60s
	hf wait web down --timeout=20s
	is "$(wc -l <"$T/web.runs")" 3 "runs"
	is "$(field web Result)" start-limit-hit
	is "$(field web ActiveState)" failed
	nothing_left web
}

@test "status says that a restart is waited for" {
	crash web exit:1 1 --restart=always --restart-sec=60s
	wait_until 10 field_is web SubState auto-restart
	hf \? status web
	match "$output" 'restarting in [0-9]+ (s|min)'
}

@test "status of a service that is not restarted by itself gives no time" {
	crash web exit:1 1 --restart=always --restart-sec=infinity
	wait_until 10 field_is web SubState auto-restart
	hf \? status web
	match "$output" 'waiting for a restart'
	hf restart web
	hf status web
}

@test "stop ends the wait for a restart" {
	crash web exit:1 1 --restart=always --restart-sec=60s
	wait_until 10 field_is web SubState auto-restart
	hf stop web
	nothing_left web
	is "$(wc -l <"$T/web.runs")" 1
}

@test "restart ends the wait for a restart" {
	crash web exit:1 1 --restart=always --restart-sec=60s
	wait_until 10 field_is web SubState auto-restart
	hf restart web
	is "$(wc -l <"$T/web.runs")" 2
	hf status web
}

@test "no second instance starts during the wait for a restart" {
	crash web exit:1 1 --restart=always --restart-sec=60s
	wait_until 10 field_is web SubState auto-restart
	timeout 2 "$HOLDFAST" start web -- touch "$T/second" 3>&- || true
	[ ! -e "$T/second" ]
}

@test "the tree of the dead run is gone before the next one begins" {
	hf start web --restart=always --stop-schedule=TERM/200ms/KILL/5 -- \
		sh -c 'if [ ! -e "$T/child" ]; then
			"$VICTIMS/stubborn" "$T/there" & echo $! >"$T/child"
			until [ -e "$T/there" ]; do sleep 0.02; done
			until [ -e "$T/go" ]; do sleep 0.02; done
			exit 1
		fi
		kill -0 "$(cat "$T/child")" 2>/dev/null && touch "$T/both"
		touch "$T/again"; exec sleep 1000'
	touch "$T/go"
	wait_until 20 test -e "$T/again"
	[ ! -e "$T/both" ]
}

@test "the pidfile stays locked throughout a restart" {
	start_witness web
	local inode
	inode=$(stat -c %i "$HOLDFAST_RUN_DIR/web/pid")
	hf restart web
	is "$(stat -c %i "$HOLDFAST_RUN_DIR/web/pid")" "$inode"
	run ! flock -n "$HOLDFAST_RUN_DIR/web/pid" true
}

@test "restart gives another pid and another invocation" {
	start_witness web
	local pid id
	pid=$(pid_of web)
	id=$(field web InvocationID)
	hf restart web
	match "$output" "^web: .*pid $(pid_of web)"
	run ! is "$(pid_of web)" "$pid"
	run ! is "$(field web InvocationID)" "$id"
	run ! alive "$pid"
}

# The witness's report without what must differ.
report_of() {
	grep -v -E '^(pid|ppid|pgid|sid|fd\.1|fd\.2|env\.INVOCATION_ID)=' "$1" |
		sort
}

@test "restart keeps arguments, environment, directory and limits" {
	export COLOUR='light "blue" $x %y'
	start_witness web --chdir /usr --umask 027 --limit NOFILE=100 \
		--env 'TWO=a b' --env $'TAB=a\tb'
	report_of "$T/web.saw" >"$T/before"
	rm "$T/web.saw"
	export COLOUR=other
	cd /
	hf restart web
	wait_until 10 test -e "$T/web.saw"
	report_of "$T/web.saw" >"$T/after"
	diff "$T/before" "$T/after"
	is "$(saw "$T/web.saw" env.COLOUR)" 'light "blue" $x %y'
}

@test "restart of a stopped service starts it as it was" {
	start_witness web --chdir /usr
	hf stop web
	rm "$T/web.saw"
	hf restart web
	wait_until 10 test -e "$T/web.saw"
	is "$(saw "$T/web.saw" cwd)" /usr
}

@test "start without a command starts a known service as it was" {
	start_witness web --chdir /usr
	hf stop web
	rm "$T/web.saw"
	hf start web
	wait_until 10 test -e "$T/web.saw"
	is "$(saw "$T/web.saw" cwd)" /usr
}

@test "start without a command of a name never heard of: 6" {
	hf 6 start web
	match "$stderr" '^holdfast: web: '
	[ ! -e "$HOLDFAST_RUN_DIR" ]
}

@test "restart of a name never heard of fails and makes nothing" {
	hf \? restart web
	match "$status" '^[67]$'
	match "$stderr" '^holdfast: web: '
	[ ! -e "$HOLDFAST_RUN_DIR/web/pid" ]
}

@test "restart without a keeper" {
	start_witness web --no-keeper --chdir /usr
	local pid
	pid=$(pid_of web)
	rm "$T/web.saw"
	hf restart web
	wait_until 10 test -e "$T/web.saw"
	run ! alive "$pid"
	is "$(saw "$T/web.saw" cwd)" /usr
	is "$(saw "$T/web.saw" pid)" "$(pid_of web)"
}

@test "restart with a stopped keeper" {
	start_witness web
	local pid
	pid=$(pid_of web)
	kill -STOP "$(keeper_of web)"
	hf restart web
	run ! is "$(pid_of web)" "$pid"
	run ! alive "$pid"
	hf status web
}

@test "a restart whose start fails says so, and nothing is left" {
	cp "$(command -v sleep)" "$T/server"
	hf start web -- "$T/server" 1000
	rm "$T/server"
	hf \? restart web
	run ! is "$status" 0
	match "$stderr" "$T/server"
	nothing_left web
}

@test "try-restart restarts what runs" {
	start_witness web
	local pid
	pid=$(pid_of web)
	hf try-restart web
	run ! is "$(pid_of web)" "$pid"
}

@test "try-restart of a stopped service does nothing, exit 0" {
	start_witness web
	hf stop web
	hf try-restart web
	nothing_left web
}

@test "try-restart of a name never heard of does nothing, exit 0" {
	hf try-restart web
	[ ! -e "$HOLDFAST_RUN_DIR/web" ]
}

@test "try-restart of a service whose record is damaged: 1, and says so" {
	start_witness web
	local record=$HOLDFAST_RUN_DIR/web/record
	cp "$record" "$T/record"
	echo damaged >"$record"
	hf 1 try-restart web
	match "$stderr" '^holdfast: web: .*record is damaged'
	is "$output" ""
	hf 1 try-restart --dry-run web
	mv "$T/record" "$record"
	is "$(pid_of web)" "$(saw "$T/web.saw" pid)"
}

@test "try-restart by who cannot read the record: 4, and says so" {
	requires root
	user_setup 65534
	start_witness web
	chmod 0600 "$HOLDFAST_RUN_DIR/web/record"
	hf_as 65534 4 try-restart web --run-dir "$HOLDFAST_RUN_DIR"
	match "$stderr" '^holdfast: web: .*Permission denied'
}

@test "several restarts at once leave one instance" {
	local i pids=()
	start_witness web
	for i in 1 2 3 4 5 6; do
		timeout 60 "$HOLDFAST" restart web >"$T/restart.$i" 2>&1 3>&- &
		pids+=($!)
	done
	for i in "${pids[@]}"; do
		wait "$i"
	done
	hf status web
	local pid count=0
	for pid in $(marked); do
		case $(command_line "$pid") in
		*/witness*) count=$((count + 1)) ;;
		esac
	done
	is "$count" 1 "instances"
}

@test "the events tell of deaths and restarts" {
	crash web exit:3 1 --restart=always
	wait_until 20 has_lines "$T/web.runs" 2
	match "$(cat "$HOLDFAST_RUN_DIR/web/events")" 'status 3'
}

# Ready the first time; after that it says why and exits with 3.
start_once_good() {
	hf start web --ready=settle:100ms -- sh -c 'echo run >>"$T/web.runs"
		[ "$(wc -l <"$T/web.runs")" -eq 1 ] || { echo broken; exit 3; }
		exec sleep 1000'
}

@test "restart to a run that dies before it is ready: 1, and says why, once" {
	start_once_good
	hf 1 restart web
	match "$stderr" '^holdfast: web: .*exit 3.*broken'
	is "$(wc -l <"$T/web.runs")" 2 "runs"
	nothing_left web
}

@test "try-restart to a run that dies before it is ready: 1, and says why" {
	start_once_good
	hf 1 try-restart web
	match "$stderr" '^holdfast: web: .*exit 3.*broken'
	is "$output" ""
	nothing_left web
}

@test "try-restart to a program that is gone: 5, and says so once" {
	cp "$(command -v sleep)" "$T/server"
	hf start web -- "$T/server" 1000
	rm "$T/server"
	hf 5 try-restart web
	is "$stderr" "holdfast: web: cannot execute $T/server: No such file or directory"
	nothing_left web
}

@test "restart to a run that is ready and ends is not done twice" {
	# The first run stops the command, so that it sees the end only.
	hf start web -- sh -c 'echo run >>"$T/web.runs"
		[ "$(wc -l <"$T/web.runs")" -eq 1 ] || exit 0
		trap "read -r pid <$T/command; kill -STOP \$pid; exit" TERM
		touch "$T/ready"; while :; do sleep 1000 & wait; done'
	wait_until 10 test -e "$T/ready"
	sh -c 'echo $$ >"$T/command"; exec "$HOLDFAST" restart web' \
		>"$T/said" 2>&1 3>&- &
	wait_until 20 has_lines "$T/web.runs" 2
	wait_until 10 field_is web ActiveState inactive
	kill -CONT "$(cat "$T/command")"
	wait $!
	is "$(cat "$T/said")" 'web: restarted, and has ended since (exit 0)'
	is "$(wc -l <"$T/web.runs")" 2 "runs"
}

# A stop that takes longer than a keeper is given to react.
# slowly COMMAND: begin it on a service that takes 6 s to stop, and return
# while it does.
slowly() {
	hf start web --stop-schedule=TERM/6s/KILL/5 -- \
		"$VICTIMS/stubborn" "$T/ready"
	wait_until 10 test -e "$T/ready"
	keeper=$(keeper_of web)
	timeout 40 "$HOLDFAST" "$1" web >"$T/other" 2>&1 3>&- &
	other=$!
	wait_until 10 field_is web SubState stop
}

@test "restart during a long stop leaves the keeper to it" {
	slowly stop
	# The stop may still be there to end what this starts.
	hf \? restart web
	wait "$other"
	no_match "$stderr" 'does not react'
	match "$(cat "$T/other")" '^web: stopped'
	run ! is "$(keeper_of web)" "$keeper"
	kill -KILL "$(pid_of web)" 2>/dev/null || true
}

@test "two restarts at once with a long stop: one keeper does both" {
	slowly restart
	hf restart web
	wait "$other"
	is "$stderr" ""
	match "$(cat "$T/other")" '^web: restarted'
	is "$(keeper_of web)" "$keeper"
	kill -KILL "$(pid_of web)"
}

@test "restart of what would not stop is exit 1, and says so" {
	hf start web --stop-schedule=TERM/200ms -- \
		"$VICTIMS/stubborn" "$T/ready"
	wait_until 10 test -e "$T/ready"
	local pid
	pid=$(pid_of web)
	hf 1 restart web
	match "$stderr" "^holdfast: web: would not stop.* $pid"
	run -0 alive "$pid"
	kill -KILL "$pid"
	hf wait web up --timeout=20s
	kill -KILL "$(pid_of web)"
}

# Names of users are looked up by another program, which the quick one becomes:
# that must be before anything was done.

# counted NAME [OPTION...]: a service that counts its runs in $T/NAME.runs.
counted() {
	local name=$1

	shift
	hf start "$name" "$@" -- sh -c 'echo run >>"$1"; exec sleep 1000' \
		sh "$T/$name.runs"
	wait_until 10 has_lines "$T/$name.runs" 1
}

@test "start of several, of which one has a user, starts each once" {
	counted one
	counted two --user "$(id -un)"
	hf stop one two
	hf start one two
	is "$(grep -c ': running, ' <<<"$output")" 2 "started"
	no_match "$output" already
}

@test "restart of several, of which one has a user, restarts each once" {
	counted one
	counted two --no-keeper --user "$(id -un)"
	hf restart one two
	wait_until 10 has_lines "$T/one.runs" 2
	wait_until 10 has_lines "$T/two.runs" 2
	is "$(wc -l <"$T/one.runs")" 2 "runs of the first"
	is "$(wc -l <"$T/two.runs")" 2 "runs of the second"
}

@test "try-restart without a keeper and with a user restarts it" {
	counted web --no-keeper --user "$(id -un)"
	local pid
	pid=$(pid_of web)
	hf try-restart web
	match "$output" '^web: '
	no_match "$output" 'not running'
	hf status web
	run ! is "$(pid_of web)" "$pid"
}
