#!/usr/bin/env bats
# No signal goes to what is not the service, whatever a pidfile says and
# whoever has the pid now.  What could go wrong here would hit everybody
# (kill(-1)): those tests run in a pid namespace of their own.
#
# shellcheck disable=SC2154 # bats sets output and status
# shellcheck disable=SC2016,SC2034 # scripts for another shell are in quotes

load helpers

# The command that runs a script in a pid namespace, with its own /proc.
find_namespace() {
	apart=(unshare --pid --fork --mount-proc)
	[ "$(id -u)" -eq 0 ] || apart+=(--user --map-root-user)
	"${apart[@]}" true 2>/dev/null ||
		skip "needs the right to make pid namespaces"
}

# in_namespace ARGUMENT...: run the script on standard input there; what it
# prints becomes output.  Each line that begins "bad" fails the test.
in_namespace() {
	find_namespace
	cat >"$T/script"
	# The library of the scripts.
	cat >"$T/lib" <<'EOF'
bad() { echo "bad: $*"; }
hf() { timeout 30 "$HOLDFAST" "$@"; }
start_tick() { cut -d ' ' -f 22 "/proc/$1/stat"; }
state_of() { cut -d ' ' -f 3 "/proc/$1/stat" 2>/dev/null; }
of_record() { sed -n "s/^$1=//p" "$HOLDFAST_RUN_DIR/web/record"; }
EOF
	run timeout -k 5 80 "${apart[@]}" bash -c '. "$1/lib"; . "$1/script"' \
		script "$T" "$@" 3>&- </dev/null
	report "in a pid namespace: $*"
	is "$status" 0 "exit status of the script"
	no_match "$output" "(^|"$'\n'")bad"
}

