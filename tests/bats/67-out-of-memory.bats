#!/usr/bin/env bats
# When there is no more memory: what a command leaves, and what a keeper does.

load helpers

setup() {
	holdfast_setup
	requires strace
	strace -qq -o "$T/trace" true 2>/dev/null || skip "needs ptrace"
	! grep -q __asan_init "$HOLDFAST" || skip "a sanitizer has its own memory"
}

# Its record and its events tell of a start that failed; they are no pidfile.
left_by() {
	[ ! -e "$HOLDFAST_RUN_DIR/$1/pid" ] || echo pid
	[ ! -e "$HOLDFAST_RUN_DIR/$1/service.new" ] || echo service.new
}

@test "a start that dies of it leaves no pidfile, wherever it is" {
	local n died=0 environment=()

	for ((n = 0; n < 8; n++)); do
		environment+=("V$n=$(printf %060000d "$n")")
	done
	for ((n = 1; n < 200; n++)); do
		run env -i PATH="$PATH" HOLDFAST_RUN_DIR="$HOLDFAST_RUN_DIR" \
			HOLDFAST_LOG_DIR="$HOLDFAST_LOG_DIR" \
			"${environment[@]}" strace -qq -o "$T/trace" -e trace=brk,mmap \
			-e inject=brk:error=ENOMEM \
			-e "inject=mmap:error=ENOMEM:when=$n+" \
			"$HOLDFAST" start web --no-keeper -- sleep 1000 3>&-
		[ "$status" -ne 0 ] || break
		[ "$status" -ne 1 ] || died=$((died + 1))
		is "$(left_by web)" "" "left when call $n failed ($output)"
	done
	is "$status" 0 "the last one's exit status"
	echo "$died of $n died of it"
	[ "$died" -ge 8 ]
	hf stop web
}

@test "a keeper outlives it, and restarts the service when there is some again" {
	local keeper tracer

	# More than a heap has free: it must be asked for.
	{ echo ONE=1 && printf '#%0400000d\n' 1; } >"$T/env"
	hf start web --restart always --restart-sec 20ms \
		--start-limit no --env-file "$T/env" -- sleep 1000
	keeper=$(keeper_of web)
	timeout 60 strace -qq -o "$T/trace" -e trace=brk,mmap,mremap \
		-e inject=brk,mmap,mremap:error=ENOMEM -p "$keeper" 3>&- &
	tracer=$!
	wait_until 5 traced "$keeper"
	kill -KILL "$(pid_of web)"
	wait_until 5 grep -q INJECTED "$T/trace"
	wait_until 5 has_lines "$T/trace" 6
	alive "$keeper"
	kill "$tracer"
	wait "$tracer" || :
	wait_until 5 field_is web ActiveState active
	is "$(keeper_of web)" "$keeper"
	hf stop web
}

traced() {
	grep -q '^TracerPid:[[:space:]]*[1-9]' "/proc/$1/status"
}
