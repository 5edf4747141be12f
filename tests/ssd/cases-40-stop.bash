# --stop and --status: whom they find by what, which signals go where, schedules
# and what is said.
#
# shellcheck shell=bash
# shellcheck disable=SC2016 # $ in quotes is for the shell of a step

W=/run/box/w
B=/run/box/bin/probe
V=/run/box/bin/victim

# found TITLE SETUP OPTION...: asked for in each way.  Where ours is to be
# better, $wanted is the difference's name and $is whether it finds one.
found() {
	local title=$1 setup=$2
	shift 2

	found_case "$title: --status" "$setup" 0 3
	run -T "$@"
	found_case "$title: --stop --test" "$setup" 0 1
	run -K -t "$@"
	found_case "$title: --stop" "$setup" 0 1
	run -K -v "$@"
	found_case "$title: --start --test" "$setup" 1 0
	run -S -t "$@" -a "$B"
}

# found_case TITLE SETUP EXIT-IF-FOUND EXIT-IF-NOT
found_case() {
	local title=$1

	it "match: $title"
	given "$2"
	case $wanted,$title in
	,*) return ;;
	init,*--stop*) better init ;;
	gone,*--start*|init,*) return ;;
	zombies,*'pid: --stop --test'|zombies,*'pidfile: --stop --test'|\
	zombies,*'program: '*|zombies,*'by its name: --sta'*) return ;;
	*) better "$wanted" ;;
	esac
	case $is in
	found) want exit "$3" ;;
	# Where there is a pidfile, --status says 1.
	none) want exit "${4/3/[13]}" ;;
	esac
}
is=found
wanted=''

two='victim a; victim b --exe $P --rename other; victim c'
found 'the program' "$two" -x "$V"
found 'another program' "$two" -x /bin/sleep
found 'the name' "$two" -n victim
found 'the name of one' "$two" -n other
found 'no name' "$two" -n nosuch
found 'a part of the name' "$two" -n victi
found 'the name in capitals' "$two" -n VICTIM
found 'the program by its other name' "$two; ln \$box/bin/victim hard" \
    -x "$W/hard"
found 'the program by a link' "$two; ln -s \$box/bin/victim soft" -x "$W/soft"
found 'a copy of the program' "$two; cp \$box/bin/victim copy" -x "$W/copy"
found 'program and name' "$two" -x "$B" -n other
found 'program and not name' "$two" -x "$B" -n victim
found 'its pid' "$two" --pid @b@
found 'its pid and program' "$two" --pid @b@ -x "$B"
found 'its pid and another program' "$two" --pid @b@ -x "$V"
found 'its pid and name' "$two" --pid @b@ -n other
found 'its pid and another name' "$two" --pid @b@ -n victim
found 'its pid and user' "$two" --pid @b@ -u 0
found 'its pid and another user' "$two" --pid @b@ -u 4711
found 'its parent' 'victim a --children 3; victim b' --ppid @a@
found 'its parent and program' 'victim a --children 3; victim b' \
    --ppid @a@ -x "$V"
found 'its parent and another program' 'victim a --children 3' --ppid @a@ \
    -x "$B"
found 'pid and parent' 'victim a --children 3' --pid @a.2@ --ppid @a@
found 'pid and another parent' 'victim a --children 3; victim b' \
    --pid @a.2@ --ppid @b@
found 'a parent without children' "$two" --ppid @a@
found 'a parent that does not exist' "$two" --ppid 77777
found 'a name of 15 characters' 'victim a --rename 123456789012345' \
    -n 123456789012345
found 'a name of 16 characters' 'victim a --rename 1234567890123456' \
    -n 1234567890123456
found 'a name with blanks' 'victim a --rename "a  b "' -n 'a  b '
wanted=names found 'a name of blanks' 'victim a --rename "  "' -n '  '
wanted=names found 'a name that begins with a blank' 'victim a --rename " b"' -n ' b'
found 'a name with parentheses' 'victim a --rename "a) S 1 (b"' -n 'a) S 1 (b'
wanted=names found 'a name with a line end' 'victim a --rename $'\''a\nb'\' -n $'a\nb'
is=none wanted=names found 'a name with a line end, as /proc has it' \
    'victim a --rename $'\''a\nb'\' -n 'a\nb'
wanted=names found 'a name with a backslash' 'victim a --rename "a\\b"' -n 'a\b'
found 'a name like an option' 'victim a --rename -n' -n -n
found 'an empty name' 'victim a' -n ''
found 'a script by its name' 'script s "$P"; victim a --exe /run/box/w/s' -n s
found 'a script by its interpreter' \
    'script s "$P"; victim a --exe /run/box/w/s' -x "$B"
