#!/bin/bash
# Any step may fail: every system call that start, stop, restart, an adoption
# and the keeper make, once failing and once with the process killed there.
# It finds the calls itself, by tracing each of these processes once; then it
# runs each command again for each call, in a fresh run directory, with strace
# injecting the fault, and checks that the service never ran twice, that exit
# 0 is the truth and anything else too, and that the next start and stop work.
#
# strace counts a call's occurrences in each process on its own, so one
# process is traced at a time: the command from its exec, and those that it or
# the keeper forks from their birth (tests/victims/newborn.c stops them there).
# Traced are:
#
#	start, stop, restart, adopt	command		the command itself
#	adopt				keeper		the keeper that adopts
#	start, restart			go-between	between keeper and service
#	start, restart			child		the service up to its exec
#	life				keeper		from its birth through
#			start, restart, a crash of the service, and stop
#	bare				command, child	start --no-keeper
#
# Not covered: what the dynamic loader does before main (the calls that
# `holdfast --version` begins with as well), the service after its exec, and
# failures of calls that cannot fail with these arguments or whose failure the
# kernel does not leave as injected (close: the descriptor is gone in truth).
# Those still have the process killed at them.
#
# Output is TAP.  An occurrence that this run did not come to (timing decides
# how often a loop turns) is reported as skipped.

set -u
shopt -s nullglob

usage()
{
	echo "usage: torture.sh [--sample N] [--seed S]" \
	    "[--command start|stop|restart|adopt|keeper|bare] [--list]" \
	    "[--only 'SCENARIO ROLE CALL N FAULT']" >&2
	exit 2
}

sample=0 seed=1 command='' only='' list=''
while [ $# -gt 0 ]; do
	case $1 in
	--list)
		list=yes
		shift
		continue ;;
	--sample|--seed|--command|--only)
		[ $# -ge 2 ] || usage ;;
	*)
		usage ;;
	esac
	case $1 in
	--sample) sample=$2 ;;
	--seed) seed=$2 ;;
	--command) command=$2 ;;
	--only) only=$2 ;;
	esac
	shift 2
done

here=$(cd "$(dirname "$0")" && pwd)
: "${HOLDFAST:=$(command -v holdfast)}"
: "${VICTIMS:=$here/victims}"
: "${HFTEST_TIMEOUT:=25}"

skip_all()
{
	echo "1..0 # SKIP $1"
	exit 0
}

[ -x "$HOLDFAST" ] || skip_all "no holdfast in PATH"
[ -x "$VICTIMS/newborn" ] || skip_all "victims are not built"
command -v strace >/dev/null || skip_all "no strace"

T=$(mktemp -d "${TMPDIR:-/tmp}/torture.XXXXXX") || exit 1
T=$(cd "$T" && pwd -P)
# Copies: a process is ours exactly if its executable lies here.
cp "$HOLDFAST" "$T/holdfast"
cp "$VICTIMS/loner" "$T/loner"
export HOLDFAST_RUN_DIR=$T/run HOLDFAST_LOG_DIR=$T/log NO_COLOR=1
HF=$T/holdfast
pidfile=$T/run/web/pid
# A signal that could not be sent costs one step of the schedule.
start=(start web --restart=on-failure --restart-sec=0 --start-timeout=5
    --stop-schedule=TERM/2/KILL/2 -- "$T/loner" -a "torture-$$" -e "$T/one" -d "$T/double")
bare=(start web --no-keeper "${start[@]:5}")

strace -qq -o "$T/trace" -e inject=getppid:error=EPERM true 2>/dev/null ||
    { rm -rf "$T"; skip_all "strace cannot trace here"; }

# What runs of ours: pids of the executable $1 (a pattern).
running()
{
	find /proc -mindepth 2 -maxdepth 2 -path '/proc/[1-9]*/exe' \
	    -lname "$T/$1" -printf '%h\n' 2>/dev/null | sed 's,^/proc/,,'
}

nap()
{
	read -r -t 0.003 <>"$T/never" || :
}

# What a shell says of a child that was killed (its "Killed") is of no interest:
# hence the redirections at the end of some functions.

