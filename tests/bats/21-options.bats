#!/usr/bin/env bats
# The options of start that shape the service's surroundings: each is seen by
# the service itself.

# shellcheck disable=SC2016,SC2030,SC2031,SC2154
load helpers

@test "--chdir changes the directory" {
	start_witness web --chdir /usr
	is "$(saw "$T/web.saw" cwd)" /usr
}

@test "-d is --chdir, as in start-stop-daemon" {
	start_witness web -d /usr
	is "$(saw "$T/web.saw" cwd)" /usr
}

@test "--same-dir keeps the caller's directory" {
	cd "$T"
	start_witness web --same-dir
	is "$(saw "$T/web.saw" cwd)" "$(pwd -P)"
}

@test "--umask sets the umask" {
	start_witness web --umask 0027
	is "$(saw "$T/web.saw" umask)" 027
}

@test "the caller's environment is the service's" {
	export GREETING='hello, "world" $HOME %n'
	start_witness web
	is "$(saw "$T/web.saw" env.GREETING)" 'hello, "world" $HOME %n'
}

@test "HOLDFAST_ variables of the caller are not passed on" {
	export HOLDFAST_SECRET=1
	start_witness web
	run ! grep '^env\.HOLDFAST_' "$T/web.saw"
}

@test "--env adds a variable and replaces the caller's" {
	export COLOUR=red
	start_witness web --env COLOUR=blue --env SIZE=1
	is "$(saw "$T/web.saw" env.COLOUR)" blue
	is "$(saw "$T/web.saw" env.SIZE)" 1
	is "$(grep -c '^env\.COLOUR=' "$T/web.saw")" 1
}

@test "--clear-env leaves nothing of the caller's environment" {
	export COLOUR=red
	start_witness web --clear-env --env SIZE=1
	run ! grep -E '^env\.(COLOUR|HFTEST_MARK|BATS)' "$T/web.saw"
	is "$(saw "$T/web.saw" env.SIZE)" 1
}

@test "--env-file reads variables from a file" {
	cat >"$T/env" <<-'END'
		# a comment
		COLOUR=blue
		QUOTED="two words"

		EMPTY=
	END
	start_witness web --env-file "$T/env"
	is "$(saw "$T/web.saw" env.COLOUR)" blue
	is "$(saw "$T/web.saw" env.QUOTED)" "two words"
	grep -qx 'env\.EMPTY=' "$T/web.saw"
}

@test "every run has an INVOCATION_ID, which is the record's" {
	start_witness web
	match "$(saw "$T/web.saw" env.INVOCATION_ID)" '^[0-9a-f]{32}$'
	is "$(saw "$T/web.saw" env.INVOCATION_ID)" "$(field web InvocationID)"
}

@test "the INVOCATION_ID is the run's whatever --env and --env-file say" {
	echo INVOCATION_ID=other >"$T/env"
	start_witness web --env INVOCATION_ID=mine --env-file "$T/env"
	is "$(saw "$T/web.saw" env.INVOCATION_ID)" "$(field web InvocationID)"
}

@test "the INVOCATION_ID comes first, where it is found soonest" {
	start_witness web
	match "$(tr '\0' '\n' <"/proc/$(field web MainPID)/environ" | head -n 1)" \
		'^INVOCATION_ID='
}

@test "--env-file goes over --env, and each variable is there once" {
	printf 'SIZE=2\nNEW=3\nSIZE=4\n' >"$T/env"
	start_witness web --env SIZE=1 --env-file "$T/env"
	is "$(saw "$T/web.saw" env.SIZE)" 4
	is "$(saw "$T/web.saw" env.NEW)" 3
}

@test "PATH is the usual directories when nothing sets it, else what was set" {
	start_witness web --clear-env
	is "$(saw "$T/web.saw" env.PATH)" \
		/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin
	echo PATH=/one >"$T/env"
	start_witness two --clear-env --env-file "$T/env"
	is "$(saw "$T/two.saw" env.PATH)" /one
}

# With a descendant that forked twice, in a session of its own, whom after the
# keeper's death only the environment tells from a stranger.
@test "a service with 300 kB of environment is stopped whole without its keeper" {
	local large keeper

	large=$(head -c 100000 /dev/zero | tr '\0' x)
	hf start web --env "A=$large" --env "B=$large" --env "C=$large" \
		--stop-schedule TERM/1/KILL/5 -- "$VICTIMS/forker" 4 "$T/ready"
	wait_until 10 test -e "$T/ready"
	keeper=$(keeper_of web)
	kill -KILL "$keeper"
	wait_until 5 gone "$keeper"
	hf stop web
	nothing_left web
}

