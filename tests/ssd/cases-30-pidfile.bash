# Pidfiles of all kinds, good and bad, and what is made of them by --status,
# --stop and --start; as root and as a user.
#
# shellcheck shell=bash
# shellcheck disable=SC2016 # $ in quotes is for the shell of a step

B=/run/box/bin/probe
V=/run/box/bin/victim

# Name, then what makes the file; $a is a victim's pid.  The name of the wanted
# difference, if there is one, stands before in braces.
kinds=(
	'none:true'
	'good:echo $a >pid'
	'dead:echo 77777 >pid'
	'empty:: >pid'
	'blank:echo >pid'
	'blanks:echo "   " >pid'
	'garbage:echo garbage >pid'
	'leading blanks:printf "   %d\n" $a >pid'
	'leading lines:printf "\n\n\t%d\n" $a >pid'
	'five thousand blanks:printf "%5000d\n" $a >pid'
	'trailing blanks:printf "%d   \n" $a >pid'
	'trailing text:echo "$a and more" >pid'
	'text at once:echo "${a}x" >pid'
	'text before:echo "x$a" >pid'
	'no line end:printf %d $a >pid'
	'carriage return:printf "%d\r\n" $a >pid'
	'second line:printf "%d\n77777\n" $a >pid'
	'dead, then good:printf "77777\n%d\n" $a >pid'
	'NUL before:printf "\0%d\n" $a >pid'
	'NUL behind:printf "%d\0\n" $a >pid'
	'NUL within:printf "4\0%d\n" $a >pid'
	'only NUL:printf "\0\0\0\0" >pid'
	'{low-pid} hexadecimal:printf "%#x\n" $a >pid'
	'octal:printf "%#o\n" $a >pid'
	'leading zeros:printf "%012d\n" $a >pid'
	'four hundred zeros:printf "%0400d\n" $a >pid'
	'plus:echo "+$a" >pid'
	'plus and blank:echo "+ $a" >pid'
	'two plus:echo "++$a" >pid'
	'comma:echo "$a,5" >pid'
	'point:echo "$a.5" >pid'
	'exponent:echo "${a}e0" >pid'
	'quoted:echo "\"$a\"" >pid'
	'comment:printf "# pid\n%d\n" $a >pid'
	'vertical tab:printf "\v\f%d\n" $a >pid'
	'no-break space:printf "\xc2\xa0%d\n" $a >pid'
	'byte order mark:printf "\xef\xbb\xbf%d\n" $a >pid'
	'{low-pid} zero:echo 0 >pid'
	'{low-pid} one:echo 1 >pid'
	'{low-pid} minus one:echo -1 >pid'
	'{low-pid} minus a pid:echo -$a >pid'
	'{low-pid} minus zero:echo -0 >pid'
	'{low-pid} zero with text:echo 0x >pid'
	'{low-pid} int plus one:echo 2147483648 >pid'
	'{low-pid} 32 bits of ones:echo 4294967295 >pid'
	'{low-pid} 32 bits and zero:echo 4294967296 >pid'
	'{low-pid} 32 bits and a pid:echo $((4294967296 + a)) >pid'
	'{low-pid} 20 digits:echo 99999999999999999999 >pid'
	'{low-pid} 30 digits below zero:echo -999999999999999999999999999999 >pid'
	'largest int:echo 2147483647 >pid'
	'minus only:echo - >pid'
	'long text behind:{ echo "$a"; seq 10000; } >pid'
	'link:echo $a >target; ln -s target pid'
	'dangling link:ln -s target pid'
	'link to itself:ln -s pid pid'
	'link to a directory:mkdir target; ln -s target pid'
	'link to /dev/null:ln -s /dev/null pid'
	'directory:mkdir pid'
	'hard link:echo $a >pid; ln pid other'
	'mode 666:echo $a >pid; chmod 666 pid'
	'mode 646:echo $a >pid; chmod 646 pid'
	'mode 664:echo $a >pid; chmod 664 pid'
	'mode 660:echo $a >pid; chmod 660 pid'
	'mode 602:echo $a >pid; chmod 602 pid'
	'mode 000:echo $a >pid; chmod 0 pid'
	'mode 4755:echo $a >pid; chmod 4755 pid'
	'empty of mode 666:: >pid; chmod 666 pid'
	'link to one of mode 666:echo $a >target; chmod 666 target; ln -s target pid'
	'root alice:echo $a >pid; chown alice pid'
	'root alice'\''s group:echo $a >pid; chgrp alice pid'
	'root both alice'\''s:echo $a >pid; chown alice:alice pid'
	'root alice'\''s and empty:: >pid; chown alice pid'
	'root alice'\''s and dead:echo 77777 >pid; chown alice pid'
	'root in a directory of alice'\''s:echo $a >pid; chown alice .'
	'in a world-writable directory:echo $a >pid; chmod 777 .'
)