found 'a script by its file' 'script s "$P"; victim a --exe /run/box/w/s' \
    -x "$W/s"
found 'replaced since' 'cp $P mine; victim a --exe /run/box/w/mine
cp $P new; mv new mine' -x "$W/mine"
found 'replaced since, by its name' 'cp $P mine
victim a --exe /run/box/w/mine; cp $P new; mv new mine' -n mine
found 'moved since' 'cp $P mine; victim a --exe /run/box/w/mine
mv mine yours' -x "$W/yours"
wanted=deleted found 'of which one name is gone' 'cp $P mine; ln mine yours
victim a --exe /run/box/w/mine; rm mine' -x "$W/yours"
wanted=deleted found 'whose name ends in (deleted)' 'cp $P "mine (deleted)"
victim a --exe "/run/box/w/mine (deleted)"; cp $P mine' -x "$W/mine (deleted)"
is=none wanted=deleted found 'another of the name without (deleted)' 'cp $P "mine (deleted)"
victim a --exe "/run/box/w/mine (deleted)"; cp $P mine' -x "$W/mine"
found 'a directory for a program' "$two" -x "$W"
found 'a relative program' "$two" -d /run/box -x bin/victim
found 'the program and a user who is not' "$two" -x "$V" -u nosuch
found 'who is stopped' 'victim a; kill -STOP $a' -x "$V"
found 'the command itself' true -n start-stop-daem
found 'the command itself, by the file' true -x /run/box/bin/start-stop-daemon
is='' wanted=init found '--pid 1' true --pid 1
found '--ppid 1' "$two" --ppid 1 -x "$V"
for name in a.1 a; do
	found "who hides, $name" 'victim a --hide --children 1' --pid "@$name@" \
	    -x "$V"
done

wanted=gone
found 'a program that is gone' 'cp $P mine; victim a --exe /run/box/w/mine
rm mine' -x "$W/mine"
found 'a program that is gone, by its pid' 'cp $P mine
victim a --exe /run/box/w/mine; rm mine' --pid @a@ -x "$W/mine"
found 'a program that is gone, by its pidfile' 'cp $P mine
victim a --exe /run/box/w/mine; rm mine; echo $a >pid' -p pid -x "$W/mine"
found 'a program that is gone, and another' 'cp $P mine; cp $P yours
victim a --exe /run/box/w/mine; rm mine; victim b --exe /run/box/w/yours
rm yours' -x "$W/mine"
is=none found 'a program that never was' "$two" -x /nosuch
found 'a program in a directory that is gone' 'mkdir d; cp $P d/mine
victim a --exe /run/box/w/d/mine; rm -r d' -x "$W/d/mine"
wanted=zombies is=none
found 'a zombie by its pid' 'zombie z' --pid @z@
found 'a zombie by its parent' 'zombie z' --ppid @z_parent@
found 'a zombie by its pidfile' 'zombie z; echo $z >pid' -p pid
is=found
found 'a zombie by its name' 'victim a --rename dead --zombie z' -n dead
is=none
found 'a zombie by its pidfile and name' 'zombie z; echo $z >pid' -p pid \
    -n victim
found 'a zombie by its program' 'zombie z; echo $z >pid' -p pid -x "$V"
wanted=''
unset two

# Users: what belongs to whom.
for who in alice 1001 bob 1002 root 0 nobody 65534 carol carla 1004 4711 01001 \
    +1001 ' 1001' 1001x -1 '' nosuch 99999999999; do
	for command in '-T' '-K -v' '-K -t'; do
		it "user: $command -u '$who'"
		needs root
		[[ $who != root && $who != 0 ]] || [[ $command != *-v ]] ||
		    continue
		[[ $who != root && $who != 0 ]] || [[ $command != *-t ]] ||
		    better init
		given 'victim a --as 1001:1001; victim b --as 1002:1002
victim c --as 1003:1003; victim d --as 1004:1004; victim e --as 4711:4711
victim f --as 65534:65534'
		# shellcheck disable=SC2086 # words
		run $command -u "$who"
		it "user: $command -u '$who' and the program"
		needs root
		given 'victim a --as 1001:1001; victim b --as 1002:1002
victim c --as 1003:1003; victim d --as 1004:1004; victim e --as 4711:4711
victim f'
		# shellcheck disable=SC2086 # words
		run $command -u "$who" -x "$V"
	done
done
it "user: -K -u root ends the command itself, too"
needs root
given 'victim a; victim b --as 1001:1001'
run -K -u root
it "user: of one that hides"
needs root
given 'victim a --as 1001:1001 --hide'
run -T -u alice
it "user: of one that hides, as root's"
needs root
given 'victim a --as 1001:1001 --hide'
run -K -t -u root -x "$V"
for command in -T -K '-K -t' '-K -v -R 1' '-K -q' '-K -o'; do
	for what in '-x /run/box/bin/victim' '-n victim' '--pid @a@' \
	    '--pid @b@' '-u nobody' '-u root -n victim' '--ppid 1 -n victim'; do
		it "user: nobody may not stop others': $command $what"
		as nobody
		given 'victim a; victim b --as 65534:65534; victim c'
		# shellcheck disable=SC2086 # words
		run $command $what
	done
