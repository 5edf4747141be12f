# --start: what the program finds around itself, in the foreground and in the
# background, with each option and each two of them; and what can go wrong.
#
# shellcheck shell=bash
# shellcheck disable=SC2016 # $ in quotes is for the shell of a step

W=/run/box/w
B=/run/box/bin/probe
V=/run/box/bin/victim

# Name, who may, options.
modifiers=(
	"pidfile all -p $W/pid" "make all -m -p $W/pid"
	"make-relative all --make-pidfile --pidfile pid"
	"startas all -a $V" "umask all -k 027"
	"umask-0 all -k 0" "umask-777 all -k 0777" "nicer all -N 3"
	"less-nice root -N -4"
	"fifo root -P fifo:7" "rr root -P rr:3" "other all -P other"
	"real-time root -I real-time:2" "best-effort all -I best-effort:6"
	"idle all -I idle" "chuid root -c alice" "chuid-number root -c 1002"
	"chuid-group root -c alice:extra" "chuid-gid root -c bob:4711"
	"group root -g extra" "group-number root -g 4712"
	"chuid-and-group root -c alice -g more"
	"user all -u 4711" "name all -n nosuch" "chdir all -d $W"
	"chdir-home root -d /run/box/homes/alice" "oknodo all -o"
	"quiet all -q" "chroot root -r /run/box/root"
	"signal all -s HUP" "retry all -R 5" "ppid all --ppid 77777"
)
# And those that only go with --background.
background_modifiers=(
	"no-close all -C" "output all -O $W/log"
	"no-close-output all -C -O $W/log"
)

# start_case TITLE WHO OPTION...: the rest is $mode_options.
start_case() {
	local title=$1 who=$2 program=$B
	shift 2

	it "$title"
	[ "$who" = all ] || needs root
	case " $* " in
	*' -C '*'-O '*) better leak ;;
	*" -d $W "*'-r '*|*" -d /run/box/homes/alice "*'-r '*)
		# Which is not there.
		[ ${#mode_options[@]} -eq 0 ] || better exec ;;
	esac
	case " $* " in
	*' -r '*)
		needs root
		given new_root
		program=/bin/probe ;;
	esac
	# Within another root there is no victim to start instead.
	[[ " $* " != *' -r '* ]] || set -- "${@/#$V//bin/probe}"
	run -S "${mode_options[@]}" -x "$program" "$@" -- one 'and two'
}

