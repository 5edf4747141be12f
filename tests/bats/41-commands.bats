#!/usr/bin/env bats
# The smaller commands: list, show, logs, wait, signal, reload, force-reload
# and forget.

# shellcheck disable=SC2016,SC2030,SC2031,SC2154
load helpers

start_listener() {
	hf start "$@" -- "$VICTIMS/listener" "$T/$1.heard"
	wait_until 10 has_lines "$T/$1.heard" 1
}

heard() {
	grep -qx "$(kill -l "$2")" "$T/$1.heard"
}

# --- list

@test "list of nothing is exit 0" {
	hf list
	[ ! -e "$HOLDFAST_RUN_DIR" ]
}

@test "list has a line for each service, with its pid and state" {
	start_witness one
	start_witness two
	hf stop two
	hf list
	match "$output" "one .*$(pid_of one)"
	match "$output" "one .*running"
	match "$output" "two .*stopped"
	is "$(printf '%s\n' "$output" | wc -l)" 3 "lines"
}

@test "list --output chooses the columns and their order" {
	start_witness one
	hf list --output=PID,NAME
	is "$(sed 1d <<<"$output" | tr -s ' ' | sed 's/^ //; s/ $//')" \
		"$(pid_of one) one"
}

@test "list --json can be parsed" {
	requires jq
	start_witness one
	start_witness two
	hf list --json --output=NAME,PID
	is "$(jq -r '.services | map(.name) | sort | join(" ")' \
		<<<"$output")" "one two"
	is "$(jq -r '.services[] | select(.name == "one") | .pid' \
		<<<"$output")" "$(pid_of one)"
}

@test "list --json of nothing can be parsed" {
	requires jq
	hf list --json
	is "$(jq -r '.services | length' <<<"$output")" 0
}

@test "list passes over what is no service" {
	start_witness one
	touch "$HOLDFAST_RUN_DIR/file"
	mkdir "$HOLDFAST_RUN_DIR/.hidden"
	hf list
	no_match "$output" 'file|hidden'
}

# --- show

@test "show is a definition that gives the same service" {
	start_witness web --chdir /usr --umask 027 --restart=on-failure \
		--env 'TWO=a b'
	hf show web
	match "$output" '^\[Service\]|'$'\n''\[Service\]'
	match "$output" 'ExecStart='
	match "$output" 'WorkingDirectory=/usr'
	match "$output" 'UMask=0027'
	match "$output" 'Restart=on-failure'
}

@test "show of an unknown service: 6 and says so" {
	hf \? show web
	match "$status" '^[67]$'
	match "$stderr" '^holdfast: web: '
}

@test "show --json can be parsed" {
	requires jq
	start_witness web --chdir /usr
	hf show web --json
	jq . <<<"$output" >/dev/null
	match "$output" '/usr'
}

@test "show works on a stopped service" {
	start_witness web
	hf stop web
	hf show web
	match "$output" "$VICTIMS/witness"
}

# --- logs

@test "logs prints what the service wrote" {
	hf start web -- sh -c 'echo out; echo err >&2; touch "$T/go"; exec sleep 1000'
	wait_until 10 test -e "$T/go"
	wait_until 10 has_lines "$HOLDFAST_LOG_DIR/web.log" 2
	hf logs web
	is "$output" $'out\nerr'
}

@test "logs -n prints the last lines" {
	hf start web -- sh -c 'seq 100; exec sleep 1000'
	wait_until 10 has_lines "$HOLDFAST_LOG_DIR/web.log" 100
	hf logs web -n 3
	is "$output" $'98\n99\n100'
}

@test "logs -n with more lines than there are prints all" {
	hf start web -- sh -c 'seq 5; exec sleep 1000'
	wait_until 10 has_lines "$HOLDFAST_LOG_DIR/web.log" 5
	hf logs web -n 1000
	is "$output" $'1\n2\n3\n4\n5'
}

@test "logs -n prints a last line without newline" {
	hf start web -- sh -c 'printf "a\nb\nc"; touch "$T/go"; exec sleep 1000'
	wait_until 10 grep -q c "$HOLDFAST_LOG_DIR/web.log"
	hf logs web -n 2
	is "$output" $'b\nc'
}

@test "logs -f goes on with what comes" {
	hf start web -- sh -c \
		'echo one; until [ -e "$T/go" ]; do sleep 0.05; done; echo two; exec sleep 1000'
	wait_until 10 has_lines "$HOLDFAST_LOG_DIR/web.log" 1
	timeout 30 "$HOLDFAST" logs -f web >"$T/follow" 3>&- &
	local pid=$!
	wait_until 10 grep -qx one "$T/follow"
	touch "$T/go"
	wait_until 10 grep -qx two "$T/follow"
	kill "$pid"
	wait "$pid" || true
}

