#!/usr/bin/env bats
#
# The protocol of hold, start, adoption and stop, as doc/model/hold.pml has it,
# under spin: what is right has no error, and what is wrong in one place has
# the one it must have.  It is the model that is tested here, not the program.

setup() {
	local tool

	for tool in spin "${CC:-cc}"; do
		command -v "${tool%% *}" >/dev/null ||
		    skip "${tool%% *} is not installed"
	done
	model=${srcdir:+$srcdir/doc/model/hold.pml}
	[ -n "$model" ] && [ -f "$model" ] ||
	    model=$BATS_TEST_DIRNAME/../../doc/model/hold.pml
	model=$(realpath "$model")
	cd "$BATS_TEST_TMPDIR" || return 1
}

# search "SPIN'S FLAGS" "THE COMPILER'S" [PAN'S]: search the model; the
# outcome is in $output.
# shellcheck disable=SC2086
search() {
	# Without reduction: the figures are small, and it is one less to trust.
	spin -P"${CC:-cc} -E -x c" $1 -a "$model" &&
	    ${CC:-cc} -w -DNOREDUCE -DMEMLIM=900 $2 -o pan pan.c || return 1
	run ./pan -m10000 ${3-}
	echo "$output"
	[ "$status" -eq 0 ] && [[ "$output" != *"Search not completed"* ]]
}

# breaks FLAG PROPERTY: with FLAG the model violates PROPERTY.  (Compiled
# without optimisation and searched in reverse order: both are quicker here.)
breaks() {
	spin -P"${CC:-cc} -E -x c" "-D$1" -a "$model" &&
	    ${CC:-cc} -w -DNOREDUCE -DMEMLIM=900 -DSAFETY -DT_REVERSE \
	    -o pan pan.c || return 1
	run ./pan -m10000
	echo "$output"
	[[ "$output" == *"assertion violated $2 "* ]]
}

@test "no interleaving with two faults breaks a property of the protocol" {
	search "" "-O2 -DSAFETY"
	[[ "$output" == *"errors: 0"* ]]
}

@test "every step of every process in the model is reached" {
	# pan says nothing of what is within a d_step, or merged (-o3).
	search "-o3 -DFAULTS=1 -Dd_step=atomic" "-DSAFETY"
	[[ "$output" == *"unreached in proctype Keeper"* ]]
	awk '/^proctype/ { inside = 1 } /^}/ { inside = 0 }
	    inside { print NR }' "$model" >steps
	[ -s steps ]
	sed -n 's/.*hold\.pml:\([0-9]*\), state [0-9]*, "[^-].*/\1/p' \
	    <<<"$output" >unreached
	[ -s unreached ]	# of the inlines: what does not apply there
	run grep -Fxf steps unreached
	echo "never reached: lines $output"
	[ "$status" -eq 1 ]
}

@test "no run of the model goes on for ever" {
	search "-DFAULTS=1" "-O2 -DNP" -l
	[[ "$output" == *"errors: 0"* ]]
}

@test "a start that looks again without waiting goes on for ever" {
	spin -P"${CC:-cc} -E -x c" -DLOOK_WITHOUT_WAITING -a "$model"
	${CC:-cc} -w -DNOREDUCE -DNP -o pan pan.c
	run ./pan -l -m10000
	echo "$output"
	[[ "$output" == *"non-progress cycle"* ]]
}

@test "a record that only the keeper writes, after the exec, makes two instances" {
	breaks RECORD_AFTER_EXEC at_most_one_instance
}

@test "a pidfile removed after the lock is given up makes two instances" {
	breaks UNLINK_AFTER_UNLOCK at_most_one_instance
}

@test "a lock whose name is not checked again makes two instances" {
	breaks NO_RECHECK at_most_one_instance
}

@test "a pidfile removed when it cannot be written loses an instance" {
	breaks PUBLISH_UNLINKS record_names_the_instance
}

@test "a stop without the hold is lost to a start that adopts" {
	breaks STOP_WITHOUT_HOLD no_stop_is_lost
}

@test "a stop that does not read the record again is lost to a restart" {
	breaks STOP_TRUSTS_OLD_RECORD no_stop_is_lost
}

@test "a start that takes a probe for a holder lies" {
	breaks PROBE_IS_HOLDER no_answer_is_a_lie
}

@test "a start that takes a service before its exec for running lies" {
	breaks RUNS_BEFORE_EXEC no_answer_is_a_lie
}

@test "a start that keeps its copy of the lock is refused for ever" {
	breaks START_KEEPS_LOCK every_command_ends
}
