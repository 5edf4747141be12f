#!/usr/bin/env bats
# One instance, however many commands come at the same moment.  The service
# itself (tests/victims/loner.c) has what only one process can have: an
# abstract socket, a port, and a file made with O_EXCL.  HFTEST_ROUNDS sets
# how often each storm is repeated.
#
# shellcheck disable=SC2154 # bats sets output and status
# shellcheck disable=SC2086 # $loner is words

# Before helpers.bash says what it is for the others: bats looks before setup.
export BATS_TEST_TIMEOUT=600
load helpers

setup() {
	holdfast_setup
	: "${HFTEST_ROUNDS:=50}"
	bin=$(command -v "$HOLDFAST")
	# Below the ports that the kernel gives away.
	port=$((20000 + BASHPID % 10000))
	loner="$VICTIMS/loner -a hftest-$BASHPID -p $port -e $T/one"
	loner+=" -d $T/double -r $T/report"
	start="$bin start web -- $loner"
}

# storm OPTION... COUNT:COMMAND...
storm() {
	run timeout -k 5 500 "$VICTIMS/storm" -d "$T/double" -p "$T/report" \
		-e "$HOLDFAST_RUN_DIR/web/events" \
		-k "$HOLDFAST_RUN_DIR/web/record" -a "$bin stop web" "$@" 3>&-
	report "storm $*"
	is "$status" 0 "storm's exit status"
}

few() {
	echo $((HFTEST_ROUNDS / 3 + 1))
}

@test "64 starts at once make one instance, and every loser names its pid" {
	storm -1 -r "$HFTEST_ROUNDS" "64:$start"
	nothing_left web
}

@test "64 starts without a keeper make one instance" {
	storm -1 -r "$(few)" "64:$bin start web --no-keeper -- $loner"
	nothing_left web
}

@test "starts of one name with two pidfiles make one instance" {
	storm -1 -r "$(few)" "16:$bin start web --pidfile $T/a.pid -- $loner" \
		"16:$bin start web --pidfile $T/b.pid -- $loner"
	nothing_left web
}

@test "starts at once find the service that ran before, and leave it alone" {
	hf start web -- $loner
	wait_until 5 has_lines "$T/report" 1
	hf status web
	run timeout 60 "$VICTIMS/storm" -d "$T/double" -r "$(few)" \
		"32:$start" 3>&-
	# Nothing was reported in the round: every start said the old pid.
	match "$output" "the pid that was said is not the service's"
	is "$(wc -l <"$T/report")" 1 "instances that ran"
}

@test "status storms do not disturb 64 starts" {
	storm -1 -r "$(few)" "64:$start" "32:$bin status web"
}

@test "starts and stops at once never make two instances" {
	storm -r "$(few)" "24:$start" "24:$bin stop web"
	nothing_left web
}

@test "starts and stops of a running service never make two instances" {
	storm -r "$(few)" -b "$start" "16:$start" "16:$bin stop web"
	nothing_left web
}

@test "restarts at once never make two instances" {
	storm -r "$(few)" -b "$start" "12:$bin restart web" "12:$start"
	nothing_left web
}

@test "start, stop, restart and status at once never make two instances" {
	storm -r "$(few)" -b "$start" "12:$start" "8:$bin stop web" \
		"8:$bin restart web" "12:$bin status web"
	nothing_left web
}

@test "keepers killed during starts never make two instances" {
	storm -r "$(few)" -b "$start" "32:$start" "8:@kill"
	nothing_left web
}

@test "keepers killed during everything never make two instances" {
	storm -r "$(few)" -b "$start" "12:$start" "8:$bin stop web" \
		"8:$bin restart web" "8:$bin status web" "8:@kill"
	nothing_left web
}

@test "stops and starts without a keeper never make two instances" {
	local bare="$bin start web --no-keeper -- $loner"

	storm -r "$(few)" -b "$bare" "16:$bare" "8:$bin stop web" \
		"8:$bin restart web"
	nothing_left web
}

@test "stop means stopped, whatever stops and keepers killed came with it" {
	local round rounds

	rounds=$(few)
	for ((round = 0; round < rounds; round++)); do
		hf start web -- $loner
		run "$VICTIMS/storm" -k "$HOLDFAST_RUN_DIR/web/record" \
			"8:$bin stop web" "2:@kill" 3>&-
		report "storm of stops"
		is "$status" 0 "storm's exit status"
		hf 3 status web
	done
	nothing_left web
}

@test "an adopting start looks up the user of what runs, not of what is given" {
	start_witness web --user "$(id -un)"
	local pid
	pid=$(pid_of web)
	kill -KILL "$(keeper_of web)"
	wait_until 10 gone "$(keeper_of web)"
	hf start web -- sleep 1000
	match "$output" "already running, pid $pid "
	is "$(pid_of web)" "$pid"
}

@test "a start that cannot look up the user to adopt leaves the pidfile" {
	mkdir "$T/bin"
	cp "$(command -v "$HOLDFAST")" "$T/bin/holdfast"
	"$T/bin/holdfast" list >/dev/null 2>&1 3>&- &&
		skip "one program, or it is installed"
	start_witness web --user "$(id -un)"
	local pid
	pid=$(pid_of web)
	kill -KILL "$(keeper_of web)"
	wait_until 10 gone "$(keeper_of web)"
	run --separate-stderr "$T/bin/holdfast" start web -- sleep 1000 3>&-
	run ! is "$status" 0
	is "$(pid_of web)" "$pid"
}

@test "a start that cannot adopt for want of a definition says why: 6" {
	start_witness web
	local pid
	pid=$(pid_of web)
	kill -KILL "$(keeper_of web)"
	wait_until 10 gone "$(keeper_of web)"
	cp "$HOLDFAST_RUN_DIR/web/service" "$T/service"
	sed -i s/^ExecStart=.*/KillMode=gently/ "$HOLDFAST_RUN_DIR/web/service"
	hf 6 start web -- sleep 1000
	match "$stderr" "^holdfast: web: cannot adopt pid $pid: .*gently"
	rm "$HOLDFAST_RUN_DIR/web/service"
	hf 6 start web -- sleep 1000
	match "$stderr" "^holdfast: web: cannot adopt pid $pid: .*No such file"
	run -0 alive "$pid"
	is "$(pid_of web)" "$pid"
	cp "$T/service" "$HOLDFAST_RUN_DIR/web/service"
	hf start web
	is "$(pid_of web)" "$pid"
}

@test "a start that cannot fork a keeper to adopt leaves the pidfile" {
	requires strace
	strace -qq -o "$T/trace" true 2>/dev/null || skip "needs ptrace"
	start_witness web
	local pid
	pid=$(pid_of web)
	kill -KILL "$(keeper_of web)"
	wait_until 10 gone "$(keeper_of web)"
	run --separate-stderr strace -qq -o "$T/trace" \
		-e inject=socketpair:error=EMFILE "$HOLDFAST" start web 3>&-
	is "$status" 1
	match "$stderr" 'cannot fork its keeper: Too many open files'
	is "$(pid_of web)" "$pid"
}