done

# Signals, and what is said.
for signal in ABRT ALRM FPE HUP ILL INT KILL PIPE QUIT SEGV TERM USR1 USR2 \
    CHLD CONT STOP TSTP TTIN TTOU 0 1 2 9 10 15 19 28 34 64 65 1000; do
	it "signal: $signal"
	given 'victim a; victim b; echo $a >pid'
	run -K -v -p pid -s "$signal"
	it "signal: $signal to several"
	given 'victim a; victim b; victim c'
	run -K -v -x "$V" -s "$signal"
	it "signal: $signal to none"
	run -K -v -x "$V" -s "$signal"
	it "signal: $signal to a pid that does not exist"
	run -K -v --pid 77777 -s "$signal"
done
it "signal: CONT to one that is stopped"
given 'victim a; kill -STOP $a'
run -K -s CONT --pid @a@
for option in '' -v -q '-v -o' '-q -o' -t '-t -v' '-t -q' \
    '-t -R 5' '-t -q -R 5' '-R 5' '-R 5 -v' '-R 5 -q' '-s HUP -v' '-s 0 -v'; do
	for what in '-p pid' '-x /run/box/bin/victim' '-n victim' '--pid @a@' \
	    '--ppid @p@' '-u 4711' '-p pid -x /run/box/bin/victim' \
	    '-n victim -x /run/box/bin/victim' '-u 4711 -n victim'; do
		[[ $what != *4711* ]] || [ -n "$is_root" ] || continue
		it "stop: says with '$option' of $what"
		[[ $what != *4711* ]] || needs root
		given 'victim p --exe $P --children 2
victim a; echo $a >pid; victim b
[ "$(id -u)" -ne 0 ] || victim c --as 4711:4711'
		# shellcheck disable=SC2086 # words
		run -K $option $what
		it "stop: says with '$option' of $what when there is none"
		# shellcheck disable=SC2086 # words
		run -K $option ${what//@?@/77777}
	done
done
for option in -v '' -t; do
	it "stop: says on a terminal with '$option'"
	terminal
	given 'victim a; victim b'
	# shellcheck disable=SC2086 # perhaps none
	run -K $option -x "$V"
done

# Schedules.
for schedule in 5 0 TERM/5 TERM/5/KILL/5 -15/5/-9/5 -TERM/5 HUP/0/TERM/5 \
    HUP/TERM/5 TERM/0/KILL/5 USR1/USR2/HUP/TERM/5 0/TERM/5 \
    -0/TERM/5 KILL/5 INT/5 QUIT/5 STOP/0/KILL/5 forever/TERM/5 \
    HUP/forever/TERM/5 TERM/05 TERM/99999 99999 \
    CHLD/0/CONT/0/TERM/5; do
	for nature in '' '--linger 150'; do
		# The race between its end and the next look is not ours.
		[[ $schedule$nature != *TERM/0*--linger* ]] || continue
		case $schedule in
		0|TERM/0/KILL/5|STOP/0/KILL/5) continue ;;
		esac
		it "retry: $schedule of one with '$nature'"
		given "victim a $nature; echo \$a >pid"
		run -K -v -R "$schedule" -p pid
		it "retry: $schedule of two with '$nature', by the program"
		given "victim a $nature; victim b $nature"
		run -K -v -R "$schedule" -x "$V"
	done
	it "retry: $schedule of none"
	run -K -v -R "$schedule" -p pid
	it "retry: $schedule of none, by the program, --oknodo"
	run -K -o -R "$schedule" -x "$V"
done
# Without KILL at the end: whether who was killed is still there is a race.
for schedule in 1 TERM/1 TERM/1/KILL/5 HUP/0/TERM/0 -0/1 0/0 TERM/0 \
    TERM/TERM TERM/TERM/0 HUP/HUP/HUP/0 0/0/0 STOP/0 STOP/0/CONT/0; do
	it "retry: $schedule of one that does not end"
	given 'victim a --ignore-term; echo $a >pid'
	run -K -v -R "$schedule" -p pid
	it "retry: $schedule of two that do not end, one pidfile"
	given 'victim a --ignore-term; victim b --ignore-term; echo $a >pid'
	run -K -R "$schedule" --remove-pidfile -p pid
