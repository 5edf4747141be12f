# Where ours is meant to be better than Debian's, as far as the others do not
# come to it: each is declared in the file "allowed".
#
# shellcheck shell=bash
# shellcheck disable=SC2016 # $ in quotes is for the shell of a step

W=/run/box/w
B=/run/box/bin/probe
V=/run/box/bin/victim

# Two starts at once make one daemon.
for option in "-m -p $W/pid" "-p $W/pid" ''; do
	it "at once: eight starts with '$option'"
	# Without -m nothing tells one from the other.
	if [[ $option != "-p $W/pid" ]]; then
		perhaps race
		want 'step 1' 'one daemon each time'
	fi
	given "\"\$helper\" race 30 8 $W/pid \$box/bin/start-stop-daemon \
-S -b $option -x \$P"
done
it "at once: eight starts of a user's"
as nobody
perhaps race
want 'step 1' 'one daemon each time'
given "setpriv --reuid 65534 --regid 65534 --clear-groups \"\$helper\" race \
30 8 $W/pid \$box/bin/start-stop-daemon -S -b -m -p $W/pid -x \$P"

# The pidfile is never seen empty.
for option in '-b -m' -m; do
	it "pidfile: seen while it is written, with $option"
	better whole
	given 'victim w --exe "$helper" watch /run/box/w/pid'
	# shellcheck disable=SC2086 # words
	run -S $option -p "$W/pid" -x "$B"
	it "pidfile: seen while it is written anew, with $option"
	given 'echo 77777 >pid
victim w --exe "$helper" watch /run/box/w/pid'
	# shellcheck disable=SC2086 # words
	run -S $option -p "$W/pid" -x "$B"
done

# What dpkg 1.23 has.
for option in --pidof '--pidof -v' '--pidof -q' '--pidof -o' '--pidof -t'; do
	for what in "-x $V" '-n victim' '-p pid' '--pid @a@' '-n nosuch' \
	    '-p no' '--pid 77777' '' "-x /nosuch" '-p empty' '-p dead'; do
		it "1.23: $option $what"
		better pidof
		given 'victim a; victim b; echo $a >pid; : >empty
echo 77777 >dead'
		# shellcheck disable=SC2086 # words
		run $option $what
	done
done
for line in '--pidof -T -n x' '--pidof -S -n x' '--pidof --pidof -n nosuch' \
    '--pidof -b -n x' '--pidof -m -n x' '--pido -n nosuch' '--pidof=x -n x' \
    '--pidof -n nosuch -s X' '-K --pidof -n x'; do
	it "1.23: $line"
	better pidof
	# shellcheck disable=SC2086 # words
	run $line
done
for line in '-S --notify-await' '-S -b --notify-timeout 5' \
    '-S --notify-timeout 5' '-S -C --notify-await' '-S -C --notify-timeout 5' \
    '-S -O /x --notify-await' '-S -m --notify-timeout 5' \
    '-S --notify-timeout x'; do
	it "1.23: combination $line"
	case $line in
	*-C*await|*-O*|*-m*|*' x') ;; # which is a fault in both
	*) better combinations ;;
	esac
	# shellcheck disable=SC2086 # words
	run $line -t -x "$B"
done

# BusyBox' and OpenRC's, where Debian's has a usage error or finds nothing.
for signal in SIGTERM SIGHUP SIGKILL SIGUSR1 SIGWINCH SIG SIG15 SIGNOSUCH; do
	it "extension: -s $signal"
	[[ $signal != SIG@(TERM|HUP|KILL|USR1) ]] || better extensions
	given 'victim a'
	run -K -v -s "$signal" --pid @a@
	it "extension: -R $signal/5/KILL/5"
	[[ $signal != SIG@(TERM|HUP|KILL|USR1) ]] || better extensions
	given 'victim a'
	run -K -v -R "$signal/0/KILL/5" --pid @a@
done
extension() {
	it "extension: $1"
	[[ $1 == *'by -a' || $1 == *'PATH that is not' ]] || better extensions
	shift
	given 'cp "$P" /run/box/w/mine'
	before 'PATH=/run/box/w:$PATH'
	run "$@"
}
extension 'a program in PATH' -S -x mine -- a
extension 'a program in PATH, in the background' -S -b -x mine -- a
extension 'a program in PATH, with a pidfile' -S -b -m -p pid -x mine
extension 'a program in PATH, by -a' -S -n nosuch -a mine
extension 'a program in PATH that is not' -S -x nosuchprogram
extension 'a program in PATH, to be stopped' -K -x mine
extension 'a program in PATH, status' -T -x mine
extension 'the first argument as the program' -S -p pid -- "$B" a b
extension 'the first argument as the program, without --' -S -p pid "$B" a b
extension 'the first argument, in the background' -S -b -m -p pid -- "$B" a
extension 'the first argument in PATH' -S -p pid -- mine a
extension 'the first argument alone' -S "$B"
extension 'the first argument that is not' -S -p pid -- /nosuch a
for line in '--wait 100' '--progress' '--scheduler rr:5' '--ionice 2:5' \
    '--env A=b' '--interpreted' '--capabilities ^cap_chown' \
    '--secbits noroot' '--no-new-privs' '--oom-score-adj 100' \
    '--stdout /run/box/w/out' '--stderr /run/box/w/err' '--stdin /dev/null' \
    '--stdout-logger /bin/cat' '--stderr-logger /bin/cat' '--notify fd:3'; do
	it "extension: OpenRC's $line"
	better extensions
	# shellcheck disable=SC2086 # words
	run -S -b -x "$B" $line -- a
	it "extension: OpenRC's $line in the foreground"
	better extensions
	# shellcheck disable=SC2086 # words
	run -S -x "$B" $line -- a
	it "extension: OpenRC's $line with --stop"
	better extensions
	given 'victim a'
	# shellcheck disable=SC2086 # words
	run -K -x "$V" $line
done
for line in '-K -x SIGTERM' '-i -S -x /run/box/bin/probe' \
    '-w 100 -S -b -x /run/box/bin/probe' '-e A=b -S -x /run/box/bin/probe' \
    '-1 /run/box/w/out -S -b -x /run/box/bin/probe' \
    '-2 /run/box/w/out -S -b -x /run/box/bin/probe' \
    '-G extra -S -x /run/box/bin/probe'; do
	it "extension: a letter that Debian's has not: $line"
	[[ $line != *SIGTERM ]] || better gone
	# shellcheck disable=SC2086 # words
	run $line
done
unset option what line signal
unset -f extension
