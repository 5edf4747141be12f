# The command line: what it may be, what is said of what it may not be, and
# which of two faults is found first.
#
# shellcheck shell=bash
# shellcheck disable=SC2016 # $ in quotes is for the shell of a step

W=/run/box/w
B=/run/box/bin/probe

# Long name, short one or "-", a value or "-" for none.
options=(
	'help H -' 'stop K -' 'start S -' 'status T -' 'version V -'
	"startas a $B" 'name n nosuch' 'oknodo o -' 'pid - 77777'
	'ppid - 77777' "pidfile p $W/no" 'quiet q -' 'signal s HUP' 'test t -'
	'user u 4711' 'group g 2001' "chroot r $W" 'verbose v -' "exec x $B"
	'chuid c alice' 'nicelevel N 3' 'procsched P other'
	'iosched I best-effort:5' 'umask k 027' 'background b -'
	'notify-await - -' 'notify-timeout - 5' 'no-close C -'
	"output O $W/log" 'make-pidfile m -' 'remove-pidfile - -'
	'retry R 1' "chdir d $W"
)

# texts that --help and --version print are ours
mark_texts() {
	case $1 in
	help|version|H|V) better texts ;;
	esac
}

# Marks what names an option or a file that Debian's has not, or finds later.
mark_line() {
	case $1 in
	'-S -- x') better extensions ;;
	'--=x') better ambiguous ;;
	esac
}

# Marks what dpkg 1.23 checks and 1.21 does not.
mark_combination() {
	case " $* " in
	*' --notify-await '*) ;;
	*' --notify-timeout '*) better combinations ;;
	esac
	case " $* " in
	*' --background '*|*' -b '*) ;;
	*' --notify-await '*) better combinations ;;
	esac
}

usage_each() {
	local entry long short value args

	for entry in "${options[@]}"; do
		read -r long short value <<<"$entry"
		args=()
		[ "$value" = - ] || args=("$value")

		it "usage: --$long alone"
		mark_texts "$long"
		run "--$long" "${args[@]}"
		if [ "$short" != - ]; then
			it "usage: -$short alone"
			mark_texts "$short"
			run "-$short" "${args[@]}"
			it "usage: -$short twice, before -T"
			mark_texts "$short"
			run "-$short" "${args[@]}" "-$short" "${args[@]}" \
			    -T -n nosuch
		fi
		if [ "$value" = - ]; then
			it "usage: --$long= with a value it does not take"
			run -T -n nosuch "--$long=x"
			it "usage: --$long with an empty value"
			run -T -n nosuch "--$long="
		else
			it "usage: --$long without its value"
			run -T -n nosuch "--$long"
			it "usage: --$long=VALUE"
			mark_combination "--$long"
			run -T -n nosuch "--$long=$value"
			it "usage: --$long with an empty value"
			run -T -n nosuch "--$long="
			it "usage: --$long '' as a word"
			run -S -t -a "$B" "--$long" ''
		fi
		if [ "$short" != - ] && [ "$value" != - ]; then
			it "usage: -$short without its value"
			run -T -n nosuch "-$short"
			it "usage: -$short with its value at once"
			run -T -n nosuch "-$short$value"
		fi
		for command in S K T; do
			it "usage: --$long with -$command"
			mark_texts "$long"
			[[ $long != chroot || $command == S ]] || better gone
			mark_combination "--$long"
			case $command in
			S) run -S -t -x "$B" "--$long" "${args[@]}" -- x y ;;
			K) run -K -x "$B" "--$long" "${args[@]}" ;;
			T) run -T -x "$B" "--$long" "${args[@]}" ;;
			esac
		done
	done
}

