# --notify-await: what the program says, when, and what becomes of it.
#
# shellcheck shell=bash
# shellcheck disable=SC2016 # $ in quotes is for the shell of a step

W=/run/box/w
B=/run/box/bin/probe

# notify TITLE ARGUMENT-OF-PROBE...: with $patience in seconds: little only
# where the end of it is waited for.
notify() {
	it "notify: $1"
	[ -z "$wanted" ] || better "$wanted"
	shift
	run -S -b --notify-await --notify-timeout "$patience" -x "$B" -- "$@"
}
patience=20 wanted=''

notify 'ready' --notify READY=1
notify 'ready after a while' --wait 200 --notify READY=1
notify 'ready, with a line end' --notify 'READY=1\n'
notify 'ready, among other lines' --notify 'STATUS=x\nREADY=1\nMAINPID=1\n'
notify 'ready twice' --notify READY=1 --wait 50 --notify READY=1
notify 'an empty datagram, then ready' --notify '' --notify READY=1
notify 'an empty line before' --notify '\nREADY=1' --wait 20 --notify READY=1
notify 'a word before' --notify 'X\nREADY=1'
notify 'ready, and dies' --notify READY=1 --exit 3
notify 'ready, then its error' --notify READY=1 --wait 20 --notify ERRNO=5
notify 'error 2' --notify ERRNO=2
notify 'error 2, and dies' --notify ERRNO=2 --exit 1
notify 'error 0' --notify ERRNO=0
notify 'error 13 after a while' --wait 100 --notify ERRNO=13
notify 'error that is none' --notify ERRNO=
notify 'error in letters' --notify ERRNO=EPERM
notify 'error below zero' --notify ERRNO=-2
notify 'error that is too large' --notify ERRNO=99999999999
notify 'error that has no text' --notify ERRNO=4000
notify 'error before ready' --notify 'ERRNO=2\nREADY=1'
notify 'ready before error' --notify 'READY=1\nERRNO=2'
notify 'an error with text behind' --notify 'ERRNO=2x'
notify 'an error with a plus' --notify 'ERRNO=+2'
notify 'an error with a blank' --notify 'ERRNO= 2'
notify 'an extension that is none' --notify EXTEND_TIMEOUT_USEC=x
notify 'an extension that is empty' --notify EXTEND_TIMEOUT_USEC=
notify 'an extension below zero' --notify EXTEND_TIMEOUT_USEC=-1
notify 'a long datagram' --notify "$(printf '%03000d' 0)" --notify READY=1
notify 'many lines' --notify "$(printf 'A=%d\\n' {1..300})READY=1"

# In vain.
patience=1
notify 'not ready' --notify READY=0
notify 'almost ready' --notify 'READY=1 ' --notify ' READY=1' \
    --notify READY=11 --notify ready=1 --notify READY
notify 'other lines only' --notify 'STATUS=starting\nMAINPID=5' \
    --notify WATCHDOG=1 --notify STOPPING=1 --notify RELOADING=1
notify 'no line' --wait 0

# Of which Debian's writes one byte behind its buffer.
notify 'a datagram of 4096 bytes' --notify "$(printf '%04096d' 0)" \
    --wait 20 --notify READY=1
notify 'a datagram of 5000 bytes, its end being ready' \
    --notify "$(printf '%05000d' 0)\nREADY=1" --wait 20 --notify READY=1

# In microseconds: 2.6 s are too late for 2 s and, by Debian's reckoning, not
# for 5 ms later.
patience=2
notify 'extended by 20 s, in time' --notify EXTEND_TIMEOUT_USEC=20000000 \
    --wait 2600 --notify READY=1
wanted=extend
notify 'extended by 5 ms, which is over' --notify EXTEND_TIMEOUT_USEC=5000 \
    --wait 1500 --notify READY=1
want exit 2
wanted='' notify 'extended by nothing' --notify EXTEND_TIMEOUT_USEC=0 \
    --wait 1500 --notify READY=1
notify 'extended by more than an int' \
    --notify EXTEND_TIMEOUT_USEC=60000000000 --wait 300 --notify READY=1
want exit 0

patience=2 wanted=dead
notify 'dies before it is ready' --wait 50 --exit 4
want exit 2
notify 'dies at once' --exit 0
want exit 2
notify 'dies after another line' --notify STATUS=x --exit 0
want exit 2

wanted=''

# Debian's answers as well: the descriptor that it does not receive is closed.
notify 'a barrier' --barrier --notify READY=1

# Texts, on a terminal since it is line-buffered there.
for how in '--notify READY=1' '--notify STATUS=a\nREADY=1' '--notify ERRNO=2' \
    '--wait 0'; do
	patience=20
	[[ $how != *wait* ]] || patience=1
	for option in -v -q ''; do
		it "notify: says with '$option' of $how"
		terminal
		unordered
		# shellcheck disable=SC2086 # words
		run -S -b --notify-await --notify-timeout $patience $option \
		    -x "$B" -- $how
	done
done