# Wait up to $1 seconds for the rest, a command, to succeed.
await()
{
	local end=$((SECONDS + $1 + 1))

	shift
	until "$@"; do
		[ "$SECONDS" -lt "$end" ] || return 1
		nap
	done
}

none_running() { [ -z "$(running "$1")" ]; }
is_gone() { ! kill -0 "$1" 2>/dev/null; }
is_dead()
{
	local state

	state=$(sed -n 's/^State:[[:space:]]*\(.\).*/\1/p' "/proc/$1/status" \
	    2>/dev/null)
	[ -z "$state" ] || [ "$state" = Z ] || [ "$state" = X ]
}
# Process $1 is traced by process $2, which has nothing left to set up.
is_traced()
{
	grep -q "^TracerPid:[[:space:]]*$2\$" "/proc/$1/status" 2>/dev/null &&
	    grep -q wait "/proc/$2/wchan" 2>/dev/null
}

is_free() { [ ! -e "$pidfile" ] || flock -n "$pidfile" true; }

of_record()
{
	sed -n "s/^$1=//p" "$T/run/web/record" 2>/dev/null
}

jobs_of_case=()
clean_case()
{
	local pid

	for pid in "${jobs_of_case[@]}"; do
		kill -9 "$pid" 2>/dev/null
		wait "$pid"
	done
	jobs_of_case=()
	for pid in $(running '*'); do
		kill -9 "$pid" 2>/dev/null
	done
	await 5 none_running '*'
	rm -rf "$T/run" "$T/log" "$T/one" "$T/double" "$T/born" "$T/trace"
} 2>/dev/null

finish()
{
	clean_case
	rm -rf "$T"
}
trap finish EXIT
trap 'exit 130' INT TERM HUP
mkfifo "$T/never"

# --- the commands, with strace at one process ---

# strace's options for fault $1 at occurrence $3 of call $2; none: just look.
options=()
set_options()
{
	options=(-qq -o "$T/trace")
	[ "${2:-}" = execve ] || options+=(-b execve)
	case ${1:-} in
	'') ;;
	KILL) options+=(-e "trace=$2" -e "inject=$2:signal=KILL:when=$3") ;;
	*) options+=(-e "trace=$2" -e "inject=$2:error=$1:when=$3") ;;
	esac
}

# Each of these sets rc; what was said is in $T/said.
rc=0
plain()
{
	timeout "$HFTEST_TIMEOUT" "$HF" "$@" >"$T/said" 2>&1 </dev/null
	rc=$?
}

traced_command()
{
	timeout -s KILL "$HFTEST_TIMEOUT" \
	    strace "${options[@]}" "$HF" "$@" >"$T/said" 2>&1 </dev/null
	rc=$?
} 2>/dev/null

# strace the process that newborn stopped, and let it go.
attach_born()
{
	local pid

	pid=$(cat "$T/born")
	strace "${options[@]}" -p "$pid" 2>/dev/null &
	jobs_of_case+=($!)
	await 5 is_traced "$pid" $!
	kill -CONT "$pid"
}

born_or_over() { [ -s "$T/born" ] || is_dead "$1"; }

# The rest is a command; the $1-th process that it makes is traced.
traced_born()
{
	local n=$1 waiter

	shift
	timeout -s KILL "$HFTEST_TIMEOUT" "$VICTIMS/newborn" "$n" "$T/born" \
	    "$HF" "$@" >"$T/said" 2>&1 </dev/null &
	waiter=$!
	jobs_of_case+=("$waiter")
	await "$HFTEST_TIMEOUT" born_or_over "$waiter"
	[ ! -s "$T/born" ] || attach_born
	wait "$waiter"
	rc=$?
} 2>/dev/null

# The same, of the processes that the running keeper makes.
traced_born_of_keeper()
{
	local n=$1 keeper waiter watcher

	shift
	keeper=$(of_record HoldfastKeeperPID)
	"$VICTIMS/newborn" -p "$keeper" "$n" "$T/born" 2>/dev/null &
	watcher=$!
	jobs_of_case+=("$watcher")
	await 5 is_traced "$keeper" "$watcher"
	timeout "$HFTEST_TIMEOUT" "$HF" "$@" >"$T/said" 2>&1 </dev/null &
	waiter=$!
	await "$HFTEST_TIMEOUT" born_or_over "$waiter"
	[ ! -s "$T/born" ] || attach_born
	wait "$waiter"
	rc=$?
} 2>/dev/null

