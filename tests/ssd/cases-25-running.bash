# --start: other roots, what is running already, --make-pidfile, and one command
# after the other.
#
# shellcheck shell=bash
# shellcheck disable=SC2016 # $ in quotes is for the shell of a step

W=/run/box/w
B=/run/box/bin/probe

# Roots.
for option in '' '-d /work' '-d work' '-b' '-b -m -p pid' "-m -p $W/pid" \
    '-b -m -p /run/box/root/tmp/pid' '-c alice' '-c alice -b' '-g extra' \
    '-a /bin/probe' '-a bin/probe' '-d /nosuch' '-u alice' '-n nosuch' \
    '-b --notify-await --notify-timeout 1' '-t'; do
	it "chroot: with '$option'"
	needs root
	[[ $option != '-b '*nosuch* ]] || better exec
	given new_root
	# shellcheck disable=SC2086 # words
	run -S -r /run/box/root -x /bin/probe $option -- a
done
it "chroot: a relative one"
needs root
given 'new_root; ln -s ../root root'
run -S -r root -x /bin/probe
it "chroot: a relative program"
needs root
given new_root
run -S -r /run/box/root -x bin/probe
it "chroot: a relative program and directory"
needs root
given new_root
run -S -r /run/box/root -d bin -x probe
it "chroot: /"
needs root
run -S -r / -x "$B"
it "chroot: with a slash at its end"
needs root
given new_root
run -S -r /run/box/root/ -x /bin/probe
it "chroot: to the directory it is in"
needs root
given 'new_root; cd /run/box/root'
run -S -r ../root -x /bin/probe
it "chroot: what runs in it is found by the file"
needs root
given 'new_root; victim a --exe /run/box/root/bin/probe'
run -S -r /run/box/root -x /bin/probe
it "chroot: what runs elsewhere is not"
needs root
given 'new_root; victim a --exe $P'
run -S -r /run/box/root -x /bin/probe
it "chroot: start, status, stop"
needs root
given new_root
run -S -b -r /run/box/root -x /bin/probe
run -T -r /run/box/root -x /bin/probe
run -T -x /run/box/root/bin/probe
run -K -v -r /run/box/root -x /bin/probe

# What is already running.
running_case() {
	local title=$1 setup=$2 mode
	shift 2

	for mode in '' -o -q -t '-b -m'; do
		# There must be a file for -m.
		[[ $mode != '-b -m' || " $* " == *' -p '* ]] || mode=-b
		it "running: $title with '$mode'"
		[[ $setup != *--as* ]] || needs root
		given "$setup"
		# shellcheck disable=SC2086 # words
		run -S $mode "$@"
	done
}
running_case 'the program' 'victim a --exe $P' -x "$B"
running_case 'the program, twice' 'victim a --exe $P; victim b --exe $P' -x "$B"
running_case 'another' 'victim a' -x "$B"
running_case 'by its name' 'victim a --rename mine' -n mine -a "$B"
running_case 'by another name' 'victim a --rename mine' -n other -a "$B"
running_case 'by program and name' 'victim a --exe $P --rename mine' \
    -n mine -x "$B"
running_case 'by program but not name' 'victim a --exe $P --rename mine' \
    -n other -x "$B"
running_case 'by its pidfile' 'victim a; echo $a >pid' -p "$W/pid" -a "$B"
running_case 'by its pidfile and program' \
    'victim a --exe $P; echo $a >pid' -p "$W/pid" -x "$B"
running_case 'by its pidfile but not program' 'victim a; echo $a >pid' \
    -p "$W/pid" -x "$B"
running_case 'a pidfile of none' 'echo 77777 >pid' -p "$W/pid" -x "$B"
running_case 'an empty pidfile' ': >pid' -p "$W/pid" -x "$B"
running_case 'no pidfile, but the program' 'victim a --exe $P' \
    -p "$W/pid" -x "$B"
running_case 'another pidfile, but the program' \
    'victim a --exe $P; echo 77777 >pid' -p "$W/pid" -x "$B"
running_case '/dev/null for a pidfile, and the program' 'victim a --exe $P' \
    -p /dev/null -x "$B"