# Together with others.
for option in '-m -p pid' '-C' "-O $W/log" '-C -v' "-d $W" '-k 077' '-N 3' \
    '-n nosuch' '-t' '-o' '-p pid' '-u 4711' "--pid 77777" \
    '-I idle' '-P other'; do
	it "notify: with '$option'"
	[[ $option != *-v* ]] || better lines
	# shellcheck disable=SC2086 # words
	run -S -b --notify-await --notify-timeout 20 $option -x "$B" \
	    -- --notify READY=1
	it "notify: an error with '$option'"
	[[ $option != *-v* ]] || better lines
	# shellcheck disable=SC2086 # words
	run -S -b --notify-await --notify-timeout 20 $option -x "$B" \
	    -- --notify ERRNO=5
done
for option in '-c alice' '-c alice:extra' '-g extra' '-c bob' '-c 0'; do
	it "notify: as another, with '$option'"
	needs root
	# shellcheck disable=SC2086 # words
	run -S -b --notify-await --notify-timeout 20 $option -x "$B" \
	    -- --notify READY=1
	it "notify: as another, while it waits, with '$option'"
	needs root
	given '(
	until [ -e /run/.s-s-d-notify.* ]; do sleep 0.01; done
	sleep 0.2
	ls -lnd /run/.s-s-d-notify.*
	ls -ln /run/.s-s-d-notify.*
) 2>/dev/null | awk "/^[ds]/ { print \$1, \$2, \$3, \$4 }" >seen & disown'
	# shellcheck disable=SC2086 # words
	run -S -b --notify-await --notify-timeout 20 $option -x "$B" \
	    -- --wait 600 --notify READY=1
done
it "notify: a user's"
as alice
run -S -b --notify-await --notify-timeout 20 -x "$B" -- --notify READY=1
it "notify: a user's, without TMPDIR"
as alice
before 'unset TMPDIR'
run -S -b --notify-await --notify-timeout 20 -x "$B" -- --notify READY=1
for place in /nosuch '' relative /run/box/w /run/box/etc/passwd; do
	it "notify: a user's, in TMPDIR='$place'"
	as alice
	env "TMPDIR=$place"
	run -S -b --notify-await --notify-timeout 20 -x "$B" -- --notify READY=1
	it "notify: root's, in TMPDIR='$place'"
	needs root
	env "TMPDIR=$place"
	run -S -b --notify-await --notify-timeout 20 -x "$B" -- --notify READY=1
done
it "notify: a user's, in a TMPDIR whose name is too long"
better cut
as alice
given 'mkdir -p "$(printf "/run/box/tmp/%0120d" 0)"
chmod 777 /run/box/tmp/0*'
env "TMPDIR=$(printf '/run/box/tmp/%0120d' 0)"
run -S -b --notify-await --notify-timeout 1 -x "$B" -- --notify READY=1
it "notify: NOTIFY_SOCKET of the caller's"
env NOTIFY_SOCKET=/run/box/theirs
run -S -b --notify-await --notify-timeout 20 -x "$B" -- --notify READY=1
it "notify: NOTIFY_SOCKET of the caller's, not asked for"
env NOTIFY_SOCKET=/run/box/theirs
run -S -b -x "$B"
it "notify: when it runs"
given 'victim a --exe $P'
run -S -b --notify-await --notify-timeout 20 -x "$B" -- --notify READY=1
it "notify: when it runs, --oknodo"
given 'victim a --exe $P'
run -S -b -o --notify-await --notify-timeout 20 -x "$B" -- --notify READY=1
it "notify: in another root"
needs root
given new_root
run -S -b --notify-await --notify-timeout 1 -r /run/box/root -x /bin/probe \
    -- --notify READY=1
it "notify: a timeout of 0"
run -S -b --notify-await --notify-timeout 0 -x "$B" -- --wait 300 \
    --notify READY=1
it "notify: no timeout"
run -S -b --notify-await -x "$B" -- --wait 100 --notify READY=1
it "notify: the program cannot be started"
better exec
want exit 2
run -S -b --notify-await --notify-timeout 1 -x "$B" -a /nosuch
it "notify: the program cannot be started, with a pidfile"
better exec
want exit 2
run -S -b -m -p pid --notify-await --notify-timeout 1 -x "$B" -a /nosuch
it "notify: the pidfile cannot be written"
better pidfile-failed
run -S -b -m -p no/pid --notify-await --notify-timeout 1 -x "$B"
it "notify: a child of the program's says it"
run -S -b --notify-await --notify-timeout 20 -x /bin/bash -- \
    -c "$B --notify READY=1 & wait"
it "notify: a grandchild says it, whose parents are gone"
run -S -b --notify-await --notify-timeout 20 -x /bin/bash -- \
    -c "($B --wait 100 --notify READY=1 & )"
it "notify: root says it, not the program"
needs root
given '(
	until socket=$(echo /run/.s-s-d-notify.*/notify) && [ -S "$socket" ]; do
		sleep 0.01
	done
	NOTIFY_SOCKET=$socket exec "$P" --notify READY=1 --exit 0
) & disown'
run -S -b --notify-await --notify-timeout 2 -c alice -x "$B"
it "notify: standard files are closed"
before 'exec <&- >&- 2>&-'
run -S -b --notify-await --notify-timeout 20 -x "$B" -- --notify READY=1
it "notify: with -C, which descriptors it has"
before 'exec 3</etc/passwd'
run -S -b -C --notify-await --notify-timeout 20 -x "$B" -- --notify READY=1
unset how option place patience wanted
unset -f notify