# Every beginning of a long name: unique, ambiguous, or an option of its own.
usage_abbreviated() {
	local entry long short value i n begun=''

	for entry in "${options[@]}"; do
		read -r long short value <<<"$entry"
		for ((i = 1; i < ${#long}; i++)); do
			n=$((i % 8))
			if [ "$n" -eq 1 ] || [ "$i" -eq 1 ]; then
				it "usage: --$long abbreviated to $i and more"
				mark_texts "$long"
				[[ $long != notify-* ]] || better combinations
				# 1.23 has --pidof beside those.
				[[ $long != p* ]] || better ambiguous
			fi
			if [ "$value" = - ]; then
				run -T -n nosuch "--${long:0:i}"
			else
				run -T -n nosuch "--${long:0:i}=$value"
			fi
		done
	done
	for begun in '' n no not sta st s p pi c ch o r re; do
		it "usage: the abbreviation --$begun of -S"
		[[ $begun != p* ]] || better ambiguous
		run -S -x "$B" -t "--$begun" 5
	done
}

# Wrong in itself, or by what is missing.  Their order is that of Debian's
# checks; the first word is a short name.
faults=(
	"unknown --frobnicate"
	"unknown-short -z"
	"two-commands -S -K"
	"missing-group -c alice:"
	"pid --pid 0"
	"ppid --ppid x"
	"signal -s SOMETHING"
	"schedule -R TERM"
	"policy -P batch"
	"class -I nothing"
	"umask -k 9"
	"output -b -O log"
	"timeout --notify-timeout soon"
	"long-name -n abcdefghijklmnopq"
	"make-without -m"
	"remove-without --remove-pidfile"
	"both --pid 77777 -p $W/no"
	"background-stop -b"
	"no-close -C"
	"output-foreground -O $W/log"
	"no-exec -x $W/nosuch"
	"no-user -u nosuch"
	"no-group -g nosuch"
	"no-chuid -c nosuch"
)

usage_faults() {
	local i j first second name_i name_j command

	for ((i = 0; i < ${#faults[@]}; i++)); do
		read -r name_i first <<<"${faults[i]}"
		for command in -S -K -T ''; do
			it "fault: $name_i with '${command:-no command}'"
			[[ $name_i != no-exec || $command != -[KT] ]] ||
			    better gone
			# shellcheck disable=SC2086 # words
			run $command -n nosuch $first
			it "fault: $name_i with '${command:-no command}' alone"
			[[ $name_i != no-exec || $command != -[KT] ]] ||
			    better gone
			# shellcheck disable=SC2086 # words
			run $command $first
		done
		for ((j = i + 1; j < ${#faults[@]}; j++)); do
			read -r name_j second <<<"${faults[j]}"
			it "order: $name_j before $name_i"
			# A fault of the line itself is found before.
			[[ $name_i == no-exec || ($name_j == no-exec &&
			    $name_i == @(umask|long-name)) ]] && better gone
			# shellcheck disable=SC2086 # words
			run -T $second $first
		done
	done
}

one_line_each() {
	local title=$1 line
	shift

	for line; do
		it "$title: ${line:-nothing}"
		mark_combination "$line"
		mark_line "$line"
		eval "run $line"
	done
}

usage_each
usage_abbreviated
usage_faults

one_line_each "usage" \
    '' '--' '-- -S' '-S' '-S --' '-S -- x' '-' '- -T -n nosuch' \
    "''" "'' -T -n nosuch" '-T -n nosuch x y z' 'x -T y -n z nosuch' \
    '-Tn nosuch' '-Tnnosuch' '-TonnosuchX' '-Tqvon nosuch' '-oqvtTn nosuch' \
    '-Tz' '-zT -n x' '-Tn' '-SKT -n x' '-KS -n x' '-TS -n x' '-ST -n x' \
    '-TT -n nosuch' '-KK -n nosuch' '-T -n nosuch --' '-T -- -n nosuch' \
    '-T --n nosuch' '-T --name nosuch' '-T --name=nosuch' '-T --name=' \
    '-T -n ""' '-T -n=nosuch' '---T' '--=x' '--start=yes -x /' '-T -u ""' \
    '-T -x ""' '-T -p ""' '-K -n nosuch -n other' '-T -p /x -p /y' \
    '-T -n nosuch -q' '-T -n nosuch -v' '-T -n nosuch -t' '-T -n nosuch -o' \
    '-K -n nosuch -q' '-K -n nosuch -v' '-K -n nosuch -t' '-K -n nosuch -o' \
    '-K -n nosuch -q -v' '-K -n nosuch -v -q' '-K -n nosuch -qo' \
    '-K -n abcdefghijklmno' '-K -n abcdefghijklmnop' \
    '-K -q -n abcdefghijklmnop' '-T -n abcdefghijklmnop' \
    "-K -n nosuch -p $W/no" "-K -n nosuch -x $B" "-K -x $B -p $W/no" \
    "-K -x $B -u alice" "-K -p $W/no -u alice" '-K -u alice' '-K -u 4711' \
    '-K --pid 77777' '-K --ppid 77777' '-K --ppid 77777 -u root' \
    '-K --pid 77777 --ppid 77776' '-K --pid 77777 -n nosuch' \
    '-T --pid 77777' '-T --ppid 77777' '-T -u 4711' \
    '-W -T -n x' '-? -n x' '-h' '-1' '-T -1' '--help=x' '--hel=x' '--?'

# Values.
for value in 0 -1 x '' 1x ' 1' '1 ' +77777 077777 0x10 99999999999 \
    99999999999999999999 2147483647 2147483648 1.5 77777; do
	it "value: --pid '$value'"
	run -T --pid "$value"
	it "value: --pid '$value' with -K -t"
	[[ $value != ' 1' ]] || better init
	run -K -t --pid "$value"
	it "value: --ppid '$value'"
	run -T --ppid "$value"
	it "value: --notify-timeout '$value'"
	case $value in
	0|1|' 1'|+77777|077777|2147483647|77777) better combinations ;;
	esac
	run -T -n nosuch --notify-timeout "$value"
done

for value in TERM term SIGTERM SIGterm Term HUP INT QUIT ILL ABRT FPE KILL \
    SEGV PIPE ALRM USR1 USR2 CHLD CONT STOP TSTP TTIN TTOU WINCH URG BUS TRAP \
    IO PWR SYS IOT CLD POLL RTMIN RTMAX SIGRTMIN RTMIN+1 0 1 9 15 31 32 33 34 \
    64 65 100 127 128 255 256 2147483647 2147483648 -1 -9 -TERM 15x x15 '' \
    ' 15' '15 ' +15 015 0xf; do
	it "value: --signal '$value'"
	[ "$value" != SIGTERM ] || better extensions
	given 'victim a --ignore-term'
	run -K -t --pid @a@ -s "$value"
done

for value in 0 1 5 01 1/2 TERM/1 TERM/1/KILL/1 15/1 -15/1 -TERM/1 -0/1 1/TERM \
    1/1 TERM/TERM TERM -TERM -15 KILL forever forever/1 TERM/forever \
    TERM/forever/1 forever/TERM/1 forever/forever/1 TERM/1/forever \
    TERM/1/forever/KILL/1 1/forever/TERM/1/forever SIGTERM/1 term/1 WINCH/1 \
    -WINCH/1 -28/1 '' / // /1 1/ 1// /TERM/1 TERM//1 TERM/1/ x x/1 1x/1 -/1 \
    --/1 -x/1 -1x/1 --15/1 -99/1 -2147483648/1 99999999999/1 2147483648/1 \
    99999999999 2147483647 2147483648 -1 -5 5x ' 5' '5 ' +5 +5/1 TERM/+5 \
    0x5 0x5/1 05/1 TERM/5s 5s 1.5 TERM/1.5 TERM,1 TERM:1 \
    1234567890123456789/1 12345678901234567890/1 \
    TERM/0000000000000000001 TERM/00000000000000000001 \
    TERMTERMTERMTERMTERM/1 TERM/1/TERM/1/TERM/1/TERM/1/TERM/1/TERM/1 \
    1/1/1/1/1/1/1/1/1/1/1/1/1/1/1/1/1/1/1/1 Forever/1 TERM/Forever/1 \
    -forever/1 TERM/-forever/1; do
	it "value: --retry '$value'"
	[[ $value != *SIG* ]] || better extensions
	# Debian's says that of itself it has an internal error.
	[[ $value != [1T]*1/ && $value != 1/ ]] || better internal
	run -K -n nosuch --retry "$value"
	it "value: --retry '$value' with -t"
	[[ $value != *SIG* ]] || better extensions
	[[ $value != [1T]*1/ && $value != 1/ ]] || better internal
	given 'victim a'
	run -K -t --pid @a@ --retry "$value"
done

for value in other other:0 other:1 other:99 other: other:x fifo fifo:0 fifo:1 \
    fifo:99 fifo:100 fifo:-1 fifo:x fifo: fifo:1x fifo:1:2 rr rr:0 rr:1 rr:99 \
    rr:100 rr:99999999999 batch idle deadline normal '' : :1 Fifo FIFO fif \
    'fifo ' ' fifo' 'fifo: 1' 'fifo:+1' fifo:01 fifo:0x1; do
	it "value: --procsched '$value'"
	run -S -t -x "$B" -P "$value"
done

for value in real-time real-time:0 real-time:7 real-time:8 real-time:-1 \
    real-time: real-time:x best-effort best-effort:0 best-effort:7 \
    best-effort:8 idle idle:0 idle:3 idle:7 idle:8 idle:x none none:1 rt be \
    realtime '' : :1 Idle 'idle ' real-time:4x best-effort:99999999999 \
    'best-effort:+1' best-effort:01; do
	it "value: --iosched '$value'"
	run -S -t -x "$B" -I "$value"
done

for value in 0 0000 022 22 18 0x12 077 0777 777 01777 07777 010000 -1 -022 x '' \
    08 9 18x 022x ' 022' '022 ' +022 0x 0xg 99999999999 2147483647 2147483648 \
    u=rwx; do
	it "value: --umask '$value'"
	run -T -n nosuch -k "$value"
	it "value: --umask '$value' in the foreground"
	run -S -x "$B" -k "$value"
done

for value in 0 1 -1 +1 5x x '' 19 20 40 -20 -40 99999999999 0x5 05 ' 5' \
    1.5; do
	it "value: --nicelevel '$value' with -t"
	run -S -t -x "$B" -N "$value"
	it "value: --nicelevel '$value' in the foreground"
	needs root
	run -S -x "$B" -N "$value"
done

# Permutation.
line="-T x -n nosuch y"
for how in '' 1 0; do
	it "POSIXLY_CORRECT: '$how'"
	env "POSIXLY_CORRECT=$how"
	run -T x -n nosuch y
	it "POSIXLY_CORRECT: '$how', a start with options behind an argument"
	env "POSIXLY_CORRECT=$how"
	run -S -x "$B" x -b y
done
unset line how
it "permutation: options of ours behind arguments of the program's"
run x -S y -x "$B" z -- -b -t
it "permutation: -- twice"
run -S -x "$B" -- a -- b
it "permutation: -- as an option's value"
run -S -x "$B" -n -- -- c
it "permutation: an argument that looks like an option, behind --"
run -S -x "$B" -- -S --frobnicate -z
it "permutation: empty arguments of the program"
run -S -x "$B" -- '' ' ' $'a\nb'
it "permutation: - as an argument"
run -S -x "$B" - -- -

# What it is called.
for name in start-stop-daemon ./start-stop-daemon ../bin/start-stop-daemon \
    '/a b/start-stop-daemon'; do
	it "called '$name': usage"
	called "$name"
	run
	it "called '$name': unknown option"
	called "$name"
	run --frobnicate
	it "called '$name': failure"
	called "$name"
	run -S -x /nosuch
done

it "a long line of arguments"
before 'mapfile -t many < <(seq -f "argument number %g" 2000)
set -- "$@" "${many[@]}"'
run -S -t -x "$B" --
unset value name command