# Run BODY, lines of shell, once for each text, with a stopped service web,
# the text in its pidfile and a bystander.
with_each_text() {
	export BODY=$1
	in_namespace "$VICTIMS" <<'EOF'
try() {
	local what=$1 text=$2 bystander rc

	hf start web -- sleep 1000 >/dev/null || bad "$what: first start"
	hf stop web >/dev/null || bad "$what: first stop"
	sleep 1000 &
	bystander=$!
	text=${text//%BYSTANDER%/$bystander}
	printf -- "$text" >"$HOLDFAST_RUN_DIR/web/pid"
	eval "$BODY"
	[[ $(state_of "$bystander") == [SRD] ]] || bad "$what: bystander harmed"
	hf stop web >/dev/null || bad "$what: last stop"
	[ ! -e "$HOLDFAST_RUN_DIR/web/pid" ] || bad "$what: pidfile left"
	kill "$bystander"
	wait "$bystander" 2>/dev/null || :
}
try "minus one" '-1'
try "zero" '0'
try "one" '1'
try "one and a newline" '1\n'
try "twenty digits" '99999999999999999999'
try "a number too large" '4294967298'
try "garbage" 'web server\n'
try "a stranger and garbage" '%BYSTANDER% x'
try "a stranger" '%BYSTANDER%'
try "a stranger and a newline" '%BYSTANDER%\n'
try "nothing" ''
try "zero bytes" '\0\0\0\0'
EOF
}

@test "status of a pidfile that was left says so, whatever text it holds" {
	with_each_text '
		hf status web >/dev/null; rc=$?
		[ $rc -eq 1 ] || bad "$what: status says $rc"'
}

@test "stop with any text in a left pidfile exits 0 and harms nobody" {
	with_each_text '
		hf stop web >/dev/null; rc=$?
		[ $rc -eq 0 ] || bad "$what: stop says $rc"'
}

@test "signal with any text in a left pidfile says 7 and harms nobody" {
	with_each_text '
		hf signal web KILL >/dev/null 2>&1; rc=$?
		[ $rc -eq 7 ] || bad "$what: signal says $rc"'
}

@test "restart with any text in a left pidfile starts the service" {
	with_each_text '
		hf restart web >/dev/null; rc=$?
		[ $rc -eq 0 ] || bad "$what: restart says $rc"
		hf status web >/dev/null || bad "$what: not running"'
}

@test "start replaces any text in a left pidfile by the pid" {
	with_each_text '
		hf start web -- sleep 1000 >/dev/null; rc=$?
		[ $rc -eq 0 ] || bad "$what: start says $rc"
		[ "$(cat "$HOLDFAST_RUN_DIR/web/pid")" = "$(of_record MainPID)" ] ||
			bad "$what: the pidfile does not hold the pid"'
}

@test "a text of a MiB in the pidfile is replaced too" {
	mkdir -p "$HOLDFAST_RUN_DIR/web"
	head -c 1048576 /dev/zero | tr '\0' 7 >"$HOLDFAST_RUN_DIR/web/pid"
	hf 1 status web
	hf stop web
	[ ! -s "$HOLDFAST_RUN_DIR/web/pid" ] ||
		is "$(stat -c %s "$HOLDFAST_RUN_DIR/web/pid")" 1048576 size
	hf start web -- sleep 1000
	is "$(pid_of web)" "$(field web MainPID)" "pid in the pidfile"
}

@test "start replaces any text in the file of --pidfile" {
	with_each_text '
		printf -- "$text" >"$HOLDFAST_RUN_DIR/../old.pid"
		hf start web --pidfile "$HOLDFAST_RUN_DIR/../old.pid" \
			-- sleep 1000 >/dev/null; rc=$?
		[ $rc -eq 0 ] || bad "$what: start says $rc"
		[ "$(cat "$HOLDFAST_RUN_DIR/../old.pid")" = \
			"$(of_record MainPID)" ] ||
			bad "$what: the pidfile does not hold the pid"
		hf stop web >/dev/null || bad "$what: stop"
		[ ! -e "$HOLDFAST_RUN_DIR/../old.pid" ] ||
			bad "$what: --pidfile left"'
}

# refused PATH REASON [OPTION...]: start says why it does not take PATH, and
# leaves nothing.
refused() {
	local path=$1 reason=$2

	shift 2
	hf 1 start web "$@" -- sleep 1000
	match "$stderr" "$path"
	match "$stderr" "$reason"
	is "$(marked)" "" "processes left"
}

@test "a fifo in the place of the pidfile is refused, without waiting for it" {
	mkdir -p "$HOLDFAST_RUN_DIR/web"
	mkfifo "$HOLDFAST_RUN_DIR/web/pid"
	refused "$HOLDFAST_RUN_DIR/web/pid" "regular file"
	test -p "$HOLDFAST_RUN_DIR/web/pid"
	rm "$HOLDFAST_RUN_DIR/web/pid"
}

@test "a directory in the place of the pidfile is refused" {
	mkdir -p "$HOLDFAST_RUN_DIR/web/pid"
	refused "$HOLDFAST_RUN_DIR/web/pid" "regular file"
	rmdir "$HOLDFAST_RUN_DIR/web/pid"
}

@test "a symlink in the place of the pidfile is refused, its target untouched" {
	mkdir -p "$HOLDFAST_RUN_DIR/web"
	echo precious >"$T/target"
	ln -s "$T/target" "$HOLDFAST_RUN_DIR/web/pid"
	refused "$HOLDFAST_RUN_DIR/web/pid" "symbolic link"
	is "$(cat "$T/target")" precious "the target"
	rm "$HOLDFAST_RUN_DIR/web/pid"
}

@test "--pidfile to a fifo is refused" {
	mkfifo "$T/old.pid"
	refused "$T/old.pid" "regular file" --pidfile "$T/old.pid"
	nothing_left web
}

@test "--pidfile to a directory is refused" {
	mkdir "$T/old.pid"
	refused "$T/old.pid" "regular file" --pidfile "$T/old.pid"
	nothing_left web
}

@test "--pidfile to a symlink is refused, its target untouched" {
	echo precious >"$T/target"
	ln -s "$T/target" "$T/old.pid"
	refused "$T/old.pid" "symbolic link" --pidfile "$T/old.pid"
	is "$(cat "$T/target")" precious "the target"
	nothing_left web
}

@test "status, stop and restart of a pidfile that is no file harm nobody" {
	local kind

	for kind in fifo directory symlink; do
		hf start web -- sleep 1000
		hf stop web
		case $kind in
		fifo) mkfifo "$HOLDFAST_RUN_DIR/web/pid" ;;
		directory) mkdir "$HOLDFAST_RUN_DIR/web/pid" ;;
		symlink)
			echo $$ >"$T/target"
			ln -s "$T/target" "$HOLDFAST_RUN_DIR/web/pid" ;;
		esac
		hf \? status web
		[ "$status" -ne 0 ]
		hf \? stop web
		[ "$status" -le 1 ]
		hf 1 restart web
		is "$(marked)" "" "processes left"
		[ $kind != symlink ] || is "$(cat "$T/target")" $$ "the target"
		rm -rf "$HOLDFAST_RUN_DIR/web/pid"
	done
}

