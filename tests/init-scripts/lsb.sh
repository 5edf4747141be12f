#!/bin/bash
# What init scripts are made of, by itself: start_daemon, killproc, pidofproc
# and status_of_proc of /lib/lsb/init-functions, and /lib/init/init-d-script.
# It runs within a root and namespaces of its own (see cage.sh), and writes a
# line for each check to standard output: "WHAT<tab>RESULT<tab>WANTED".
#
# dozer is an executable of its own (a copy of perl, running doze); doze is a
# script, whose executable is its interpreter.

set -u
cd "${0%/*}" || exit 1
# shellcheck source-path=SCRIPTDIR
. ./processes.bash

cp /usr/bin/perl /usr/local/sbin/dozer
cp doze /usr/local/sbin/doze
chmod 755 /usr/local/sbin/doze
dozer=/usr/local/sbin/dozer doze=/usr/local/sbin/doze
pidfile=/run/dozer.pid other=/run/other.pid hangup=/run/dozer.hup

# check WHAT WANTED: `result` is (a pattern of the shell).
check()
{
	printf '%s\t%s\t%s\n' "$1" "${result:=nothing}" "$2"
	printf '\n=== %s: %s\n' "$1" "$result" >&2
}

# clean sheet: nothing runs, nothing is left of what did.
fresh()
{
	kill_all
	rm -f /run/*.pid "$hangup"
}

# lsb FUNCTION ARGUMENT...
lsb()
{
	# shellcheck disable=SC2016 # the inner shell expands it
	run sh -c '. /lib/lsb/init-functions; cd /tmp; "$@"' sh "$@"
}

# count: adds to `result` how many there are.
count()
{
	look
	result+=", ${#all[@]} run"
}

# top: the pid of the first process that is its own master.
top()
{
	look
	top=${tops[0]-0:0}
	top=${top%:*}
}

# executed: waits until `top`, which was started in the background, is a dozer;
# the command returns before that.
executed()
{
	is_dozer()
	{
		[ "/proc/$top/exe" -ef "$dozer" ]
	}
	await 20 is_dozer || result+=', never executed'
}

# niceness: adds to `result` how much nicer it is than this test.
niceness()
{
	result+=", nice $(($(ps -o ni= "$top") - $(ps -o ni= "$$")))"
}

# start [OPTION...]: a dozer, by hand; its pid goes to `pid`, and what runs then
# to `all`.
start()
{
	"$dozer" "$doze" -p "$pidfile" "$@" </dev/null {never}<&-
	pid=$(cat "$pidfile")
	look
}

# --- start_daemon ------------------------------------------------------------

fresh
lsb start_daemon "$dozer" "$doze"
count
check 'start_daemon starts' '0, 1 run'
top
result=$(readlink "/proc/$top/cwd")
check 'start_daemon keeps the directory' /tmp
lsb start_daemon "$dozer" "$doze"
count
# Its pidfile is /dev/null then, and that says nothing.
check 'start_daemon without -p starts another' '0, 2 run'
lsb start_daemon -f "$dozer" "$doze"
count
check 'start_daemon -f starts another' '0, 3 run'

fresh
lsb start_daemon -n 3 "$dozer" "$doze"
top
niceness
check 'start_daemon -n adds to the niceness' '0, nice 3'

fresh
lsb start_daemon -p "$pidfile" "$dozer" "$doze" -p "$pidfile"
count
check 'start_daemon -p starts' '0, 1 run'
lsb start_daemon -p "$pidfile" "$dozer" "$doze" -p "$pidfile"
count
check 'start_daemon -p of what runs starts nothing' '0, 1 run'
lsb start_daemon -p "$other" "$dozer" "$doze" -p "$other"
count
check 'start_daemon -p with another pidfile starts another' '0, 2 run'

fresh
start
kill -KILL "$pid"
await 20 gone "${all[@]}"
lsb start_daemon -p "$pidfile" "$dozer" "$doze" -p "$pidfile"
count
check 'start_daemon -p starts with the pidfile of a dead one' '0, 1 run'

fresh
echo $$ >"$pidfile"
lsb start_daemon -p "$pidfile" "$dozer" "$doze"
count
check 'start_daemon -p starts with the pidfile of a stranger' '0, 1 run'

fresh
: >"$pidfile"
lsb start_daemon -p "$pidfile" "$dozer" "$doze"
count
check 'start_daemon -p starts with an empty pidfile' '0, 1 run'

fresh
: >"$pidfile"
chmod 666 "$pidfile"
lsb start_daemon -p "$pidfile" "$dozer" "$doze"
count
check 'start_daemon -p refuses a pidfile that anyone may write' '2, 0 run'

fresh
lsb start_daemon /usr/local/sbin/nothing
check 'start_daemon of what does not exist fails' 2

fresh
lsb start_daemon -p "$pidfile" "$doze" -p "$pidfile"
count
check 'start_daemon starts a script' '0, 1 run'
lsb start_daemon -p "$pidfile" "$doze" -p "$pidfile"
count
# The script is not what runs: its interpreter is.
check 'start_daemon of a script that runs starts another' '0, 2 run'

fresh
lsb start_daemon "$dozer" "$doze" -- 'a  b' '*' ''
top
result=$(tr '\0' '|' <"/proc/$top/cmdline")
check 'start_daemon leaves the arguments as they are' \
    "$dozer|$doze|--|a  b|\\*||"

# --- killproc ----------------------------------------------------------------

fresh
start
lsb killproc -p "$pidfile" "$dozer"
count
check 'killproc -p ends it' '0, 0 run'
lsb killproc -p "$pidfile" "$dozer"
check 'killproc -p of what does not run succeeds' 0

fresh
start
lsb killproc "$dozer"
count
check 'killproc finds the pidfile by the name' '0, 0 run'

fresh
start -s 1
lsb killproc -p "$pidfile" "$dozer"
count
check 'killproc waits for one that takes its time' '0, 0 run'

fresh
start -i
lsb killproc -p "$pidfile" "$dozer"
count
check 'killproc kills one that ignores SIGTERM' '0, 0 run'

fresh
start -h "$hangup"
lsb killproc -p "$pidfile" "$dozer" HUP
await 20 test -s "$hangup" || result+=', no signal'
count
check 'killproc HUP sends only that' '0, 1 run'
lsb killproc -p "$pidfile" "$dozer" -SIGHUP
count
check 'killproc -SIGHUP sends only that' '0, 1 run'
lsb killproc -p "$pidfile" "$dozer" 0
count
check 'killproc 0 finds it' '0, 1 run'

fresh
lsb killproc -p "$pidfile" "$dozer" HUP
check 'killproc HUP of what does not run fails' 3
lsb killproc -p "$pidfile" "$dozer" TERM
check 'killproc TERM of what does not run succeeds' 0

fresh
start
lsb killproc -p "$pidfile" "$dozer" TERM
await 20 gone "${all[@]}"
count
check 'killproc TERM ends it' '0, 0 run'

fresh
start
mv "$pidfile" "$other"
lsb killproc -p "$pidfile" "$dozer"
count
check 'killproc without the pidfile ends nothing' '0, 1 run'

fresh
"$doze" -p "$pidfile"
lsb killproc -p "$pidfile" "$dozer"
count
check 'killproc with the pidfile of a stranger ends nothing' '0, 1 run'
lsb killproc -p "$pidfile" "$doze"
count
check 'killproc ends a script' '0, 0 run'

fresh
cp "$doze" /usr/local/sbin/dozing-for-a-long-time
/usr/local/sbin/dozing-for-a-long-time -p "$pidfile"
lsb killproc -p "$pidfile" /usr/local/sbin/dozing-for-a-long-time
count
# 15 bytes are all that the kernel knows of a name.
check 'killproc of a name of over 15 bytes' '0, 1 run'

# --- pidofproc and status_of_proc --------------------------------------------

fresh
lsb start_daemon -p "$pidfile" "$dozer" "$doze" -p "$pidfile"
top
lsb pidofproc -p "$pidfile" "$dozer"
check 'pidofproc -p finds what start_daemon started' 0
# shellcheck source=/dev/null
result=$(. /lib/lsb/init-functions; pidofproc "$dozer")
[ "$result" != "$top" ] || result=right
check 'pidofproc prints its pid' right
lsb status_of_proc -p "$pidfile" "$dozer" dozer
check 'status_of_proc: it runs' 0
kill_all
lsb status_of_proc -p "$pidfile" "$dozer" dozer
check 'status_of_proc: dead, and the pidfile is there' 1

fresh
start
lsb killproc -p "$pidfile" "$dozer" TERM
await 20 gone "${all[@]}"
rm -f "$pidfile"
lsb status_of_proc -p "$pidfile" "$dozer" dozer
check 'status_of_proc: it does not run' 3

# --- start-stop-daemon as scripts call it -------------------------------------

# ssd ARGUMENT...
ssd()
{
	run start-stop-daemon "$@"
}

fresh
ssd --start --quiet --background --make-pidfile --pidfile "$pidfile" \
    --exec "$dozer" -- "$doze" -f
top
[ "$(cat "$pidfile")" = "$top" ] || result+=', wrong pidfile'
executed
count
check '--background --make-pidfile: the pidfile is there at once' '0, 1 run'
ssd --status --pidfile "$pidfile" --exec "$dozer"
check '--status: it runs' 0
ssd --stop --test --quiet --pidfile "$pidfile" --exec "$dozer"
count
check '--stop --test ends nothing' '0, 1 run'
ssd --stop --quiet --remove-pidfile --retry=TERM/30/KILL/5 \
    --pidfile "$pidfile" --exec "$dozer"
[ ! -e "$pidfile" ] || result+=', pidfile left'
count
check '--stop --remove-pidfile' '0, 0 run'
ssd --status --pidfile "$pidfile" --exec "$dozer"
check '--status: it does not run' 3

fresh
ssd --start --quiet --background --make-pidfile --pidfile "$pidfile" \
    --chuid daemon:nogroup --umask 027 --nicelevel 3 --chdir /usr \
    --exec "$dozer" -- "$doze" -f
top
executed
result+=", $(stat -c %U:%G "/proc/$top"), $(readlink "/proc/$top/cwd")"
niceness
result+=", $(sed -n 's/^Umask:[[:space:]]*//p' "/proc/$top/status")"
check '--chuid --umask --nicelevel --chdir' \
    '0, daemon:nogroup, /usr, nice 3, 0027'
ssd --stop --quiet --user daemon --exec "$dozer" --retry 5
count
check '--stop --user ends those of the user' '0, 0 run'

fresh
start -c
ssd --stop --quiet --retry=TERM/5/KILL/5 --exec "$dozer"
count
check '--stop --exec ends all of them, children too' '0, 0 run'

fresh
start -s 2
ssd --stop --quiet --retry forever/TERM/1 --pidfile "$pidfile" --exec "$dozer"
count
check '--retry forever/TERM/1 goes on until it ends' '0, 0 run'

# --- init-d-script -----------------------------------------------------------

# script LINE...: an init script for dozer with these settings.
script()
{
	{
		echo '#!/usr/bin/env /lib/init/init-d-script'
		echo "DESC='a daemon that dozes'"
		printf '%s\n' "$@"
	} >/etc/init.d/dozer
	chmod 755 /etc/init.d/dozer
}

act()
{
	run /etc/init.d/dozer "$@"
}

# same PID:BIRTH...: adds to `result` whether those are what runs.
same()
{
	look
	if [ "${tops[*]}" = "$*" ]; then
		result+=', same'
	else
		result+=', new'
	fi
}

fresh
script "DAEMON=$dozer" "DAEMON_ARGS='$doze -p $pidfile'"
act start
count
check 'init-d-script: start' '0, 1 run'
act status
check 'init-d-script: status' 0
before=("${tops[@]}")
act start
same "${before[@]}"
check 'init-d-script: start again' '0, same'
act reload
check 'init-d-script: reload is not implemented' 3
act force-reload
same "${before[@]}"
count
check 'init-d-script: force-reload restarts' '0, new, 1 run'
before=("${tops[@]}")
act try-restart
same "${before[@]}"
count
check 'init-d-script: try-restart restarts' '0, new, 1 run'
before=("${tops[@]}")
act restart
same "${before[@]}"
count
check 'init-d-script: restart' '0, new, 1 run'
kill_all
act status
check 'init-d-script: status of a dead one' 1
act start
count
check 'init-d-script: start of a dead one' '0, 1 run'
act stop
count
[ ! -e "$pidfile" ] || result+=', pidfile left'
check 'init-d-script: stop' '0, 0 run'
act stop
check 'init-d-script: stop again' 0
act status
check 'init-d-script: status of a stopped one' 3
act try-restart
count
check 'init-d-script: try-restart of a stopped one starts nothing' '0, 0 run'
act restart
count
check 'init-d-script: restart of a stopped one starts it' '0, 1 run'
act nonsense
check 'init-d-script: an unknown action' 3

fresh
script "DAEMON=$dozer" "DAEMON_ARGS='$doze -p $pidfile'"
act start
kill -STOP "$(cat "$pidfile")"
act stop
count
check 'init-d-script: stop of a suspended one' '0, 0 run'

fresh
script "DAEMON=$dozer" "DAEMON_ARGS='$doze -c -p $pidfile'"
act start
count
check 'init-d-script: start with a child' '0, 2 run'
kill_child()
{
	local one

	look
	for one in "${all[@]}"; do
		[[ " ${tops[*]} " = *" $one "* ]] || kill -TERM "${one%:*}"
	done
}
kill_child
act stop
count
check 'init-d-script: stop, whose child has gone' '0, 0 run'

fresh
script "DAEMON=$dozer" "DAEMON_ARGS='$doze -s 1 -p $pidfile'"
act start
act restart
count
check 'init-d-script: restart of one that takes its time' '0, 1 run'

fresh
script "DAEMON=$dozer" "DAEMON_ARGS='$doze -p $pidfile -h $hangup'" \
    RELOAD_SIGNAL=HUP
act start
look
before=("${tops[@]}")
act reload
await 20 test -s "$hangup" || result+=', no signal'
same "${before[@]}"
check 'init-d-script: reload with RELOAD_SIGNAL' '0, same'

fresh
script "DAEMON=$dozer" "DAEMON_ARGS='$doze -f'" \
    "START_ARGS='--background --make-pidfile --chuid daemon'"
act start
count
check 'init-d-script: start of one that stays in the foreground' '0, 1 run'
act status
check 'init-d-script: status of one that stays in the foreground' 0
act stop
count
check 'init-d-script: stop of one that stays in the foreground' '0, 0 run'

fresh
script "DAEMON=$dozer" "DAEMON_ARGS='$doze'" PIDFILE=none
act start
look
before=("${tops[@]}")
act start
same "${before[@]}"
check 'init-d-script: start again without a pidfile' '0, same'
act stop
count
check 'init-d-script: stop without a pidfile' '0, 0 run'

fresh
script "DAEMON=$doze" \
    "ssd='start-stop-daemon --quiet --pidfile /run/doze.pid --name doze'" \
    "start='--start --startas $doze -- -p /run/doze.pid'" \
    "do_start_cmd_override() { \$ssd \$start; }" \
    "do_stop_cmd_override() { \$ssd --stop --retry=TERM/0/CONT/30/KILL/5; }"
act start
count
check 'init-d-script: start of a script' '0, 1 run'
before=("${tops[@]}")
act start
same "${before[@]}"
check 'init-d-script: start of a script again' '0, same'
act stop
count
check 'init-d-script: stop of a script' '0, 0 run'

script 'DAEMON=/usr/local/sbin/nothing'
act start
check 'init-d-script: start of what is not installed' 0

fresh
