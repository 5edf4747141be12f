#!/usr/bin/env bats
# Directives of a unit file that set up the process and are no option of start:
# what each one does, seen from outside, and what its bad value is answered.
#
# shellcheck disable=SC2154 # bats sets stderr

load helpers

setup() {
	holdfast_setup
	mkdir -p "$T/definitions"
	unit=$T/definitions/web.service
}

# runs LINE...: web, with these lines, runs; its pid goes to `main`.
runs() {
	printf '%s\n' '[Service]' 'ExecStart=/bin/sleep 1000' "$@" >"$unit"
	hf start web
	main=$(pid_of web)
}

# refuses LINE WHAT: web is not started with that line.
refuses() {
	printf '%s\n' '[Service]' 'ExecStart=/bin/sleep 1000' "$1" >"$unit"
	hf 6 start web
	match "$stderr" "web.service:3: ${1%%=*}: .*$2"
	nothing_left web
}

# again LINE: what show prints has that line.
shown() {
	hf show web
	match "$output" "(^|"$'\n'")$1("$'\n'"|\$)"
}

status_of() {
	sed -n "s/^$2:[[:space:]]*//p" "/proc/$1/status"
}

# Bit 12 is signal 13.
ignores_pipe() {
	[ $((0x$(status_of "$1" SigIgn) >> 12 & 1)) -eq 1 ]
}

@test "IgnoreSIGPIPE: a unit file's service ignores it, unless told otherwise" {
	runs
	ignores_pipe "$main"
	hf stop web
	runs IgnoreSIGPIPE=no
	run ! ignores_pipe "$main"
	shown IgnoreSIGPIPE=no
	hf stop web
	refuses IgnoreSIGPIPE=maybe 'expected'
}

@test "IgnoreSIGPIPE: a command that is typed has it as a shell would" {
	hf start web -- sleep 1000
	run ! ignores_pipe "$(pid_of web)"
	shown IgnoreSIGPIPE=no
	hf stop web
	hf start web --property IgnoreSIGPIPE=yes -- sleep 1000
	ignores_pipe "$(pid_of web)"
}

@test "NoNewPrivileges" {
	runs NoNewPrivileges=yes
	is "$(status_of "$main" NoNewPrivs)" 1
	shown NoNewPrivileges=yes
	hf stop web
	runs
	is "$(status_of "$main" NoNewPrivs)" 0
	hf stop web
	refuses NoNewPrivileges=2 'expected'
}

@test "SupplementaryGroups: by name and number, beside those of the user" {
	requires root
	runs SupplementaryGroups='daemon 4711' SupplementaryGroups=bin \
		User=nobody
	match "$(status_of "$main" Groups) " '(^| )4711 '
	is "$(wc -w <<<"$(status_of "$main" Groups)")" 4
	shown SupplementaryGroups=4711
	hf stop web
	runs SupplementaryGroups=4711 SupplementaryGroups= \
		SupplementaryGroups=4712
	is "$(tr -d ' ' <<<"$(status_of "$main" Groups)")" 04712
	hf stop web
	refuses 'SupplementaryGroups=a:b' 'expected names or numbers'
	printf '%s\n' '[Service]' 'ExecStart=/bin/sleep 1000' \
		SupplementaryGroups=no-such-group >"$unit"
	hf 1 start web
	match "$stderr" "unknown group 'no-such-group'"
}

@test "PassEnvironment: what the caller has, below what the definition sets" {
	export PASSED=1 SET=caller
	runs 'PassEnvironment=PASSED SET NOT_THERE' Environment=SET=own
	run -0 tr '\0' '\n' <"/proc/$main/environ"
	match "$output" $'(^|\n)PASSED=1($|\n)'
	match "$output" $'(^|\n)SET=own($|\n)'
	no_match "$output" NOT_THERE
	unset PASSED
	hf restart web
	run -0 tr '\0' '\n' <"/proc/$(pid_of web)/environ"
	match "$output" $'(^|\n)PASSED=1($|\n)'
	hf stop web
	refuses 'PassEnvironment=A=1' 'expected names of variables'
}

