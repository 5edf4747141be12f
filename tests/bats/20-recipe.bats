#!/usr/bin/env bats
# What a started service finds around itself, seen in /proc and by the service
# (the victim called witness).  These are the steps of the classic recipe for
# a daemon, and what holdfast adds to it.

# shellcheck disable=SC2016,SC2030,SC2031,SC2154
load helpers

# The parent that an orphan gets here: init, or the nearest subreaper.
orphans_parent() {
	local pid

	pid=$(sh -c 'sleep 1000 >/dev/null 3>&- & echo $!')
	ppid_of "$pid"
	kill "$pid"
}

@test "the service's parent is its keeper" {
	start_witness web
	is "$(ppid_of "$(pid_of web)")" "$(keeper_of web)"
	run -0 alive "$(keeper_of web)"
}

@test "without a keeper the service's parent is that of every orphan" {
	start_witness web --no-keeper
	is "$(ppid_of "$(pid_of web)")" "$(orphans_parent)"
}

@test "the service is not a session leader" {
	start_witness web
	run ! is "$(saw "$T/web.saw" sid)" "$(saw "$T/web.saw" pid)"
}

@test "the service is in another session than its keeper" {
	start_witness web
	run ! is "$(saw "$T/web.saw" sid)" \
		"$(stat_field "$(keeper_of web)" 6)"
}

@test "the service leads a process group of its own" {
	start_witness web
	is "$(saw "$T/web.saw" pgid)" "$(pid_of web)"
}

@test "without a keeper it is no session leader and has its own group too" {
	start_witness web --no-keeper
	is "$(saw "$T/web.saw" pgid)" "$(pid_of web)"
	run ! is "$(saw "$T/web.saw" sid)" "$(pid_of web)"
}

@test "the service has no controlling terminal" {
	run "$VICTIMS/ptyrun" "$HOLDFAST" start web -- \
		"$VICTIMS/witness" "$T/web.saw" 3>&-
	is "$status" 0 "$output"
	wait_until 10 test -e "$T/web.saw"
	is "$(saw "$T/web.saw" tty)" 0
}

@test "opening a terminal does not give the service a controlling one" {
	start_witness web
	is "$(saw "$T/web.saw" terminal_opened)" yes
	is "$(saw "$T/web.saw" tty_after_open)" 0
}

@test "opening a terminal does not either without a keeper" {
	start_witness web --no-keeper
	is "$(saw "$T/web.saw" terminal_opened)" yes
	is "$(saw "$T/web.saw" tty_after_open)" 0
}

@test "the working directory is /" {
	cd "$T"
	start_witness web
	is "$(saw "$T/web.saw" cwd)" /
}

@test "the root directory is /" {
	start_witness web
	is "$(saw "$T/web.saw" root)" /
}

@test "the umask is 022 whatever the caller's" {
	umask 077
	start_witness web
	is "$(saw "$T/web.saw" umask)" 022
}

@test "record and events can be read by anybody whatever the caller's umask" {
	umask 077
	start_witness web
	is "$(stat -c %a "$HOLDFAST_RUN_DIR/web"/{record,events} |
		paste -sd ' ')" "644 644"
}

@test "record and events can be read by anybody without a keeper too" {
	umask 077
	start_witness web --no-keeper
	is "$(stat -c %a "$HOLDFAST_RUN_DIR/web"/{record,events} |
		paste -sd ' ')" "644 644"
	is "$(saw "$T/web.saw" umask)" 022
}

@test "the descriptors are exactly 0, 1 and 2 though the caller had others" {
	exec 7<"$BATS_TEST_FILENAME" 12>"$T/other"
	start_witness web
	exec 7<&- 12>&-
	is "$(grep -o '^fd\.[0-9]*' "$T/web.saw" | sort | paste -sd ' ')" \
		"fd.0 fd.1 fd.2"
}