kill_keeper()
{
	local keeper

	keeper=$(of_record HoldfastKeeperPID)
	kill -9 "$keeper"
	await 5 is_dead "$keeper"
}

# --- what must hold ---

problems=()
problem() { problems+=("$1"); }

check_one()
{
	local n

	[ ! -e "$T/double" ] || problem "two instances: $(head -1 "$T/double")"
	n=$(running loner | wc -l)
	[ "$n" -le 1 ] || problem "$1: $n instances run"
}

# What status says is what is so.
check_status()
{
	local want=$2 n

	plain status web
	n=$(running loner | wc -l)
	case $want in
	up)
		[ $rc -eq 0 ] || problem "$1: status says $rc, not 0"
		[ "$n" -eq 1 ] || problem "$1: $n instances run, not 1" ;;
	down)
		[ $rc -eq 3 ] || problem "$1: status says $rc, not 3"
		[ "$n" -eq 0 ] || problem "$1: $n instances run, not 0" ;;
	either)
		# A keeper may be on its way from one to the other.
		case $rc in
		0|1|3) ;;
		*) problem "$1: status says $rc" ;;
		esac ;;
	esac
}

# After a start or restart that ended with $2 in its own time.
check_started()
{
	check_one "$1"
	case $2 in
	0)
		check_status "$1 said 0" up ;;
	124|137)
		problem "$1: did not end in $HFTEST_TIMEOUT s" ;;
	*)
		none_running loner || problem "$1: said $2, but it runs"
		await 2 none_running '*' ||
		    problem "$1: said $2, but processes are left"
		# Where removing it is what failed, or the one to do it was
		# killed, the pidfile stays: that is what "free" is for.
		case $call.$fault in
		unlink*|*.KILL) ;;
		flock*|*stat*|ftruncate*)
			# The lock could not be had: not ours to remove.
			is_free || problem "$1: said $2, lock left" ;;
		*) [ ! -e "$pidfile" ] || problem "$1: said $2, pidfile left" ;;
		esac ;;
	esac
}

check_stopped()
{
	check_one "$1"
	case $2 in
	0)
		none_running loner || problem "$1: said 0, but it runs"
		await 2 none_running '*' || problem "$1: processes are left" ;;
	124|137)
		problem "$1: did not end in $HFTEST_TIMEOUT s" ;;
	esac
}

# Whatever was before: the next start and the next stop work.
check_recovery()
{
	plain start web "${start[@]:2}"
	[ $rc -eq 0 ] ||
	    problem "the next start says $rc: $(tr '\n' '|' <"$T/said")"
	check_one "the next start"
	check_status "the next start" up
	plain stop web
	[ $rc -eq 0 ] ||
	    problem "the next stop says $rc: $(tr '\n' '|' <"$T/said")"
	check_status "the next stop" down
	await 2 none_running '*' || problem "the next stop leaves processes"
	[ ! -e "$pidfile" ] || problem "the next stop leaves the pidfile"
}

# --- the scenarios: each runs its command with the fault at one process ---

main_is_not()
{
	local main

	main=$(of_record MainPID)
	[ "$main" != "$1" ]
}

# rc of a command that was itself killed by the fault says nothing.
was_killed() { [ "$fault" = KILL ] && [ "$role" = command ]; }

play_start()
{
	local -a words=("${start[@]}")
	local born=1	# which process the go-between is

	if [ "$scenario" = start ]; then
		born=2
	else
		words=("${bare[@]}")
	fi
	case $role in
	command) traced_command "${words[@]}" ;;
	go-between) traced_born $born "${words[@]}" ;;
	child) traced_born $((born + 1)) "${words[@]}" ;;
	esac
	if was_killed; then
		check_one start
	else
		check_started start $rc
	fi
}

play_stop()
{
	plain "${start[@]}"
	traced_command stop web
	if was_killed; then
		check_one stop
	else
		check_stopped stop $rc
	fi
	check_status stop either
}