# kind_case TITLE KIND SETUP-OF-VICTIM ARGUMENT...
kind_case() {
	local title=$1 kind=${2%%:*} victim=$3
	local setup=${2#*:} name=''
	shift 3

	if [[ $kind == '{'* ]]; then
		name=${kind#'{'}
		name=${name%%'}'*}
		kind=${kind#*'} '}
	fi
	it "pidfile: ${kind#root }: $title"
	case $title,$kind in
	*-m,'dangling link'|*-m,'link to a directory'|*-m,directory)
		better pidfile-failed ;;
	*'stop and another --exec,'*) name='' ;;
	*-start*,'32 bits and a pid') ;;
	*'same program,'*|*-m,*|*'--start --test,int plus one') name='' ;;
	esac
	[[ $kind != root' '* ]] || needs root
	[ -z "$name" ] || better "$name"
	given "$victim; $setup"
	run "$@"
}

for kind in "${kinds[@]}"; do
	one='victim a --ignore-term'
	kind_case '--status' "$kind" "$one" -T -p pid
	kind_case '--status and --exec' "$kind" "$one" -T -p pid -x "$V"
	kind_case '--status and another --exec' "$kind" "$one" -T -p pid -x "$B"
	kind_case '--stop --test' "$kind" "$one" -K -t -p pid
	kind_case '--stop' "$kind" "$one" -K -v -p pid
	kind_case '--stop and another --exec' "$kind" "$one" -K -p pid -x "$B"
	kind_case '--stop --remove-pidfile' "$kind" "$one" -K -p pid \
	    --remove-pidfile
	kind_case '--stop --retry' "$kind" 'victim a' -K -R TERM/1 -v -p pid
	kind_case '--start --test' "$kind" "$one" -S -t -p pid -a "$B"
	kind_case '--start of the same program' "$kind" 'victim a --exe $P' \
	    -S -p pid -x "$B"
	kind_case '--start -b -m' "$kind" 'victim a --exe $P' \
	    -S -b -m -p pid -x "$B"
done
unset one kinds kind

# Where it is.
for place in /nosuch/pid /run/box/bin/probe/pid '' . / /dev/zero /dev/full \
    /proc/self/stat /proc/1/stat ./pid ../w/pid //run/box/w/pid \
    /run/box/w/../w/./pid /dev/null; do
	for command in '-T' '-K -t' '-K -o' '-S -t -n nosuch -a /run/box/bin/probe' \
	    '-T -n victim' '-K --remove-pidfile' '-T -x /run/box/bin/victim'; do
		it "pidfile: called '$place': $command"
		# They are world-writable, and the null device is exempt.
		[ "$place$command" != '/dev/null-K --remove-pidfile' ] ||
		    continue
		# Which begins with 1.
		[[ $place != /proc/1/stat || $command == -S* ]] ||
		    better low-pid
		given 'victim a --ignore-term; echo $a >pid'
		# shellcheck disable=SC2086 # words
		run $command -p "$place"
	done
done
unset place command

# As a user: whose pidfile, whose process.
for owner in nobody root alice; do
	for process in 0:0 65534:65534 1001:1001; do
		for command in '-T' '-K' '-K -t' '-K -v -x /run/box/bin/victim' \
		    '-T -n victim' '-K -v -n victim' '-K -R 1' \
		    '-K -v -u nobody' '-S -t -a /run/box/bin/probe'; do
			it "pidfile: of $owner, asked by nobody about $process: $command"
			as nobody
			given "victim a --as $process
echo \$a >pid; chown $owner: pid"
			# shellcheck disable=SC2086 # words
			run $command -p pid
		done
	done
done
for command in -T -K '-K -t' '-K --remove-pidfile' '-S -t -a /run/box/bin/probe' \
    '-K -n victim' '-S -b -m -x /run/box/bin/probe'; do
	it "pidfile: that a user may not read: $command"
	as nobody
	given 'victim a --as 65534:65534; echo $a >pid; chmod 600 pid
chown root: pid'
	# shellcheck disable=SC2086 # words
	run $command -p pid
	it "pidfile: in a directory that a user may not enter: $command"
	as nobody
	given 'victim a --as 65534:65534; mkdir -m 700 d; echo $a >d/pid'
	# shellcheck disable=SC2086 # words
	run $command -p d/pid
	it "pidfile: that a user may not remove: $command"
	[[ $command != *-m* ]] || better pidfile-failed
	as nobody
	given 'victim a --as 65534:65534; mkdir d; echo $a >d/pid'
	# shellcheck disable=SC2086 # words
	run $command -p d/pid
	it "pidfile: of root, in a user's directory: $command"
	[[ $command != *-m* ]] || better pidfile-failed
	as nobody
	given 'victim a --as 65534:65534; echo $a >pid; chown root: pid'
	# shellcheck disable=SC2086 # words
	run $command -p pid
done
unset owner process command