# Start web, kill it and its keeper, and give its pid to a stranger ($!).
recycle='
hf start web -- sleep 1000 >/dev/null || bad "first start"
main=$(of_record MainPID) keeper=$(of_record HoldfastKeeperPID)
kill -KILL "$keeper"
kill -KILL "$main"
while [ -n "$(state_of "$main")$(state_of "$keeper")" ]; do
	/bin/true	# reaps
done
stranger=
for try in 1 2 3 4 5 6 7 8 9 10; do
	echo $((main - 1)) >/proc/sys/kernel/ns_last_pid
	sleep 1000 &
	stranger=$!
	# Start times are in ticks: the stranger must not have the same one.
	[ "$stranger" = "$main" ] &&
		[ "$(start_tick "$stranger")" != "$(of_record HoldfastMainStart)" ] &&
		break
	kill -KILL "$stranger"
	wait "$stranger" 2>/dev/null
done
[ "$stranger" = "$main" ] || { echo "no luck with pids"; exit 3; }
'

@test "status of a service whose pid has another now says not running" {
	[ "$(id -u)" -eq 0 ] || skip "writing ns_last_pid needs root"
	in_namespace <<<"$recycle"'
		hf status web; rc=$?
		[ $rc -eq 1 ] || [ $rc -eq 3 ] || bad "status says $rc"'
}

@test "stop of a service whose pid has another now harms nobody" {
	[ "$(id -u)" -eq 0 ] || skip "writing ns_last_pid needs root"
	in_namespace <<<"$recycle"'
		hf stop web; rc=$?
		[ $rc -eq 0 ] || bad "stop says $rc"
		[ "$(state_of "$stranger")" = S ] || bad "the stranger was harmed"'
}

@test "start of a service whose pid has another now starts anew" {
	[ "$(id -u)" -eq 0 ] || skip "writing ns_last_pid needs root"
	in_namespace <<<"$recycle"'
		hf start web -- sleep 1000; rc=$?
		[ $rc -eq 0 ] || bad "start says $rc"
		[ "$(of_record MainPID)" != "$stranger" ] || bad "took the stranger"
		hf status web >/dev/null || bad "not running"
		hf stop web >/dev/null || bad "stop"
		[ "$(state_of "$stranger")" = S ] || bad "the stranger was harmed"'
}

@test "restart of a service whose pid has another now starts anew" {
	[ "$(id -u)" -eq 0 ] || skip "writing ns_last_pid needs root"
	in_namespace <<<"$recycle"'
		hf restart web; rc=$?
		[ $rc -eq 0 ] || bad "restart says $rc"
		[ "$(of_record MainPID)" != "$stranger" ] || bad "took the stranger"
		hf stop web >/dev/null || bad "stop"
		[ "$(state_of "$stranger")" = S ] || bad "the stranger was harmed"'
}

@test "a keeper's pid that has another now gets no signal" {
	[ "$(id -u)" -eq 0 ] || skip "writing ns_last_pid needs root"
	in_namespace <<<"$(sed -e 's/main - 1/keeper - 1/' \
	    -e 's/"\$stranger" = "\$main"/"$stranger" = "$keeper"/' \
	    -e 's/HoldfastMainStart/HoldfastKeeperStart/' <<<"$recycle")"'
		hf status web; rc=$?
		[ $rc -eq 1 ] || [ $rc -eq 3 ] || bad "status says $rc"
		hf stop web || bad "stop says $?"
		[ "$(state_of "$stranger")" = S ] || bad "the stranger was harmed"'
}