@test "UnsetEnvironment: by name, or only with that value" {
	echo FILE=1 >"$T/env"
	runs 'Environment=A=1 B=2 C=3' "EnvironmentFile=$T/env" \
		'UnsetEnvironment=A B=3 C=3 FILE PATH INVOCATION_ID'
	run -0 tr '\0' '\n' <"/proc/$main/environ"
	no_match "$output" $'(^|\n)(A|C|FILE|PATH)='
	match "$output" $'(^|\n)B=2($|\n)'
	match "$output" $'(^|\n)INVOCATION_ID='
	shown UnsetEnvironment=B=3
	hf stop web
	refuses 'UnsetEnvironment=1A' 'expected NAME or NAME=VALUE'
}

@test "WorkingDirectory: of the user, and one that may be missing" {
	requires root
	runs 'WorkingDirectory=~' User=daemon
	is "$(readlink "/proc/$main/cwd")" /usr/sbin
	shown 'WorkingDirectory=~'
	hf stop web
	runs 'WorkingDirectory=~'
	is "$(readlink "/proc/$main/cwd")" /root
	hf stop web
	runs "WorkingDirectory=-$T/missing"
	is "$(readlink "/proc/$main/cwd")" /
	shown "WorkingDirectory=-$T/missing"
	hf stop web
	mkdir "$T/missing"
	hf start web
	is "$(readlink "/proc/$(pid_of web)/cwd")" "$T/missing"
	hf stop web
	rmdir "$T/missing"
	printf '%s\n' '[Service]' 'ExecStart=/bin/sleep 1000' \
		"WorkingDirectory=$T/missing" >"$unit"
	hf 1 start web
	match "$stderr" "cannot change directory to $T/missing"
	refuses WorkingDirectory=here 'expected an absolute path'
}

@test "StandardOutput: all that is systemd's journal is the log" {
	local where

	for where in journal syslog kmsg+console; do
		runs "StandardOutput=$where"
		is "$(readlink "/proc/$main/fd/1")" \
			"$HOLDFAST_RUN_DIR/web/output"
		hf stop web
	done
	refuses StandardOutput=somewhere 'expected journal'
}

@test "CPUSchedulingPolicy, CPUSchedulingResetOnFork" {
	runs CPUSchedulingPolicy=idle CPUSchedulingResetOnFork=yes
	run -0 chrt -p "$main"
	match "$output" 'policy: SCHED_IDLE.SCHED_RESET_ON_FORK'
	shown CPUSchedulingPolicy=idle
	hf stop web
	runs CPUSchedulingPolicy=batch
	run -0 chrt -p "$main"
	match "$output" 'policy: SCHED_BATCH'
	no_match "$output" RESET
	hf stop web
	refuses CPUSchedulingPolicy=quick 'expected other, batch, idle, fifo or rr'
}

@test "CPUSchedulingPriority, of a real-time policy" {
	requires root
	chrt -f 1 true 2>/dev/null || skip "no real-time policy here"
	runs CPUSchedulingPolicy=rr CPUSchedulingPriority=7
	run -0 chrt -p "$main"
	match "$output" 'policy: SCHED_RR'
	match "$output" 'priority: 7'
	hf stop web
	refuses CPUSchedulingPriority=100 'expected a number from 0 to 99'
}

@test "a policy that may not be had is gone without, and said" {
	requires root
	runs User=root CPUSchedulingPolicy=other
	hf stop web
	printf '%s\n' '[Service]' 'ExecStart=/bin/sleep 1000' \
		CPUSchedulingPolicy=fifo >"$unit"
	run --separate-stderr setpriv --bounding-set=-sys_nice \
		--inh-caps=-sys_nice "$HOLDFAST" start web 3>&-
	is "$status" 0
	match "$stderr" 'cannot set CPUSchedulingPolicy: Operation not permitted'
}

@test "IOSchedulingClass, IOSchedulingPriority" {
	runs IOSchedulingClass=best-effort IOSchedulingPriority=6
	is "$(ionice -p "$main")" 'best-effort: prio 6'
	shown IOSchedulingPriority=6
	hf stop web
	runs IOSchedulingClass=3
	is "$(ionice -p "$main")" idle
	shown IOSchedulingClass=idle
	hf stop web
	runs IOSchedulingPriority=1
	is "$(ionice -p "$main")" 'best-effort: prio 1'
	hf stop web
	refuses IOSchedulingPriority=8 'expected a number from 0 to 7'
	refuses IOSchedulingClass=4 'expected none, realtime'
}