start_modes() {
	local mode name who rest name_2 who_2 rest_2 i j all
	local mode_options=()

	for mode in foreground background; do
		[ "$mode" = foreground ] || mode_options=(-b)
		all=("${modifiers[@]}")
		[ "$mode" = foreground ] || all+=("${background_modifiers[@]}")
		start_case "start: $mode" all
		for ((i = 0; i < ${#all[@]}; i++)); do
			read -r name who rest <<<"${all[i]}"
			# shellcheck disable=SC2086 # words
			start_case "start: $mode: $name" "$who" $rest
			for ((j = i + 1; j < ${#all[@]}; j++)); do
				# Of pairs every fifth, and all with what
				# changes where files are.
				[ $(((i + j) % 5)) -eq 0 ] ||
				    [[ ${all[i]}${all[j]} =~ (no-close|output|chroot) ]] ||
				    continue
				read -r name_2 who_2 rest_2 <<<"${all[j]}"
				[ "$who" = all ] || who_2=$who
				# shellcheck disable=SC2086 # words
				start_case "start: $mode: $name and $name_2" \
				    "$who_2" $rest $rest_2
			done
		done
	done
}

start_modes

# Texts.  On a terminal, where Debian's are line-buffered.
for option in '' -v -q '-v -q' '-q -v' '-v -t' '-q -t' '-v -b' '-q -b' \
    '-v -b -m -p pid' '-v -b -C' "-v -b -O $W/log" '-v -m -p pid' \
    '-v -b -t -m -p pid'; do
	it "start: says on a terminal with '$option'"
	terminal
	# shellcheck disable=SC2086 # words
	run -S -x "$B" $option -- a b
	it "start: says on a terminal with '$option' when it runs"
	terminal
	given 'victim a --exe $P'
	# shellcheck disable=SC2086 # words
	run -S -x "$B" $option -- a b
done
for option in -v '-v -b' '-v -b -C' "-v -b -O $W/log" '-v -b -m -p pid'; do
	it "start: says to a file with '$option'"
	better lines
	# shellcheck disable=SC2086 # words
	run -S -x "$B" $option -- a b
done
it "start: says to a file that the program says something to, too"
better lines
run -S -v -x "$B" -- --say hello
it "start: one file for both"
before 'exec 2>&1'
run -S -t -x "$B" -n abcdefghijklmnopq

# --test says it all.
for option in '' '-c alice' '-c alice:extra' '-c alice:4711' '-c 1002' \
    '-c 1001' '-c carol' '-c carla' '-c 1004' '-c root' '-c 0' '-c 0:0' \
    '-g extra' '-g 4711' '-c bob -g extra' '-g extra -c bob' \
    '-g extra -c bob:more' '-c bob:more -g extra' '-c bob -c alice' \
    '-r /run/box/root' '-N 0' '-N 5' '-N -5' '-P other' '-P fifo:9' '-P rr:1' \
    '-P other:5' '-I idle' '-I idle:2' '-I real-time' '-I best-effort:1' \
    '-N 5 -P fifo:9 -I idle -r /run/box/root -c alice:extra' \
    '-d /run/box/w' '-k 022' '-b' '-b -m -p pid' '-b -O /nosuch/x' '-a /nosuch' \
    '-a other' '-p pid' '-n nosuch' '-u alice' '-u 4711' '-d /nosuch' \
    '-g 1001' '-g 01001' '-c 01001' '-c :extra' '-c :' '-c alice:' '-c ""' \
    '-g ""' '-c alice:extra:more' '-c " alice"' '-c +1001' '-c -1' '-g -1' \
    '-c 4294967295' '-c 4294967296' '-g 4294967295' '-g 99999999999' \
    '-g 2147483648' '-c 2147483648' '-u -1' '-u 4294967295' '-u +0' \
    '-g extra -g more' '-c nosuch:extra' '-c alice:nosuch' '-c 4711' \
    '-c 4711:extra' '-c nobody' '-c daemon' '-u 99999999999' '-u 1x'; do
	it "start: -t $option"
	if [[ $option == *'-r '* ]]; then
		needs root
		given 'new_root
mkdir -p "$box/root/run/box/bin" && cp "$P" "$box/root/run/box/bin/"'
	fi
	eval "run -S -t -x '$B' $option -- a 'b c'"
done

# Where the program is.
it "exec: is not there"
run -S -x /run/box/nosuch
it "exec: is a directory"
run -S -x "$W"
it "exec: may not be executed"
given 'echo x >plain'
run -S -x "$W/plain"
it "exec: is empty"
given ': >empty; chmod 755 empty'
run -S -x "$W/empty"
it "exec: is no program"
given 'printf "\0\1\2\3" >junk; chmod 755 junk'
run -S -x "$W/junk"
it "exec: is a script without #!"
given 'echo "exec /run/box/bin/probe script" >plain; chmod 755 plain'
run -S -x "$W/plain"
it "exec: is a script"
given 'script s "$P"'
run -S -x "$W/s" -- a
it "exec: is a script whose interpreter is not there"
given 'script s /nosuch'
run -S -x "$W/s"
it "exec: is a link to it"
given 'ln -s "$P" link'
run -S -x "$W/link"
it "exec: is a hard link to it"
given 'ln "$P" hard'
run -S -x "$W/hard"
it "exec: is a dangling link"
given 'ln -s /nosuch link'
run -S -x "$W/link"
it "exec: is a link to itself"
given 'ln -s link link'
run -S -x "$W/link"
it "exec: is below a file"
run -S -x "$B/x"
it "exec: has a name that is too long"
printf -v long '%04095d' 0
run -S -x "/$long"
it "exec: has a part of the name that is too long"
run -S -x "/${long:0:300}"
unset long
for place in probe bin/probe ./probe ../bin/probe; do
	it "exec: is relative: $place"
	given 'cp "$P" probe; mkdir bin; cp "$P" bin'
	run -S -x "$place"
	it "exec: is relative: $place, with -d"
	given 'cp "$P" probe; mkdir bin; cp "$P" bin'
	run -S -d "$W" -x "$place"
	it "exec: is relative: $place, with -d relative"
	given 'mkdir sub; cp "$P" sub/probe; mkdir sub/bin; cp "$P" sub/bin'
	run -S -d sub -x "$place"
	it "startas: is relative: $place"
	given 'cp "$P" probe; mkdir bin; cp "$P" bin'
	run -S -x "$B" -a "$place"
	it "startas: is relative: $place, with -d"
	given 'cp "$P" probe; mkdir bin; cp "$P" bin'
	run -S -x "$B" -a "$place" -d "$W"
done
for place in /nosuch /run/box /run/box/etc/passwd ''; do
	it "startas: is '$place'"
	run -S -x "$B" -a "$place"
	it "startas: is '$place' in the background"
	better exec
	want exit 2
	run -S -b -x "$B" -a "$place"
	it "startas: is '$place' in the background, with a pidfile"
	better exec
	want exit 2
	run -S -b -m -p "$W/pid" -x "$B" -a "$place"
	it "startas: is '$place' with a pidfile"
	run -S -m -p "$W/pid" -x "$B" -a "$place"
	it "startas: is '$place' in the background, with output"
	better exec
	want exit 2
	run -S -b -O "$W/log" -x "$B" -a "$place"
	it "startas: is '$place' in the background, with -C"
	better exec
	want exit 2
	run -S -b -C -x "$B" -a "$place"
done
it "startas: without --exec"
run -S -n nosuch -a "$B"
it "startas: of something else than what runs"
given 'victim a --exe $P'
run -S -x "$V" -a "$B"
it "startas: what runs is asked of --exec"
given 'victim a --exe $P'
run -S -x "$B" -a "$V"
it "startas: argv[0] of a script"
given 'script s "$P"'
run -S -x "$B" -a "$W/s" -- b

# Where it cannot be started.
it "chdir: is not there"
run -S -x "$B" -d /nosuch
it "chdir: is a file"
run -S -x "$B" -d "$B"
it "chdir: is relative"
given 'mkdir sub'
run -S -x "$B" -d sub
it "chdir: is empty"
run -S -x "$B" -d ''
it "chdir: is ."
run -S -x "$B" -d .
for mode in '' -b; do
	it "chdir: is not there, with '$mode' and a pidfile"
	[ -z "$mode" ] || better exec
	want exit 2
	# shellcheck disable=SC2086 # perhaps none
	run -S $mode -m -p "$W/pid" -x "$B" -d /nosuch
	it "chdir: may not be entered by the user, with '$mode'"
	[ -z "$mode" ] || better exec
	as nobody
	given 'mkdir -m 700 /run/box/secret'
	# shellcheck disable=SC2086 # perhaps none
	run -S $mode -x "$B" -d /run/box/secret
	it "chdir: may not be entered by who it becomes, with '$mode'"
	given 'mkdir -m 700 /run/box/secret'
	needs root
	# shellcheck disable=SC2086 # perhaps none
	run -S $mode -x "$B" -d /run/box/secret -c alice
	it "chroot: is not there, with '$mode'"
	[ -z "$mode" ] || better exec
	# shellcheck disable=SC2086 # perhaps none
	run -S $mode -n nosuch -a "$B" -r /nosuch
	it "chroot: is a file, with '$mode'"
	[ -z "$mode" ] || better exec
	# shellcheck disable=SC2086 # perhaps none
	run -S $mode -n nosuch -a "$B" -r "$B"
	it "chroot: by a user, with '$mode'"
	[ -z "$mode" ] || better exec
	as nobody
	given new_root
	# shellcheck disable=SC2086 # perhaps none
	run -S $mode -x /bin/probe -r /run/box/root
	it "chroot: without the program, with '$mode'"
	[ -z "$mode" ] || better exec
	given 'mkdir /run/box/root'
	needs root
	# shellcheck disable=SC2086 # perhaps none
	run -S $mode -n nosuch -a "$B" -r /run/box/root
	it "nice: less by a user, with '$mode'"
	[ -z "$mode" ] || better exec
	as nobody
	# shellcheck disable=SC2086 # perhaps none
	run -S $mode -x "$B" -N -5
	it "policy: by a user, with '$mode'"
	[ -z "$mode" ] || better exec
	as nobody
	# shellcheck disable=SC2086 # perhaps none
	run -S $mode -x "$B" -P rr:5
	it "class: by a user, with '$mode'"
	as nobody
	# shellcheck disable=SC2086 # perhaps none
	run -S $mode -x "$B" -I real-time:5
	it "chuid: by a user, with '$mode'"
	[ -z "$mode" ] || better exec
	as nobody
	# shellcheck disable=SC2086 # perhaps none
	run -S $mode -x "$B" -c alice
	it "group: by a user, with '$mode'"
	[ -z "$mode" ] || better exec
	as nobody
	# shellcheck disable=SC2086 # perhaps none
	run -S $mode -x "$B" -g extra
	it "chuid: to itself, by a user, with '$mode'"
	as alice
	# shellcheck disable=SC2086 # perhaps none
	run -S $mode -x "$B" -c alice
	it "chuid: to itself but for the group, by a user, with '$mode'"
	[ -z "$mode" ] || better exec
	as alice
	# shellcheck disable=SC2086 # perhaps none
	run -S $mode -x "$B" -c alice:extra
	it "group: its own, by a user, with '$mode'"
	as alice
	# shellcheck disable=SC2086 # perhaps none
	run -S $mode -x "$B" -g alice
	it "start: by a user, with '$mode'"
	as alice
	# shellcheck disable=SC2086 # perhaps none
	run -S $mode -x "$B" -- a
	it "start: by a user, with '$mode' and a pidfile"
	as alice
	# shellcheck disable=SC2086 # perhaps none
	run -S $mode -m -p pid -x "$B" -- a
	it "start: by a user, with '$mode' and a pidfile where he may not"
	[ -z "$mode" ] || better pidfile-failed
	as alice
	# shellcheck disable=SC2086 # perhaps none
	run -S $mode -m -p /run/box/pid -x "$B" -- a
done

# Who it becomes: users and groups that are odd.
for option in '-c 1001' '-c carol' '-c carla' '-c 1004' '-c bob' '-c 0' \
    '-c root:extra' '-c alice:0' '-c root' '-g 0' '-g 65534' '-c nobody' \
    '-c bob -g 0' '-c alice:1002' '-c alice:01002'; do
	for mode in '' '-b'; do
		it "chuid: $option '$mode'"
		needs root
		# shellcheck disable=SC2086 # words
		run -S $mode -x "$B" $option
		it "chuid: $option '$mode' with groups of the caller's"
		needs root
		before 'set -- setpriv --groups 5,6,2001 -- "$@"'
		# shellcheck disable=SC2086 # words
		run -S $mode -x "$B" $option
		it "chuid: $option '$mode' by a caller with another group"
		needs root
		before 'set -- setpriv --regid 2001 --clear-groups -- "$@"'
		# shellcheck disable=SC2086 # words
		run -S $mode -x "$B" $option
	done
done
for option in '-c nobody' '-c bob' '-c alice'; do
	it "chuid: HOME with $option and none before"
	needs root
	before 'unset HOME'
	# shellcheck disable=SC2086 # words
	run -S -x "$B" $option
done
it "chuid: by who is root by effective number only"
needs root
before 'unset TMPDIR; set -- setpriv --ruid 1001 --rgid 1001 --clear-groups -- "$@"'
run -S -x "$B" -c alice
it "start: by who is root by effective number only"
needs root
before 'unset TMPDIR; set -- setpriv --ruid 1001 --rgid 1001 --clear-groups -- "$@"'
run -S -x "$B"
it "start: by who is root by effective number only, with TMPDIR"
needs root
before 'set -- setpriv --ruid 1001 --rgid 1001 --clear-groups -- "$@"'
run -S -x "$B"
it "start: without capabilities"
needs root
before 'set -- setpriv --bounding-set -all --inh-caps -all -- "$@"'
run -S -x "$B"
it "chuid: without the capability"
needs root
before 'set -- setpriv --bounding-set -setuid,-setgid -- "$@"'
run -S -x "$B" -c alice
it "chroot: without the capability"
needs root
given new_root
before 'set -- setpriv --bounding-set -sys_chroot -- "$@"'
run -S -x /bin/probe -r /run/box/root
it "start: with no new privileges"
before 'set -- setpriv --no-new-privs -- "$@"'
run -S -x "$B"
unset mode option