@test "a record of another boot names nobody" {
	hf start web -- sleep 1000
	local main keeper
	main=$(field web MainPID) keeper=$(keeper_of web)
	cp "$HOLDFAST_RUN_DIR/web/record" "$T/record"
	hf stop web
	# The same pids and start times, but of a process that lives.
	sleep 1000 3>&- &
	local bystander=$!
	sed -e "s/^MainPID=.*/MainPID=$bystander/" \
		-e "s/^HoldfastMainStart=.*/HoldfastMainStart=$(stat_field \
			"$bystander" 22)/" \
		-e "s/^HoldfastBootID=.*/HoldfastBootID=00000000-0000-0000-0000-000000000000/" \
		"$T/record" >"$HOLDFAST_RUN_DIR/web/record"
	hf 3 status web
	hf stop web
	alive "$bystander"
	kill "$bystander"
	[ -n "$main$keeper" ]
}

# The keeper is stopped, so that nobody reaps the main process.
zombie_main() {
	hf start web -- sleep 1000
	main=$(field web MainPID) keeper=$(keeper_of web)
	kill -STOP "$keeper"
	kill -KILL "$main"
	wait_until 5 is_zombie "$main"
}

is_zombie() {
	[ "$(stat_field "$1" 3)" = Z ]
}

@test "status of a main process that is a zombie says not running" {
	local main keeper

	zombie_main
	hf \? status web
	[ "$status" -eq 1 ] || [ "$status" -eq 3 ]
	kill -CONT "$keeper"
}

@test "stop of a zombie with a stopped keeper leaves nothing" {
	local main keeper

	zombie_main
	hf stop web
	gone "$keeper"
	nothing_left web
}

@test "start of a zombie with a stopped keeper ends with a running service" {
	local main keeper

	zombie_main
	hf \? start web -- sleep 1000
	if [ "$status" -ne 0 ]; then
		# It may say no as long as that keeper is stopped.
		kill -CONT "$keeper"
		wait_until 10 gone "$keeper"
		hf start web -- sleep 1000
	fi
	hf status web
	[ "$(field web MainPID)" != "$main" ]
}

# Nobody reaps in this namespace: pid 1 is a cat, and keeper and main process
# stay as zombies when they are dead.
zombies='
hf start web -- sleep 1000 >/dev/null || bad "first start"
main=$(of_record MainPID) keeper=$(of_record HoldfastKeeperPID)
kill -KILL "$keeper"
kill -KILL "$main"
while [ "$(state_of "$main")$(state_of "$keeper")" != ZZ ]; do
	read -r -t 0.01 <>"$1/never"
done
'

in_zombie_land() {
	find_namespace
	cat >"$T/inner"
	mkfifo "$T/end" "$T/never"
	in_namespace <<'EOF'
bash -c '. "$1/lib"; . "$1/inner"' inner "$1" >"$1/out" 2>&1 9>"$1/end" &
exec cat "$1/end"
EOF
	cat "$T/out"
	no_match "$(cat "$T/out")" "(^|"$'\n'")bad"
	match "$(cat "$T/out")" "the end"
}

@test "status, stop and start of zombies without keeper: they are dead" {
	in_zombie_land <<<"$zombies"'
		hf status web; rc=$?
		[ $rc -eq 1 ] || [ $rc -eq 3 ] || bad "status says $rc"
		hf start web -- sleep 1000 || bad "start says $?"
		[ "$(of_record MainPID)" != "$main" ] || bad "took the zombie"
		hf stop web || bad "stop says $?"
		echo the end'
}

@test "stop of zombies without keeper has nothing to do" {
	in_zombie_land <<<"$zombies"'
		hf stop web || bad "stop says $?"
		hf status web; rc=$?
		[ $rc -eq 3 ] || bad "status says $rc"
		echo the end'
}
