#!/usr/bin/env bats
# Bad input: exit status 2, one line on standard error that names the culprit
# and what was expected, and nothing touched.  A service runs meanwhile, so
# that there is something that could be touched.

# shellcheck disable=SC2016,SC2030,SC2031,SC2154
load helpers

# refused CULPRIT ARGUMENT...: the claim of every test here.
refused() {
	local culprit=$1 before after

	shift
	before=$(listing)
	hf 2 "$@"
	after=$(listing)
	is "$after" "$before" "files"
	is "$output" "" "standard output"
	is "$(printf '%s\n' "$stderr" | wc -l)" 1 "lines on standard error"
	match "$stderr" '^holdfast: '
	[[ $stderr == *"$culprit"* ]] || {
		echo "does not name '$culprit': $stderr" >&2
		return 1
	}
	[ ! -e "$T/touched" ]
}

# The same, with a service that runs.
setup() {
	holdfast_setup
	hf start held -- sleep 1000
	# The keeper notes it after it has told us.
	wait_until 5 grep -q 'ready, pid' "$HOLDFAST_RUN_DIR/held/events"
}

@test "an unknown command" {
	refused frobnicate frobnicate held
}

@test "an unknown option of start" {
	refused --frobnicate start web --frobnicate -- touch "$T/touched"
}

@test "an unknown option of stop" {
	refused --frobnicate stop held --frobnicate
	hf status held
}

@test "an unknown short option" {
	refused -Z start web -Z -- touch "$T/touched"
}

@test "an option without its argument" {
	refused chdir start web --chdir
}

@test "an option with an argument that takes none" {
	refused no-keeper start web --no-keeper=5 -- touch "$T/touched"
}

@test "a missing name" {
	refused name start -- touch "$T/touched"
}

@test "a missing name of stop" {
	refused name stop
}

@test "a missing name of wait" {
	refused name wait
}

@test "a missing name of signal" {
	refused NAME signal
}

@test "a name with a slash" {
	refused a/b start a/b -- touch "$T/touched"
}

@test "the name .." {
	refused .. start .. -- touch "$T/touched"
}

@test "a name that begins with a dot" {
	refused .hidden start .hidden -- touch "$T/touched"
}

@test "an empty name" {
	refused name start '' -- touch "$T/touched"
}

@test "a name of 200 bytes" {
	local name
	name=$(printf '%0200d' 0)
	refused "${name:0:40}" start "$name" -- touch "$T/touched"
}

@test "a name with a space" {
	refused 'two words' start 'two words' -- touch "$T/touched"
}

@test "a name with a newline is still one line of message" {
	refused 'two?lines' start $'two\nlines' -- touch "$T/touched"
}

@test "a name with an escape sequence does not reach the terminal" {
	refused 'red' start $'\e[31mred' -- touch "$T/touched"
	no_match "$stderr" $'\e'
}

@test "bad names of the other commands" {
	local command
	for command in stop restart try-restart reload force-reload status \
		show logs forget; do
		refused .held "$command" .held
	done
	refused .held wait .held down
	refused .held signal .held TERM
}

@test "one bad name among good ones stops nothing" {
	refused a,b stop held a,b
	hf status held
}

@test "a path that is no file is no definition, and changes nothing: 6" {
	local command
	for command in start stop restart status show forget; do
		hf 6 "$command" held ../held
		match "$stderr" '^holdfast: \.\./held: no definition: No such'
	done
	hf status held
}

@test "a missing command" {
	refused command start web --
}

@test "an empty command" {
	refused command start web -- ''
}

@test "--clear-env does not excuse a missing command" {
	refused command start web --clear-env --
}

@test "--no-keeper with --restart" {
	refused keeper start web --no-keeper --restart=always -- \
		touch "$T/touched"
	match "$stderr" '[Rr]estart'
}

@test "--stop-schedule with --stop-signal" {
	refused schedule start web --stop-schedule=TERM/5 --stop-signal=INT \
		-- touch "$T/touched" || refused Schedule start web \
		--stop-schedule=TERM/5 --stop-signal=INT -- touch "$T/touched"
}

@test "--stop-schedule with --stop-timeout" {
	refused chedule start web --stop-schedule=TERM/5 --stop-timeout=9 -- \
		touch "$T/touched"
}

@test "--chdir with --same-dir" {
	refused same-dir start web --chdir /usr --same-dir -- \
		touch "$T/touched"
}

@test "--quiet with --verbose" {
	refused quiet start web --quiet --verbose -- touch "$T/touched"
	refused quiet stop held --quiet --verbose
	hf status held
}

