#!/usr/bin/env bats
# start-stop-daemon beside Debian's: tests/ssd runs each of thousands of command
# lines with both and compares all that can be seen afterwards.  With SSD_SAMPLE
# in the environment ("10:3" for the third of each ten) it is a part of them.
#
# shellcheck disable=SC2154 # bats sets output and status

# Before helpers.bash says what it is for the others: bats looks before setup.
export BATS_TEST_TIMEOUT=1500
load helpers

setup() {
	holdfast_setup
	ssd=$BATS_TEST_DIRNAME/../ssd
}

# compare PROGRAM ARGUMENT...: leaves output and status; says what differs, and
# skips the test if nothing can be compared here.
compare() {
	local program=$1
	shift

	TMPDIR=$T run bash "$ssd/$program" "$@" 3>&-
	[[ $output != *'1..0 # SKIP '* ]] ||
		skip "${output#*'1..0 # SKIP '}"
	tail -n 1 <<<"$output"
}

show_differences() {
	awk '/^not ok/ { p = 1 } /^ok/ { p = 0 } p || /^Bail/' <<<"$output" |
		head -n 200
}

@test "each case of tests/ssd is as with Debian's, or differs as it is declared" {
	compare diff.sh
	show_differences
	is "$status" 0 "exit status"
	match "$output" ' cases, 0 not as they should be'
}

@test "command lines at random are as with Debian's, or differ as it is declared" {
	local count=300
	[ -z "${SSD_SAMPLE-}" ] || count=100
	compare random.sh --count "$count"
	head -n 1 <<<"$output"
	show_differences
	is "$status" 0 "exit status"
	match "$output" "# $count cases, 0 not as they should be"
}

@test "what is not as Debian's is found" {
	unset SSD_SAMPLE
	compare diff.sh --filter '^(usage: --chdir|start: background$)' \
		--ours "$HOLDFAST start-stop-daemon --dialect=busybox"
	is "$status" 1 "exit status"
	match "$output" 'not ok [0-9]+ - usage: --chdir'
	match "$output" 'not ok [0-9]+ - start: background'
}

@test "a difference that is declared, but is none, is found" {
	unset SSD_SAMPLE
	compare diff.sh --filter '^usage: --version alone' \
		--ours /usr/sbin/start-stop-daemon
	is "$status" 1 "exit status"
	match "$output" 'declared, but nothing differs: texts'
}

@test "the same line at random comes of the same seed" {
	local first
	compare random.sh --list --seed 5 --count 20
	first=$output
	compare random.sh --list --seed 5 --count 20
	is "$output" "$first" "the lines"
	compare random.sh --list --seed 5 --only 20
	[[ $first == *"$(tail -n 1 <<<"$output")"* ]]
	compare random.sh --list --seed 6 --count 20
	[ "$output" != "$first" ]
}

@test "every name in tests/ssd/allowed is declared by some case" {
	local name
	sed -n 's/^\([a-z][a-z-]*\) |.*/\1/p' "$ssd/allowed" >"$T/names"
	[ "$(wc -l <"$T/names")" -gt 10 ]
	while read -r name; do
		[ "$name" = state ] || grep -qwE "$name" "$ssd"/cases-*.bash
	done <"$T/names"
}