@test "descriptor 0 is /dev/null" {
	start_witness web <"$BATS_TEST_FILENAME"
	is "$(saw "$T/web.saw" fd.0)" /dev/null
}

@test "without a keeper the hold rides along, and cannot be written to" {
	start_witness web --no-keeper
	is "$(grep -o '^fd\.[0-9]*=.*/pid$' "$T/web.saw" | wc -l)" 1
	local number
	number=$(sed -n 's/^fd\.\([0-9]*\)=.*\/pid$/\1/p' "$T/web.saw")
	is "$(saw "$T/web.saw" "fdmode.$number")" 0 "read-only"
	is "$(grep -c '^fd\.' "$T/web.saw")" 4 "how many descriptors"
}

@test "no signal is ignored though the caller ignored some" {
	run env --ignore-signal=HUP,INT,QUIT,PIPE,CHLD,TERM,USR1 \
		"$HOLDFAST" start web -- "$VICTIMS/witness" "$T/web.saw" 3>&-
	is "$status" 0 "$output"
	wait_until 10 test -e "$T/web.saw"
	is "$(saw "$T/web.saw" SigIgn)" 0000000000000000
}

@test "no signal is blocked though the caller blocked some" {
	run env --block-signal=HUP,INT,USR1,USR2,TERM,CHLD \
		"$HOLDFAST" start web -- "$VICTIMS/witness" "$T/web.saw" 3>&-
	is "$status" 0 "$output"
	wait_until 10 test -e "$T/web.saw"
	is "$(saw "$T/web.saw" SigBlk)" 0000000000000000
}

@test "signals are as by default without a keeper too" {
	run env --ignore-signal=HUP,PIPE,CHLD --block-signal=USR1,TERM \
		"$HOLDFAST" start web --no-keeper -- \
		"$VICTIMS/witness" "$T/web.saw" 3>&-
	is "$status" 0 "$output"
	wait_until 10 test -e "$T/web.saw"
	is "$(saw "$T/web.saw" SigIgn)" 0000000000000000
	is "$(saw "$T/web.saw" SigBlk)" 0000000000000000
}

@test "a start with TERM ignored and blocked can be stopped" {
	run env --ignore-signal=TERM,CHLD --block-signal=TERM,CHLD \
		"$HOLDFAST" start web -- "$VICTIMS/witness" "$T/web.saw" 3>&-
	is "$status" 0 "$output"
	hf stop web
	nothing_left web
}

@test "the arguments arrive as given" {
	hf start web -- "$VICTIMS/witness" "$T/web.saw" "two words" '%n $HOME' \
		'"quoted" \t' '' -- --restart=always $'a\nb' 'ä'
	wait_until 10 test -e "$T/web.saw"
	is "$(saw "$T/web.saw" argv.2)" "two words"
	is "$(saw "$T/web.saw" argv.3)" '%n $HOME'
	is "$(saw "$T/web.saw" argv.4)" '"quoted" \t'
	is "$(saw "$T/web.saw" argv.5)" ''
	is "$(saw "$T/web.saw" argv.6)" --
	is "$(saw "$T/web.saw" argv.7)" --restart=always
	is "$(saw "$T/web.saw" argv.8)" a
	grep -qx b "$T/web.saw"
	is "$(saw "$T/web.saw" argv.9)" ä
}

@test "the pidfile holds the service's pid and no newline" {
	start_witness web
	is "$(cat "$HOLDFAST_RUN_DIR/web/pid")" "$(saw "$T/web.saw" pid)"
	is "$(tail -c 1 "$HOLDFAST_RUN_DIR/web/pid" | tr -d 0-9 | wc -c)" 0
}

@test "the pidfile is locked while the service runs" {
	start_witness web
	run ! flock -n "$HOLDFAST_RUN_DIR/web/pid" true
}

@test "the pidfile is locked while a service without keeper runs" {
	start_witness web --no-keeper
	run ! flock -n "$HOLDFAST_RUN_DIR/web/pid" true
}

