#!/usr/bin/env bats
# Values and names beside systemd's own tools: tests/systemd gives each of some
# thousand texts to both, and compares what they take it for.  No systemd runs.
#
# shellcheck disable=SC2154 # bats sets output and status

# Before helpers.bash says what it is for the others: bats looks before setup.
export BATS_TEST_TIMEOUT=300
load helpers

setup() {
	holdfast_setup
	systemd=$BATS_TEST_DIRNAME/../systemd
}

# compare ARGUMENT...: leaves output and status, and skips the test if nothing
# can be compared here.
compare() {
	TMPDIR=$T run bash "$systemd/diff.sh" "$@" 3>&-
	[[ $output != *'1..0 # SKIP '* ]] ||
		skip "${output#*'1..0 # SKIP '}"
	tail -n 1 <<<"$output"
}

show_differences() {
	awk '/^not ok/ { p = 1 } /^ok/ { p = 0 } p || /^Bail/' <<<"$output" |
		head -n 200
}

# A driver that reads names as ours does, but for one of them.
another_driver() {
	cat >"$T/values" <<-END
		#!/bin/sh
		"$VICTIMS/../systemd/values" "\$@" | sed 's/\(foo@bar\)/\1r/'
	END
	chmod +x "$T/values"
}

@test "each value and name is read as by systemd, or differs as it is declared" {
	compare
	show_differences
	is "$status" 0 "exit status"
	match "$output" '[0-9]{4} cases, 0 not as they should be'
}

@test "what is not as systemd's is found" {
	another_driver
	compare --only instantiate --values "$T/values"
	is "$status" 1 "exit status"
	match "$output" 'not ok [0-9]+ - instantiate: bar'
}

@test "a difference that is declared, but is none, is found" {
	{
		cat "$systemd/allowed"
		echo 'signal | other | 15 | it is not'
	} >"$T/allowed"
	compare --only signal --allowed "$T/allowed"
	is "$status" 1 "exit status"
	match "$output" 'not ok [0-9]+ - signal: 15'
	match "$output" 'declared, but nothing differs'
}