@test "an unknown signal for --stop-signal" {
	refused FOO start web --stop-signal=FOO -- touch "$T/touched"
}

@test "an unknown signal for signal" {
	refused FOO signal held FOO
}

@test "signal 0 and signal 65" {
	refused "'0'" signal held 0
	refused "'65'" signal held 65
}

@test "an unknown signal in a schedule" {
	refused FOO start web --stop-schedule=TERM/5/FOO/5 -- \
		touch "$T/touched"
}

@test "a schedule without a signal" {
	refused chedule start web --stop-schedule=/ -- touch "$T/touched"
}

@test "times that are none" {
	local time
	for time in '' soon 5parsecs -1 1..5 1e3 "5 s x" 99999999999999999999; do
		refused "$time" start web "--stop-timeout=$time" -- \
			touch "$T/touched"
		refused "$time" start web "--start-timeout=$time" -- \
			touch "$T/touched"
		refused "$time" start web "--restart-sec=$time" -- \
			touch "$T/touched"
		refused "$time" start web "--ready=settle:$time" -- \
			touch "$T/touched"
	done
}

@test "a time that is none for wait" {
	refused soon wait held down --timeout=soon
}

@test "wait for something that is none" {
	refused sideways wait held sideways
}

@test "an unreadable environment file" {
	refused "$T/nosuch" start web --env-file "$T/nosuch" -- \
		touch "$T/touched"
}

@test "a directory as environment file" {
	refused "$T" start web --env-file "$T" -- touch "$T/touched"
}

@test "an environment file with a line that is no assignment" {
	printf 'A=1\nnonsense\n' >"$T/env"
	refused "$T/env:2" start web --env-file "$T/env" -- touch "$T/touched"
}

@test "--env without a =" {
	refused NOVALUE start web --env NOVALUE -- touch "$T/touched"
}

@test "--env with a name that is none" {
	refused 1A=x start web --env 1A=x -- touch "$T/touched"
	refused '=x' start web '--env==x' -- touch "$T/touched"
}

@test "nice out of range" {
	local value
	for value in 20 -21 99999999999 x '' 1.5 ' 5' ++5 +20 0x14 08; do
		refused "'$value'" start web "--nice=$value" -- \
			touch "$T/touched"
	done
}

@test "oom-score-adj out of range" {
	refused 1001 start web --oom-score-adj=1001 -- touch "$T/touched"
	refused -1001 start web --oom-score-adj=-1001 -- touch "$T/touched"
}

@test "umask that is not octal or too big" {
	refused 088 start web --umask=088 -- touch "$T/touched"
	refused 10000 start web --umask=10000 -- touch "$T/touched"
	refused -1 start web --umask=-1 -- touch "$T/touched"
}

@test "an unknown limit" {
	refused FROBS start web --limit FROBS=5 -- touch "$T/touched"
}

@test "a limit without a value" {
	refused NOFILE start web --limit NOFILE -- touch "$T/touched"
}

@test "a limit whose soft part exceeds its hard part" {
	refused 200:100 start web --limit NOFILE=200:100 -- touch "$T/touched"
}

@test "a limit that is no number" {
	refused many start web --limit NOFILE=many -- touch "$T/touched"
}

@test "an unknown restart policy" {
	refused sometimes start web --restart=sometimes -- touch "$T/touched"
}

@test "an unknown kill mode" {
	refused gently start web --kill-mode=gently -- touch "$T/touched"
}

@test "an unknown kind of readiness" {
	refused never start web --ready=never -- touch "$T/touched"
}

@test "a start limit that is none" {
	refused often start web --start-limit=often -- touch "$T/touched"
}

@test "an unknown property" {
	refused Frobnicate start web --property Frobnicate=1 -- \
		touch "$T/touched"
}

@test "a property with a bad value" {
	refused UMask start web --property UMask=999 -- touch "$T/touched"
}

@test "a property without a value" {
	refused UMask start web --property UMask -- touch "$T/touched"
}

@test "a relative directory" {
	refused some/where start web --chdir some/where -- \
		touch "$T/touched"
}

@test "a relative run directory" {
	refused some/where status held --run-dir some/where
}

@test "an unknown column of list" {
	refused FROBS list --output=NAME,FROBS
}

@test "a number of lines of logs that is none" {
	refused many logs held -n many
}

@test "an operand too many" {
	refused extra signal held TERM extra
}

@test "a command without -- is not taken for one" {
	hf 6 start web touch "$T/touched"
	match "$stderr" 'touched: no definition: .*a command goes after --$'
	[ ! -e "$T/touched" ]
	[ ! -e "$HOLDFAST_RUN_DIR/touch" ]
}