@test "the pidfile is gone after stop" {
	start_witness web
	hf stop web
	[ ! -e "$HOLDFAST_RUN_DIR/web/pid" ]
}

@test "the pidfile is gone after stop without a keeper" {
	start_witness web --no-keeper
	hf stop web
	[ ! -e "$HOLDFAST_RUN_DIR/web/pid" ]
}

@test "the pidfile is gone after the service's exit 0" {
	hf start web -- sh -c "until [ -e '$T/go' ]; do sleep 0.05; done"
	touch "$T/go"
	hf 0 wait web down --timeout=20s
	wait_until 10 test ! -e "$HOLDFAST_RUN_DIR/web/pid"
}

@test "the pidfile is gone after SIGKILL of the service" {
	start_witness web
	kill -KILL "$(pid_of web)"
	hf 0 wait web down --timeout=20s
	wait_until 10 test ! -e "$HOLDFAST_RUN_DIR/web/pid"
}

@test "a second pidfile holds the pid, is locked, and goes with the service" {
	start_witness web --pidfile "$T/web.pid"
	is "$(cat "$T/web.pid")" "$(saw "$T/web.saw" pid)"
	run ! flock -n "$T/web.pid" true
	hf stop web
	[ ! -e "$T/web.pid" ]
}

@test "two names with one pidfile are one instance" {
	start_witness web --pidfile "$T/web.pid"
	hf \? start other --pidfile "$T/web.pid" -- "$VICTIMS/witness" \
		"$T/other.saw"
	[ ! -e "$T/other.saw" ]
	match "$output$stderr" "$(pid_of web)"
}

@test "the service outlives the terminal it was started from" {
	run "$VICTIMS/ptyrun" sh -c '"$HOLDFAST" start web -- \
		"$VICTIMS/listener" "$T/heard" && "$HOLDFAST" start nokeeper \
		--no-keeper -- "$VICTIMS/listener" "$T/heard2"' 3>&-
	is "$status" 0 "$output"
	wait_until 10 has_lines "$T/heard" 1
	wait_until 10 has_lines "$T/heard2" 1
	# Had the hangup reached them, it would be before this one.
	hf signal web USR1
	hf signal nokeeper USR1
	wait_until 10 has_lines "$T/heard" 2
	wait_until 10 has_lines "$T/heard2" 2
	is "$(paste -sd ' ' "$T/heard")" "ready $(kill -l USR1)"
	is "$(paste -sd ' ' "$T/heard2")" "ready $(kill -l USR1)"
	hf status web
}

@test "the keeper outlives the terminal it was started from" {
	run "$VICTIMS/ptyrun" "$HOLDFAST" start web -- \
		"$VICTIMS/witness" "$T/web.saw" 3>&-
	is "$status" 0 "$output"
	run -0 alive "$(keeper_of web)"
	is "$(stat_field "$(keeper_of web)" 7)" 0 "tty_nr of the keeper"
}

@test "the keeper holds no descriptor of the caller" {
	exec 7<"$BATS_TEST_FILENAME"
	start_witness web
	exec 7<&-
	run ls -l "/proc/$(keeper_of web)/fd"
	no_match "$output" "$(basename "$BATS_TEST_FILENAME")"
}

# Those of libc itself, which sigfillset(3) leaves out, among them: musl has 34,
# which is SIGRTMIN for everybody else.
@test "signals that the keeper has no use for do not end it" {
	local signal keeper

	start_witness web
	keeper=$(keeper_of web)
	for signal in 3 4 5 6 7 8 11 13 14 24 25 31 $(seq 34 64); do
		kill -"$signal" "$keeper"
	done
	hf status web
	is "$(keeper_of web)" "$keeper"
	run -0 alive "$keeper"
}

@test "the keeper's working directory keeps no file system busy" {
	cd "$T"
	start_witness web
	is "$(readlink "/proc/$(keeper_of web)/cwd")" /
}
