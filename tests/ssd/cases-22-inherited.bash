# --start: what is inherited, terminals, and --output.
#
# shellcheck shell=bash
# shellcheck disable=SC2016 # $ in quotes is for the shell of a step

W=/run/box/w
B=/run/box/bin/probe

# What is inherited, both ways.
both_inherited() {
	local title=$1 snippet=$2 who=${3:-all} mode name

	for mode in '' -b '-b -C' "-b -O $W/log" '-m -p pid' '-b -m -p pid'; do
		it "inherited: $title, with '$mode'"
		[ "$who" = all ] || needs root
		name=$better_name
		# Only where it is closed, or there is no pidfile.
		[[ $name != @(closed|descriptors) ||
		    ($mode == -b* && $mode != *-C*) ]] || name=''
		[[ $name != ignored || $mode == -b* ]] || name=''
		[[ $name != pidfile-failed || $mode == *-b*-m* ]] || name=''
		[ -z "$name" ] || better "$name"
		before "$snippet"
		# shellcheck disable=SC2086 # words
		run -S -x "$B" $mode
	done
}
better_name=''
both_inherited 'umask 077' 'umask 077'
both_inherited 'umask 000' 'umask 000'
both_inherited 'ignored signals' 'trap "" HUP INT USR1'
better_name=ignored
both_inherited 'ignored SIGCHLD' 'trap "" CHLD'
better_name=''
both_inherited 'default signals that bash has caught' 'trap : TERM'
both_inherited 'a blocked signal' 'set -- /run/box/bin/helper block 10 "$@"'
both_inherited 'a blocked CHLD' 'set -- /run/box/bin/helper block 17 "$@"'
both_inherited 'a blocked TERM' 'set -- /run/box/bin/helper block 15 "$@"'
both_inherited 'open descriptors' 'exec 3</etc/passwd 5>>log.5 9<>rw.9 255</dev/null'
better_name=descriptors
both_inherited 'a descriptor above the limit' 'exec 900</etc/passwd; ulimit -Sn 64'
better_name=''
both_inherited 'no standard input' 'exec <&-'
better_name=closed
both_inherited 'no standard output' 'exec >&-'
both_inherited 'no standard error' 'exec 2>&-'
better_name=''
both_inherited 'no standard files' 'exec <&- >&- 2>&-'
both_inherited 'no standard files but 7' 'exec 7</etc/passwd <&- >&- 2>&-'
both_inherited 'standard error only' 'exec <&- >&-'
both_inherited 'limits' 'ulimit -n 100; ulimit -c 0; ulimit -u 5000; ulimit -s 4096; ulimit -f 4000'
both_inherited 'a nice level' 'set -- nice -n 3 "$@"'
both_inherited 'a policy' 'set -- chrt -r 5 "$@"' root
both_inherited 'batch' 'set -- chrt -b 0 "$@"'
both_inherited 'a class' 'set -- ionice -c 2 -n 6 "$@"'
both_inherited 'idle' 'set -- ionice -c 3 "$@"'
both_inherited 'one processor' 'set -- taskset 1 "$@"'
both_inherited 'an oom_score_adj' 'echo 300 >/proc/self/oom_score_adj'
both_inherited 'another directory' 'cd /run/box/homes'
better_name=pidfile-failed
both_inherited 'a directory that is gone' 'mkdir gone; cd gone; rmdir ../gone'
better_name=''
both_inherited 'an empty environment' 'set -- "$BASH" -c "exec env -i \"\$@\"" env "$@"'
both_inherited 'odd variables' 'export A= B=" " C="a=b" NOTIFY_SOCKET=/x LISTEN_FDS=3 LISTEN_PID=1'
both_inherited 'groups' 'set -- setpriv --groups 5,6 -- "$@"' root
both_inherited 'capabilities' 'set -- setpriv --inh-caps +net_raw --ambient-caps +net_raw -- "$@"' root
both_inherited 'a death signal' 'set -- setpriv --pdeathsig TERM -- "$@"'
both_inherited 'securebits' 'set -- setpriv --securebits +noroot -- "$@"' root
unset -f both_inherited
unset better_name

