#!/usr/bin/env bats
# The command line as such: help, version, names of commands, several names,
# where things go and what is said where.

# shellcheck disable=SC2016,SC2030,SC2031,SC2154
load helpers

@test "--version says the name and the version on standard output" {
	hf --version
	match "$output" '^holdfast [0-9]+\.[0-9]+'
	is "$stderr" ""
}

@test "help lists every command on standard output" {
	hf help
	for word in start stop restart try-restart reload force-reload status \
		list show signal wait logs forget help; do
		match "$output" "(^|[[:space:]])$word([[:space:]]|\$)"
	done
	is "$stderr" ""
}

@test "help on a command says its usage" {
	hf help stop
	match "$output" 'holdfast stop'
}

@test "start --help lists the options of start" {
	hf start --help
	for word in --pidfile --chdir --same-dir --user --group --umask --env \
		--env-file --clear-env --nice --limit --oom-score-adj \
		--stop-signal --stop-timeout --stop-schedule --kill-mode \
		--restart --restart-sec --start-limit --ready --start-timeout \
		--output --no-keeper --property; do
		match "$output" "$word([^a-z-]|\$)"
	done
}

@test "no command at all is a usage error on standard error" {
	hf 2
	is "$output" ""
	match "$stderr" "^holdfast: "
}

@test "a command without the name of a service names itself" {
	local command

	for command in stop restart try-restart reload status show logs wait \
		forget; do
		hf 2 $command
		is "$stderr" \
			"holdfast: $command: expected the name of a service"
	done
}

@test "stop takes several names" {
	start_witness one
	start_witness two
	hf stop one two
	nothing_left one
	nothing_left two
}

@test "status of several names exits with the worst" {
	start_witness one
	hf 3 status one nosuch
	match "$output" one
}

@test "restart takes several names" {
	start_witness one
	start_witness two
	local one two
	one=$(pid_of one)
	two=$(pid_of two)
	hf restart one two
	run ! is "$(pid_of one)" "$one"
	run ! is "$(pid_of two)" "$two"
}

@test "options may stand before and after the name" {
	hf start --chdir=/usr web --umask 027 -- "$VICTIMS/witness" \
		"$T/web.saw"
	wait_until 10 test -e "$T/web.saw"
	is "$(saw "$T/web.saw" cwd)" /usr
	is "$(saw "$T/web.saw" umask)" 027
}

@test "--run-dir and --log-dir go before the environment" {
	hf start web --run-dir "$T/otherrun" --log-dir "$T/otherlog" -- \
		"$VICTIMS/witness" "$T/web.saw"
	[ -e "$T/otherrun/web/pid" ]
	[ ! -e "$HOLDFAST_RUN_DIR" ]
	hf stop web --run-dir "$T/otherrun" --log-dir "$T/otherlog"
	nothing_left web
}

@test "there is no colour without a terminal" {
	unset NO_COLOR
	start_witness web
	hf status web
	no_match "$output" $'\e'
}

@test "NO_COLOR is respected on a terminal" {
	start_witness web
	NO_COLOR=1 TERM=xterm run "$VICTIMS/ptyrun" "$HOLDFAST" status web
	is "$status" 0
	no_match "$output" $'\e'
}
