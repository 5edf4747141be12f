#!/usr/bin/env bats
# No command leaves memory behind: only in a build with the address sanitizer,
# whose leak check looks when a process exits.  (It cannot under strace, and
# costs every command some time; hence not in the other files.)

# shellcheck disable=SC2016,SC2030,SC2031,SC2154
load helpers

setup() {
	grep -q __asan_init "$HOLDFAST" || skip "no sanitizer in this build"
	holdfast_setup
	export ASAN_OPTIONS=detect_leaks=1:exitcode=99:log_path=$T/leaks
}

# runs STATUS COMMAND...: it exits with this status, and leaks nothing.
runs() {
	local status_wanted=$1 log

	shift
	hf "$status_wanted" "$@"
	for log in "$T"/leaks.*; do
		[ ! -e "$log" ] || { cat "$log" >&2; return 1; }
	done
}

@test "no command leaks, of a service in its life" {
	runs 0 start web --env=A=b --limit=nofile=100 -- sleep 1000
	runs 0 start web
	runs 0 status web
	runs 0 status web --json
	runs 0 status web --verbose
	runs 0 show web
	runs 0 show web --json
	runs 0 logs web
	runs 0 wait web up --timeout=10s
	runs 0 signal web CONT
	runs 0 restart web
	runs 0 try-restart web
	runs 0 list
	runs 0 list --json
	runs 0 stop web
	runs 3 status web
	runs 0 start web
	runs 0 stop web
	runs 0 forget web
	runs 0 help start
}

@test "no command leaks, of several services and of none" {
	runs 0 start one -- sleep 1000
	runs 0 start two --no-keeper -- sleep 1000
	runs 0 status one two
	runs 3 status one three two
	runs 0 restart one two
	runs 0 stop one two three
	runs 6 start three
}

@test "no command leaks when it refuses" {
	runs 2 start web --nonsense -- true
	runs 2 start web --restart=perhaps -- true
	runs 2 start web --limit=nofile=x --env=A=b -- true
	runs 5 start web -- "$T/no-such"
	runs 1 start web --user=no-such-user -- true
	runs 2 status
	runs 2 signal web NONSENSE
}

@test "no command leaks, of unit files" {
	local dir=$T/definitions

	mkdir -p "$dir/web.service.d"
	printf '%s\n' '[Service]' 'ExecStart=-/bin/sleep $N' Environment=N=1000 \
		SupplementaryGroups=1 UnsetEnvironment=X PassEnvironment=HOME \
		PrivateTmp=yes PrivateTmp=no ProtectSystem=full \
		CPUSchedulingPolicy=batch >"$dir/web@.service"
	printf '%s\n' '[Service]' 'Environment=A=%i' >"$dir/web.service.d/a.conf"
	cp "$dir/web@.service" "$dir/web.service"
	ln -s web.service "$dir/www.service"
	ln -s /dev/null "$dir/masked.service"
	ln -s loop.service "$dir/loop.service"
	printf '%s\n' '[Service]' "ExecStart=/bin/sleep 'x" \
		>"$dir/wrong.service"
	runs \? start www
	runs \? show web web@a
	runs 0 verify www web@a
	runs 6 verify wrong masked
	runs \? stop www.service
	runs 6 start masked
	runs 6 start wrong
	runs \? start "$dir/web.service"
	runs \? "$dir/web.service" stop
	runs 6 start "$dir/none.service"
	runs 6 start none
}