for mode in '' -b '-b -C' "-b -O $W/log" "-b -C -O $W/log" '-m -p pid' \
    '-b -m -p pid'; do
	it "terminal: with '$mode'"
	[[ $mode != *-C*-O* ]] || better leak
	terminal
	# shellcheck disable=SC2086 # words
	run -S -x "$B" $mode
	it "terminal: with '$mode', the program says something"
	[[ $mode != *-C*-O* ]] || better leak
	terminal
	# shellcheck disable=SC2086 # words
	run -S -x "$B" $mode -- --say 'to stdout' --complain 'to stderr'
	it "output: with '$mode', the program says something"
	[[ $mode != *-C*-O* ]] || better leak
	# shellcheck disable=SC2086 # words
	run -S -x "$B" $mode -- --say 'to stdout' --complain 'to stderr'
	it "output: with '$mode', the program ends with 7"
	[[ $mode != *-C*-O* ]] || better leak
	# shellcheck disable=SC2086 # words
	run -S -x "$B" $mode -- --exit 7
	it "umask: with '$mode' and -k 077"
	[[ $mode != *-C*-O* ]] || better leak
	# shellcheck disable=SC2086 # words
	run -S -x "$B" $mode -k 077
	it "umask: with '$mode' and -k 0 below a umask of 077"
	[[ $mode != *-C*-O* ]] || better leak
	before 'umask 077'
	# shellcheck disable=SC2086 # words
	run -S -x "$B" $mode -k 0
	it "start: under another user, with '$mode'"
	[[ $mode != *-C*-O* ]] || better leak
	needs root
	# shellcheck disable=SC2086 # words
	run -S -x "$B" $mode -c alice -k 022
done

# --output.
output_case() {
	it "output: $1"
	[[ $1 != *'may only be read' || -n $is_root ]] || better exec
	given "$2"
	run -S -b -O "$W/log" -x "$B" -- --say hello
}
output_case "to a file that is there" 'echo before >log'
output_case "to a file of another mode" 'echo before >log; chmod 600 log'
output_case "to a file that may only be read" 'echo before >log; chmod 444 log'
output_case "to a link" 'echo before >target; ln -s target log'
output_case "to a dangling link" 'ln -s target log'
output_case "to a device" 'ln -s /dev/null log'
output_case "to a fifo that somebody reads" 'mkfifo log
cat log >read & disown'
for mode in '' -m; do
	it "output: to a directory '$mode'"
	better exec
	given 'mkdir log'
	# shellcheck disable=SC2086 # perhaps none
	run -S -b -p pid $mode -O "$W/log" -x "$B"
	it "output: in a directory that is not there '$mode'"
	better exec
	# shellcheck disable=SC2086 # perhaps none
	run -S -b -p pid $mode -O "$W/no/log" -x "$B"
	it "output: where a user may not '$mode'"
	better exec
	as nobody
	# shellcheck disable=SC2086 # perhaps none
	run -S -b -p pid $mode -O /run/box/log -x "$B"
done
it "output: twice"
run -S -b -O "$W/log" -x "$B" -- --say one
run -S -b -O "$W/log" -n nosuch -a "$B" -- --say two
it "output: the last one counts"
run -S -b -O "$W/log" -O "$W/other" -x "$B" -- --say one
it "output: below a umask"
before 'umask 077'
run -S -b -O "$W/log" -x "$B" -- --say one
it "output: below -k"
run -S -b -k 0 -O "$W/log" -x "$B" -- --say one
it "output: as another user"
needs root
run -S -b -O "$W/log" -c alice -x "$B" -- --say one
it "output: outside of the root"
needs root
given new_root
run -S -b -O "$W/log" -r /run/box/root -x /bin/probe -- --say one
unset mode
unset -f output_case