done
it "retry: a schedule and -s, which does not count"
given 'victim a; echo $a >pid'
run -K -v -s USR1 -R TERM/5 -p pid
it "retry: a timeout and -s, which does"
given 'victim a; echo $a >pid'
run -K -v -s INT -R 5 -p pid
it "retry: 1 of one of two that does not end"
given 'victim a --ignore-term; victim b'
run -K -v -R 1 -x "$V"
it "retry: forever, until it ends by itself"
given 'victim a --ignore-term --die-after 600; echo $a >pid'
run -K -q -R forever/HUP/0/TERM/5 -p pid
it "retry: several rounds of forever"
given 'victim a --ignore-term --die-after 1500; echo $a >pid'
run -K -R HUP/0/forever/TERM/1 -p pid
it "retry: who removes its pidfile"
given "victim a --remove $W/pid --linger 100; echo \$a >pid"
run -K -v -R 5 -p pid
it "retry: who removes its pidfile, with --remove-pidfile"
given "victim a --remove $W/pid --linger 100; echo \$a >pid"
run -K -v -R 5 --remove-pidfile -p pid
it "retry: others' that may not be signalled"
as nobody
given 'victim a; echo $a >pid'
run -K -v -R 1 -p pid
it "retry: others' among one's own"
as nobody
given 'victim a; victim b --as 65534:65534'
run -K -v -R TERM/1 -x "$V"
it "retry: by the name"
given 'victim a; victim b'
run -K -v -R 5 -n victim
it "retry: by the user"
needs root
given 'victim a --as 4711:4711; victim b --as 4711:4711'
run -K -v -R 5 -u 4711
it "retry: by the parent, which goes on"
given 'victim a --exe $P --children 2'
run -K -v -R 5 --ppid @a@
it "retry: by the pid"
given 'victim a'
run -K -v -R 5 --pid @a@
wanted=zombies
for schedule in TERM/1 1 KILL/1; do
	it "retry: $schedule of a zombie"
	better zombies
	given 'zombie z; echo $z >pid'
	run -K -v -R "$schedule" -p pid
	it "retry: $schedule of one that becomes a zombie"
	given 'victim p --exe $P --children 1; pid_of p.1; echo $p_1 >pid'
	run -K -v -R "$schedule" -p pid
done

# --remove-pidfile.
for option in '' -t -q -o '-R 5' '-R TERM/5' '-s 0' '-s HUP'; do
	remove() {
		it "remove-pidfile: $1, with '$option'"
		given "$2"
		# shellcheck disable=SC2086 # words
		run -K $option --remove-pidfile -p "${3:-pid}"
	}
	remove 'of one that ends' 'victim a; echo $a >pid'
	remove 'of a dead one' 'echo 77777 >pid'
	remove 'that is not there' 'true'
	remove 'in a directory that is not there' 'true' no/pid
	remove 'that is empty' ': >pid'
	remove 'that is a directory' 'mkdir pid'
	remove 'that is a link' 'victim a; echo $a >target; ln -s target pid'
	remove 'that is a dangling link' 'ln -s target pid'
	remove 'that is world-writable' 'victim a; echo $a >pid; chmod 666 pid'
	it "remove-pidfile: of another program, with '$option'"
	given 'victim a; echo $a >pid'
	# shellcheck disable=SC2086 # words
	run -K $option --remove-pidfile -p pid -x "$B"
done
unset -f remove
it "remove-pidfile: of one that refuses to end"
given 'victim a --ignore-term; echo $a >pid'
run -K -R TERM/0 --remove-pidfile -p pid
it "remove-pidfile: of one that does not end, without --retry"
given 'victim a --ignore-term; echo $a >pid'
run -K --remove-pidfile -p pid
it "remove-pidfile: with --start"
given 'echo 77777 >pid'
run -S --remove-pidfile -p pid -x "$B"
it "remove-pidfile: with --status"
given 'echo 77777 >pid'
run -T --remove-pidfile -p pid

# Options that only --start has use for, and that still are looked at.
for option in '-c alice' '-c nosuch' '-c alice:nosuch' '-g extra' '-g nosuch' \
    '-r /nosuch' '-d /nosuch' '-N 5' '-P fifo:1' '-I idle' '-k 022' '-m -p pid' \
    '-a /nosuch' '-r /' '-d /run/box/bin'; do
	for command in -T '-K -v'; do
		it "other command: $command with $option"
		[ "$option" != '-r /nosuch' ] || better gone
		given 'victim a; echo $a >pid'
		# shellcheck disable=SC2086 # words
		run $command -x "$V" $option
		it "other command: $command by the name, with $option"
		given 'victim a; echo $a >pid'
		# shellcheck disable=SC2086 # words
		run $command -n victim $option
	done
done
unset option what who signal schedule nature command name wanted
unset is
unset -f found found_case