@test "--nice sets the niceness" {
	start_witness web --nice 7
	is "$(saw "$T/web.saw" nice)" 7
}

@test "--limit sets soft and hard limit" {
	start_witness web --limit NOFILE=100:200
	is "$(saw "$T/web.saw" limit.NOFILE)" 100:200
}

@test "--limit with one value sets both" {
	start_witness web --limit CORE=0
	is "$(saw "$T/web.saw" limit.CORE)" 0:0
}

@test "--oom-score-adj sets the score" {
	start_witness web --oom-score-adj 500
	is "$(saw "$T/web.saw" oom_score_adj)" 500
}

@test "--property sets any directive" {
	start_witness web --property UMask=0077 --property WorkingDirectory=/usr
	is "$(saw "$T/web.saw" umask)" 077
	is "$(saw "$T/web.saw" cwd)" /usr
}

@test "--user and --group change all ids and drop the groups" {
	requires root
	chmod 1777 "$T"
	user_setup 65534
	hf start web --user nobody --group nogroup -- \
		"$USERS/witness" "$T/web.saw"
	wait_until 10 test -e "$T/web.saw"
	is "$(saw "$T/web.saw" Uid)" "65534 65534 65534 65534"
	is "$(saw "$T/web.saw" Gid)" "65534 65534 65534 65534"
	is "$(saw "$T/web.saw" Groups | tr -d ' ')" 65534
}

@test "--user sets HOME, USER and LOGNAME to the user's" {
	requires root
	chmod 1777 "$T"
	user_setup 65534
	hf start web --user nobody -- "$USERS/witness" "$T/web.saw"
	wait_until 10 test -e "$T/web.saw"
	is "$(saw "$T/web.saw" env.USER)" nobody
	is "$(saw "$T/web.saw" env.LOGNAME)" nobody
	is "$(saw "$T/web.saw" env.HOME)" "$(getent passwd nobody | cut -d: -f6)"
}

@test "the service of another user can open its /dev/stdout" {
	requires root
	hf start web --user nobody --ready=settle:200ms -- sh -c \
		'echo through the name >/dev/stdout; exec sleep 1000'
	wait_until 10 grep -q 'through the name' "$HOLDFAST_LOG_DIR/web.log"
}

@test "a relative command is taken from the caller's directory" {
	mkdir "$T/bin"
	printf '#!/bin/sh\nexec sleep 1000\n' >"$T/bin/server"
	chmod +x "$T/bin/server"
	cd "$T"
	hf start web -- ./bin/server
	hf status web
}

@test "a command without a slash is looked up in PATH" {
	mkdir "$T/bin"
	printf '#!/bin/sh\nexec sleep 1000\n' >"$T/bin/hf-test-server"
	chmod +x "$T/bin/hf-test-server"
	PATH=$T/bin:$PATH hf start web -- hf-test-server
	hf status web
}

@test "a failed start in / hints at --same-dir when a file was meant" {
	cd "$T"
	touch some.conf
	hf 1 start web --ready=settle:500ms -- sh -c 'cat "$0"' some.conf
	match "$stderr" some.conf
	match "$stderr" '(--same-dir|--chdir)'
}

@test "--dry-run says the plan and starts nothing" {
	hf start web --dry-run --chdir /usr -- "$VICTIMS/witness" "$T/web.saw"
	grep -q "^ExecStart=$VICTIMS/witness " <<<"$output"
	grep -qx WorkingDirectory=/usr <<<"$output"
	[ ! -e "$T/web.saw" ]
	[ ! -e "$HOLDFAST_RUN_DIR" ]
}

@test "--quiet says nothing on standard output" {
	hf start web --quiet -- "$VICTIMS/witness" "$T/web.saw"
	is "$output" ""
	is "$stderr" ""
}

@test "start says that the service runs, and its pid" {
	start_witness web
	match "$output" "^web: running, pid $(pid_of web)( |\$)"
}

@test "a second start says so, exits 0, and starts nothing" {
	start_witness web
	local pid
	pid=$(pid_of web)
	hf start web -- touch "$T/second"
	is "$output" "web: already running, pid $pid"
	[ ! -e "$T/second" ]
	is "$(pid_of web)" "$pid"
}

@test "the generated definition in the run directory is for the owner only" {
	start_witness web
	is "$(stat -c %a "$HOLDFAST_RUN_DIR/web/service")" 600
}

@test "--stop-schedule of one time goes with --stop-signal, in any order" {
	hf start web --stop-schedule=7 --stop-signal=INT --dry-run -- sleep 1000
	match "$output" "INT/7/KILL/7"
	hf start web --stop-signal=INT --stop-schedule=7 -- sleep 1000
	hf restart web
	hf stop web
	match "$output" "stopped .SIGINT"
}