running_case 'by its pid' 'victim a --exe $P' --pid @a@ -x "$B"
running_case 'by its pid, alone' 'victim a' --pid @a@ -a "$B"
running_case 'by its parent' 'victim a --exe $P --children 1' --ppid @a@ \
    -x "$B"
running_case 'by its user' 'victim a --as 4711:4711' -u 4711 -a "$B"
running_case 'by another user' 'victim a --exe $P --as 4711:4711' -u 4712 \
    -x "$B"

# --make-pidfile and what is there already.
pidfile_there() {
	local title=$1 setup=$2 mode

	for mode in '' -b; do
		it "make-pidfile: $title, with '$mode'"
		[[ $mode == '' || $title != *@(link|directory) ]] ||
		    better pidfile-failed
		# Which root may write all the same.
		[[ $mode == '' || $title != *444 || -n $is_root ]] ||
		    better pidfile-failed
		given "$setup"
		# shellcheck disable=SC2086 # perhaps none
		run -S $mode -m -p "$W/pid" -x "$B"
	done
}
pidfile_there 'over an old one' 'echo 77777 >pid'
pidfile_there 'over a longer one' 'printf "%s\n" 77777 and more lines >pid'
pidfile_there 'over one of mode 600' 'echo 77777 >pid; chmod 600 pid'
pidfile_there 'over one of mode 444' 'echo 77777 >pid; chmod 444 pid'
pidfile_there 'over one of mode 664' 'echo 77777 >pid; chmod 664 pid'
pidfile_there 'over an empty one' ': >pid'
pidfile_there 'over a link' 'echo 77777 >target; ln -s target pid'
pidfile_there 'over a dangling link' 'ln -s target pid'
pidfile_there 'over a directory' 'mkdir pid'
pidfile_there 'over one with two names' 'echo 77777 >pid; ln pid other'
pidfile_there 'over garbage' 'echo garbage >pid'
pidfile_there 'over one that is world-writable' 'echo 77777 >pid; chmod 666 pid'
for mode in '' -b; do
	it "make-pidfile: over one of another user, with '$mode'"
	needs root
	given 'echo 77777 >pid; chown 1001:1001 pid'
	# shellcheck disable=SC2086 # perhaps none
	run -S $mode -m -p "$W/pid" -x "$B"
	it "make-pidfile: in a directory that is not there, with '$mode'"
	[ -z "$mode" ] || better pidfile-failed
	# shellcheck disable=SC2086 # perhaps none
	run -S $mode -m -p "$W/no/pid" -x "$B"
	it "make-pidfile: /dev/null, with '$mode'"
	# shellcheck disable=SC2086 # perhaps none
	run -S $mode -m -p /dev/null -x "$B"
	it "make-pidfile: /dev/full, with '$mode'"
	# shellcheck disable=SC2086 # perhaps none
	run -S $mode -m -p /dev/full -x "$B"
	it "make-pidfile: relative and with -d, with '$mode'"
	given 'mkdir sub'
	# shellcheck disable=SC2086 # perhaps none
	run -S $mode -m -p pid -x "$B" -d "$W/sub"
	it "make-pidfile: as another user, with '$mode'"
	needs root
	# shellcheck disable=SC2086 # perhaps none
	run -S $mode -m -p pid -x "$B" -c alice
	it "make-pidfile: through a linked directory, with '$mode'"
	given 'mkdir d; ln -s d e'
	# shellcheck disable=SC2086 # perhaps none
	run -S $mode -m -p "$W/e/pid" -x "$B"
	it "make-pidfile: below a umask of 077, with '$mode'"
	before 'umask 077'
	# shellcheck disable=SC2086 # perhaps none
	run -S $mode -m -p pid -x "$B"
	it "make-pidfile: below a umask of 0, with '$mode'"
	before 'umask 0'
	# shellcheck disable=SC2086 # perhaps none
	run -S $mode -m -p pid -x "$B"
	it "make-pidfile: below -k 077, with '$mode'"
	# shellcheck disable=SC2086 # perhaps none
	run -S $mode -m -p pid -x "$B" -k 077
	it "make-pidfile: in a full file system, with '$mode'"
	if [ -n "$mode" ]; then
		better pidfile-failed
	else
		better whole
	fi
	needs root
	given 'mkdir full; mount -t tmpfs -o nr_blocks=1,nr_inodes=9 x full