# A restart that fails may have left the old instance alone, or none.
play_restart()
{
	plain "${start[@]}"
	case $role in
	command) traced_command restart web ;;
	go-between) traced_born_of_keeper 1 restart web ;;
	child) traced_born_of_keeper 2 restart web ;;
	esac
	check_one restart
	if [ $rc -eq 0 ]; then
		check_status "restart said 0" up
	elif [ $rc -eq 124 ]; then
		problem "restart: did not end in $HFTEST_TIMEOUT s"
	fi
	check_status restart either
}

play_adopt()
{
	local main

	plain "${start[@]}"
	main=$(of_record MainPID)
	kill_keeper
	case $role in
	command) traced_command "${start[@]}" ;;
	keeper) traced_born 1 "${start[@]}" ;;
	esac
	check_one adopt
	# Whatever happens to who adopts it, the service goes on.
	kill -0 "$main" 2>/dev/null || problem "the adopted service ended"
	check_status adopt up
}

play_life()
{
	local main

	traced_born 1 "${start[@]}"
	check_started start $rc
	if [ $rc -eq 0 ]; then
		plain restart web
		[ $rc -ne 124 ] || problem "restart: did not end"
		check_one restart
		[ $rc -ne 0 ] || check_status "restart said 0" up
		main=$(of_record MainPID)
		if [ "${main:-0}" -gt 1 ] && kill -9 "$main" 2>/dev/null; then
			# Without its keeper nobody starts it again.
			await 1 main_is_not "$main" || :
			check_one crash
		fi
		plain stop web
		check_stopped stop $rc
	fi
}

run_case()
{
	local -a jobs
	local pid

	read -r scenario role call occurrence fault <<<"$1"
	problems=()
	clean_case
	set_options "$fault" "$call" "$occurrence"
	case $scenario in
	start|bare) play_start ;;
	*) "play_$scenario" ;;
	esac
	check_recovery
	# Its output is whole only when strace has ended.
	jobs=("${jobs_of_case[@]}")
	for pid in "${jobs[@]}"; do
		await 2 is_dead "$pid"
	done
}

# --- finding the calls ---

# Errors that the call can give, and that a caller may meet.  Nothing: no
# failure is injected.
error_of()
{
	case $1 in
	close|exit|exit_group|rt_sigreturn|restart_syscall|brk|munmap|\
	getpid|gettid|getppid|getpgrp|getsid|getuid|geteuid|getgid|getegid|\
	getpgid|umask|alarm|clock_gettime|gettimeofday|time|arch_prctl|\
	set_tid_address|set_robust_list|rseq|rt_sigaction|rt_sigprocmask|\
	sigaltstack|sched_yield|futex|getrandom|madvise) ;;
	open|openat|openat2|dup|dup2|dup3|pipe|pipe2|socket|socketpair|\
	epoll_create1|signalfd4|timerfd_create|inotify_init1|memfd_create|\
	eventfd2|pidfd_open) echo EMFILE ;;
	inotify_add_watch|epoll_ctl|mkdir|mkdirat|mknod|mknodat|rename|\
	renameat|renameat2|write|writev|pwrite64|link|linkat|symlink) \
		echo ENOSPC ;;
	fork|vfork|clone|clone3|rt_sigqueueinfo|setresuid|setuid|\
	sendmsg|sendto) echo EAGAIN ;;
	mmap|mprotect|mremap) echo ENOMEM ;;
	poll|ppoll|select|pselect6|epoll_wait|epoll_pwait|wait4|waitid|\
	nanosleep|clock_nanosleep) echo EINTR ;;
	unlink|unlinkat|rmdir) echo EROFS ;;
	flock) echo ENOLCK ;;
	kill|tgkill|pidfd_send_signal|setsid|setpgid|prlimit64|setrlimit|\
	setpriority|setgroups|setresgid|chown|fchown|lchown|fchownat|chmod|\
	fchmod|fchmodat) echo EPERM ;;
	fcntl|prctl|splice) echo EINVAL ;;
	ioctl) echo ENOTTY ;;
	chdir|fchdir|access|faccessat|faccessat2) echo EACCES ;;
	execve) echo ETXTBSY ;;
	close_range) echo ENOSYS ;;
	*) echo EIO ;;
	esac
}