@test "logs of a stopped service works" {
	hf start web -- sh -c 'echo one; exec sleep 1000'
	wait_until 10 has_lines "$HOLDFAST_LOG_DIR/web.log" 1
	hf stop web
	hf logs web
	is "$output" one
}

@test "logs of an unknown service fails and names it" {
	hf \? logs web
	run ! is "$status" 0
	match "$stderr" '^holdfast: web: '
}

# --- wait

@test "wait up returns when the service runs" {
	timeout 30 "$HOLDFAST" wait web up >"$T/out" 2>&1 3>&- &
	local pid=$!
	start_witness web
	wait "$pid"
}

@test "wait up of a running one returns at once" {
	start_witness web
	hf wait web up
}

@test "wait down returns when the service is stopped" {
	start_witness web
	timeout 30 "$HOLDFAST" wait web down >"$T/out" 2>&1 3>&- &
	local pid=$!
	hf stop web
	wait "$pid"
}

@test "wait down of a stopped one returns at once" {
	start_witness web
	hf stop web
	hf wait web down
}

@test "wait exit gives the service's exit status" {
	hf start web -- sh -c \
		'until [ -e "$T/go" ]; do sleep 0.05; done; exit 7'
	touch "$T/go"
	hf 7 wait web exit --timeout=30s
}

@test "wait exit gives 128 and the signal's number" {
	start_witness web
	kill -KILL "$(pid_of web)"
	hf 137 wait web exit --timeout=30s
}

@test "wait down: the --timeout passed: 124, and says so" {
	start_witness web
	hf 124 wait web down --timeout=200ms
	match "$stderr" '^holdfast: web: '
	hf status web
}

@test "wait up: the --timeout passed: 124" {
	hf 124 wait web up --timeout=200ms
}

@test "wait down is not deceived by a restart" {
	hf start web --restart=always --restart-sec=100ms -- \
		"$VICTIMS/crasher" "$T/runs" 2 exit:1
	hf 124 wait web down --timeout=2s
	is "$(wc -l <"$T/runs")" 3
}

@test "wait down ends when a service without a keeper dies" {
	start_witness web --no-keeper
	timeout 30 "$HOLDFAST" wait web down >"$T/out" 2>&1 3>&- &
	local pid=$!
	kill -KILL "$(pid_of web)"
	wait "$pid"
}

# --- signal, reload

@test "signal by name" {
	start_listener web
	hf signal web USR1
	wait_until 10 heard web USR1
}

@test "signal by name with SIG" {
	start_listener web
	hf signal web SIGUSR2
	wait_until 10 heard web USR2
}

@test "signal by number" {
	start_listener web
	hf signal web "$(kill -l WINCH)"
	wait_until 10 heard web WINCH
}

@test "signal to what does not run: 7" {
	start_listener web
	hf stop web
	hf 7 signal web USR1
	match "$stderr" '^holdfast: web: '
}

@test "signal reaches a service without a keeper" {
	start_listener web --no-keeper
	hf signal web USR1
	wait_until 10 heard web USR1
}

@test "reload sends HUP" {
	start_listener web
	hf reload web
	wait_until 10 heard web HUP
	hf status web
}

@test "force-reload sends HUP" {
	start_listener web
	hf force-reload web
	wait_until 10 heard web HUP
}

@test "reload of a service without a keeper sends HUP" {
	start_listener web --no-keeper
	hf reload web
	wait_until 10 heard web HUP
}

@test "reload of a stopped service: 7" {
	start_listener web
	hf stop web
	hf 7 reload web
	match "$stderr" '^holdfast: web: '
}

@test "reload of a name never heard of: 7, and nothing is made" {
	hf 7 reload web
	[ ! -e "$HOLDFAST_RUN_DIR/web" ]
}

@test "HUP to the keeper is handed to the service" {
	start_listener web
	kill -HUP "$(keeper_of web)"
	wait_until 10 heard web HUP
	hf status web
}

# --- forget

@test "forget removes what is known of a stopped service" {
	start_witness web
	hf stop web
	hf forget web
	[ ! -e "$HOLDFAST_RUN_DIR/web" ]
	hf 3 status web
}

@test "forget of a running service is refused" {
	start_witness web
	hf 1 forget web
	match "$stderr" '^holdfast: web: '
	hf status web
}

@test "forget of a name never heard of is exit 0" {
	hf forget web
}

@test "forget leaves the log" {
	hf start web -- sh -c 'echo one; exec sleep 1000'
	wait_until 10 has_lines "$HOLDFAST_LOG_DIR/web.log" 1
	hf stop web
	hf forget web
	is "$(cat "$HOLDFAST_LOG_DIR/web.log")" one
}

@test "forget --dry-run removes nothing" {
	start_witness web
	hf stop web
	hf forget --dry-run web
	[ -e "$HOLDFAST_RUN_DIR/web/record" ]
}