dd if=/dev/zero of=full/zero bs=4096 count=1 2>/dev/null'
	# shellcheck disable=SC2086 # perhaps none
	run -S $mode -m -p full/pid -x "$B"
	it "make-pidfile: in a file system for reading, with '$mode'"
	[ -z "$mode" ] || better pidfile-failed
	# shellcheck disable=SC2086 # perhaps none
	run -S $mode -m -p /etc/pid -x "$B"
	it "make-pidfile: no room for a file, by its limit, with '$mode'"
	better whole
	before 'ulimit -f 0; trap "" XFSZ'
	# shellcheck disable=SC2086 # perhaps none
	run -S $mode -m -p pid -x "$B"
	it "make-pidfile: -p is given twice, with '$mode'"
	# shellcheck disable=SC2086 # perhaps none
	run -S $mode -m -p pid -p other -x "$B"
	it "make-pidfile: and --remove-pidfile, with '$mode'"
	# shellcheck disable=SC2086 # perhaps none
	run -S $mode -m -p pid --remove-pidfile -x "$B"
	it "make-pidfile: without -m nothing is written, with '$mode'"
	# shellcheck disable=SC2086 # perhaps none
	run -S $mode -p pid -x "$B"
	it "start: processes may not be forked, with '$mode'"
	as nobody
	before 'ulimit -u 1'
	# shellcheck disable=SC2086 # perhaps none
	run -S $mode -x "$B" -m -p pid
done

# One after the other.
it "life: start, again, status, stop, status"
run -S -b -m -p pid -x "$B"
run -S -b -m -p pid -x "$B"
run -T -p pid
run -K -p pid
run -T -p pid
it "life: start, stop with --retry and --remove-pidfile"
run -S -b -m -p pid -x "$B"
run -K -R 5 --remove-pidfile -p pid
it "life: in the foreground"
run -S -m -p pid -x "$B"
run -T -p pid
run -K -R 5 --remove-pidfile -p pid
it "life: by the program"
run -S -b -x "$B"
run -S -b -x "$B"
run -T -x "$B"
run -K -R 5 -v -x "$B"
run -T -x "$B"
it "life: by the name"
run -S -b -n probe -a "$B"
run -S -b -n probe -a "$B"
run -T -n probe
run -K -R 5 -v -n probe
it "life: restart"
run -S -b -m -p pid -x "$B" -- first
run -K -R 5 -p pid
run -S -b -m -p pid -x "$B" -- second
it "life: a daemon that removes its pidfile"
run -S -b -m -p "$W/pid" -x "$B" -- --remove "$W/pid" --linger 100
run -K -R 5 -v -p pid
run -T -p pid
it "life: a daemon that ends at once"
run -S -b -m -p pid -x "$B" -- --exit 3
run -T -p pid
it "life: a user's"
as alice
run -S -b -m -p pid -x "$B"
run -T -p pid
run -K -R 5 -v --remove-pidfile -p pid
it "life: root's for a user, whose pidfile is root's"
needs root
run -S -b -c alice -m -p pid -x "$B"
run -T -p pid
run -K -R 5 -v --remove-pidfile -p pid
it "life: start of a second one with /dev/null"
run -S -b -p /dev/null -x "$B" -- first
run -S -b -p /dev/null -x "$B" -- second
run -K -v -x "$B"
it "life: upgraded meanwhile"
given 'cp "$P" mine'
run -S -b -x "$W/mine"
given 'cp "$P" new; mv new mine'
run -T -x "$W/mine"
run -S -b -x "$W/mine"
run -K -v -R 5 -x "$W/mine"
it "life: a script, asked by its interpreter"
given 'script s "$P"'
run -S -b -x "$B" -a "$W/s"
run -T -x "$B"
run -T -x "$W/s"
run -T -n s
run -K -v -n s
unset mode option
unset -f running_case pidfile_there