# The names of the calls in a trace, in order.
calls_in()
{
	sed -n 's/^\([a-z_0-9]*\)(.*/\1/p' "$1"
}

# Trace role $2 of scenario $1 once; its cases go to standard output.  Calls
# of a command's first $3 lines are the loader's.
enumerate()
{
	local loader=$3 line=0 name error
	local -A seen=()

	run_case "$1 $2"
	if [ ${#problems[@]} -gt 0 ]; then
		printf '# %s %s, nothing injected: %s\n' "$1" "$2" \
		    "${problems[*]}" >&2
		return 1
	fi
	while read -r name; do
		line=$((line + 1))
		# strace counts the exec that starts a command in no fault.
		[ "$line.$name" = "1.execve" ] && [ "$2" = command ] && continue
		seen[$name]=$((${seen[$name]:-0} + 1))
		[ $line -gt "$loader" ] || continue
		error=$(error_of "$name")
		[ -z "$error" ] ||
		    echo "$1 $2 $name ${seen[$name]} $error"
		echo "$1 $2 $name ${seen[$name]} KILL"
	done < <(calls_in "$T/trace")
}

loader_calls()
{
	strace -qq -o "$T/trace.version" "$HF" --version >"$T/said" 2>&1
	strace -qq -o "$T/trace.list" "$HF" status >"$T/said" 2>&1
	cmp <(calls_in "$T/trace.version") <(calls_in "$T/trace.list") 2>&1 |
	    sed -n 's/.*line \([0-9]*\).*/\1/p'
}

scenarios()
{
	case $command in
	start) printf '%s\n' 'start command' 'start go-between' 'start child' ;;
	stop) echo 'stop command' ;;
	restart) printf '%s\n' 'restart command' 'restart go-between' \
	    'restart child' ;;
	adopt) printf '%s\n' 'adopt command' 'adopt keeper' ;;
	keeper) echo 'life keeper' ;;
	bare) printf '%s\n' 'bare command' 'bare child' ;;
	'')
		for command in start stop restart adopt keeper bare; do
			scenarios
		done ;;
	*) usage ;;
	esac
}

cases=()
loader=$(loader_calls)
loader=$((${loader:-1} - 1))
if [ -n "$only" ]; then
	cases=("$only")
else
	scenario_list=$(scenarios) || exit 2
	while read -r scenario role; do
		before=$loader
		[ "$role" = command ] || before=0
		enumerate "$scenario" "$role" "$before" >"$T/cases" ||
		    { echo "Bail out! $scenario does not work untouched"; exit 1; }
		mapfile -t -O ${#cases[@]} cases <"$T/cases"
	done <<<"$scenario_list"
fi
if [ "$sample" -gt 0 ]; then
	mapfile -t cases < <(printf '%s\n' "${cases[@]}" |
	    awk -v seed="$seed" 'BEGIN { srand(seed) }
		{ printf "%.9f %s\n", rand(), $0 }' |
	    sort -n | head -n "$sample" | cut -d ' ' -f 2-)
fi
if [ -n "$list" ]; then
	printf '%s\n' "${cases[@]}"
	exit 0
fi

# --- all of them ---

echo "1..${#cases[@]}"
number=0 failed=0
for item in "${cases[@]}"; do
	number=$((number + 1))
	began=${EPOCHREALTIME/[.,]/}
	run_case "$item"
	took=$(((${EPOCHREALTIME/[.,]/} - began) / 1000))
	if [ "$fault" = KILL ]; then
		name="$scenario: $role: killed at $call #$occurrence"
	else
		name="$scenario: $role: $call #$occurrence fails with $fault"
	fi
	if [ ${#problems[@]} -gt 0 ]; then
		failed=$((failed + 1))
		echo "not ok $number - $name"
		printf '# %s\n' "${problems[@]}"
	elif ! grep -q -e '(INJECTED)' -e 'killed by SIGKILL' "$T/trace" \
	    2>/dev/null; then
		echo "ok $number - $name # SKIP not reached this time"
	else
		echo "ok $number - $name"
	fi
	[ "$took" -lt 5000 ] || echo "# took $took ms"
done
[ $failed -eq 0 ]
