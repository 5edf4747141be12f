# What every .bats file here shares: a run and a log directory of its own for
# each test, commands that check what they got, and a teardown that fails the
# test when anything of it is still alive.  No test may use a path, a port or
# a service that another one could see.
# shellcheck shell=bash disable=SC2154 # run sets status, output and stderr

bats_require_minimum_version 1.5.0

: "${HOLDFAST:=holdfast}"
: "${VICTIMS:=$(dirname "$(command -v "$HOLDFAST")")/tests/victims}"
: "${BATS_TEST_TIMEOUT:=60}"
export HOLDFAST VICTIMS BATS_TEST_TIMEOUT

# setup and teardown: a file that needs more defines its own, and calls these.
setup() {
	holdfast_setup
}

teardown() {
	holdfast_teardown
}

holdfast_setup() {
	umask 022
	T=$BATS_TEST_TMPDIR
	export T
	export HOLDFAST_RUN_DIR=$T/run HOLDFAST_LOG_DIR=$T/log
	export HOLDFAST_DEFINITION_DIR=$T/definitions
	export NO_COLOR=1
	# Services inherit this one; it is how the test finds its own processes.
	export HFTEST_MARK=$T
	mkdir -p "$T"
}

# Stop what runs, then look for what should not be there any more.
holdfast_teardown() {
	local left=0 pid file

	[ -v HFTEST_MARK ] || return 0
	stop_everything
	for pid in $(marked); do
		# One that dies just now is not left over.
		is_gone_soon "$pid" && continue
		echo "left over: $pid: $(command_line "$pid")" >&2
		left=1
	done
	for pid in $(marked); do
		kill -KILL "$pid" 2>/dev/null
	done
	for file in "$HOLDFAST_RUN_DIR"/*/pid; do
		[ -f "$file" ] || continue
		flock -n "$file" true && continue
		echo "still locked: $file" >&2
		left=1
	done
	if [ "$left" -ne 0 ]; then
		show_directory
		return 1
	fi
}

stop_everything() {
	local dir

	for dir in "$HOLDFAST_RUN_DIR"/*/; do
		[ -d "$dir" ] || continue
		timeout -k 5 20 "$HOLDFAST" stop --quiet "$(basename "$dir")" \
			3>&- >&2 ||
			echo "teardown: stop $(basename "$dir"): $?" >&2
	done
}

# What the run directory and the logs hold, for the reader of a failed test.
show_directory() {
	local file

	for file in "$HOLDFAST_RUN_DIR"/*/{record,events} \
		"$HOLDFAST_LOG_DIR"/*; do
		[ -f "$file" ] || continue
		echo "--- $file" >&2
		tail -n 50 "$file" >&2
	done
}

# The pids of this test's processes: those that inherited its mark, those that
# have it on their command line, and keepers (whose title took the place of
# their environment) with a file of this test open.  In a subshell without the
# mark, so that what looks is not found.
marked() {
	(
		mark=$HFTEST_MARK
		unset HFTEST_MARK
		# shellcheck disable=SC2062 # files, not patterns
		{
			grep -lsaF --file=- /proc/[0-9]*/environ \
				<<<"HFTEST_MARK=$mark"
			grep -lsaF --file=- /proc/[0-9]*/cmdline <<<"$mark/"
			keepers_below "$mark"
		} | cut -d / -f 3 | sort -un
	)
}

keepers_below() {
	local file

	grep -lsaF 'keeper of' /proc/[0-9]*/cmdline | while read -r file; do
		find "${file%/cmdline}/fd" -lname "$1/*" 2>/dev/null
	done
}

command_line() {
	tr '\0' ' ' 2>/dev/null <"/proc/$1/cmdline"
}

# Field N of /proc/PID/stat, with the name in parentheses taken for field 2.
stat_field() {
	local text

	text=$(cat "/proc/$1/stat" 2>/dev/null) || return 1
	# shellcheck disable=SC2086
	set -- "$2" ${text##*) }
	shift $(($1 - 2))
	echo "$1"
}

ppid_of() {
	stat_field "$1" 4
}

# Running: there, and not a zombie.
alive() {
	local state

	state=$(stat_field "$1" 3) || return 1
	[ "$state" != Z ] && [ "$state" != X ]
}

gone() {
	! alive "$1"
}

is_gone_soon() {
	local i

	for ((i = 0; i < 20; i++)); do
		alive "$1" || return 0
		sleep 0.02
	done
	return 1
}

# hf [STATUS] ARGUMENT...: run holdfast and check its exit status (0 unless
# another is given, ? for any).  Leaves $status, $output and $stderr, as run
# does.  That it returns at all says that nobody kept run's pipe open.
hf() {
	local want=0

	case $1 in
	\?|[0-9]|[0-9][0-9]|[0-9][0-9][0-9])
		want=$1
		shift
		;;
	esac
	run --separate-stderr timeout -k 5 40 "$HOLDFAST" "$@" 3>&-
	report "$HOLDFAST $*"
	[ "$want" = \? ] || is "$status" "$want" "exit status of: $*"
}

# Show what a run command did; bats prints it when the test fails.
report() {
	local line

	echo "\$ $1    # $status"
	[ -z "$output" ] || printf '  %s\n' "$output"
	while [ -n "${stderr-}" ] && read -r line; do
		echo "! $line"
	done <<<"${stderr-}"
}

# is GOT WANT [WHAT]
is() {
	[ "$1" = "$2" ] && return 0
	echo "${3-value}: got '$1', expected '$2'" >&2
	return 1
}

# match TEXT REGEX: TEXT has a part that the extended regular expression fits.
match() {
	[[ $1 =~ $2 ]] && return 0
	printf "no match for '%s' in:\n%s\n" "$2" "$1" >&2
	return 1
}

no_match() {
	[[ ! $1 =~ $2 ]] && return 0
	printf "'%s' is in:\n%s\n" "$2" "$1" >&2
	return 1
}

# wait_until SECONDS COMMAND...: for what has no better event than a look.
wait_until() {
	local end=$((SECONDS + $1 + 1))

	shift
	until "$@"; do
		if [ "$SECONDS" -ge "$end" ]; then
			echo "waited in vain for: $*" >&2
			return 1
		fi
		sleep 0.02
	done
}

# The pid in NAME's pidfile.
pid_of() {
	cat "$HOLDFAST_RUN_DIR/$1/pid"
}

# field NAME KEY: a value of NAME's record.
field() {
	sed -n "s/^$2=//p" "$HOLDFAST_RUN_DIR/$1/record"
}

field_is() {
	[ "$(field "$1" "$2" 2>/dev/null)" = "$3" ]
}

keeper_of() {
	field "$1" HoldfastKeeperPID
}

# A file with at least N lines.
has_lines() {
	[ -f "$1" ] && [ "$(wc -l <"$1")" -ge "$2" ]
}

# saw FILE KEY: what the witness wrote.
saw() {
	sed -n "s/^$2=//p" "$1"
}

# Start the witness as service NAME, with the options given; its report is in
# $T/NAME.saw when this returns.
start_witness() {
	local name=$1

	shift
	hf start "$name" "$@" -- "$VICTIMS/witness" "$T/$name.saw"
	wait_until 10 test -e "$T/$name.saw"
}

# nothing_left NAME: no process of this test, no pidfile, no lock.
nothing_left() {
	local pid

	for pid in $(marked); do
		is_gone_soon "$pid" && continue
		echo "left over: $pid: $(command_line "$pid")" >&2
		return 1
	done
	if [ -e "$HOLDFAST_RUN_DIR/$1/pid" ]; then
		echo "$HOLDFAST_RUN_DIR/$1/pid is still there" >&2
		return 1
	fi
}

# Every path below the run and log directories, with what could change.
listing() {
	find "$HOLDFAST_RUN_DIR" "$HOLDFAST_LOG_DIR" \
		-printf '%p %y %m %s %T@\n' 2>/dev/null | sort
}

# requires WORD...: skip with a reason where something is missing.
requires() {
	local word

	for word; do
		case $word in
		root)	[ "$(id -u)" -eq 0 ] || skip "needs root" ;;
		user)	[ "$(id -u)" -ne 0 ] || skip "not for root" ;;
		namespaces)
			unshare -pf --mount-proc true 2>/dev/null ||
				skip "needs the right to make namespaces" ;;
		*)	command -v "$word" >/dev/null ||
				skip "needs $word" ;;
		esac
	done
}

# as_user [UID] COMMAND...: as somebody else, with directories of his own
# below $HOME_OF_USER (made by user_setup).
as_user() {
	local uid=65534

	case $1 in
	[0-9]*)
		uid=$1
		shift
		;;
	esac
	setpriv --reuid "$uid" --regid "$uid" --clear-groups --inh-caps=-all \
		env -u HOLDFAST_RUN_DIR -u HOLDFAST_LOG_DIR \
		HOME="$USERS/$uid" XDG_RUNTIME_DIR="$USERS/$uid/run" \
		XDG_STATE_HOME="$USERS/$uid/state" "$@"
}

# hf_as UID [STATUS] ARGUMENT...: hf, as somebody else.
hf_as() {
	local uid=$1 want=0

	shift
	case $1 in
	\?|[0-9])
		want=$1
		shift
		;;
	esac
	run --separate-stderr as_user "$uid" timeout -k 5 40 \
		"$USERS/holdfast" "$@" 3>&-
	report "(user $uid) holdfast $*"
	[ "$want" = \? ] || is "$status" "$want" "exit status of: $*"
}

# A place that other users can reach, with the program, the victims and a home
# for each uid; $USERS is in the test's own directory.
user_setup() {
	local uid dir=$BATS_TEST_TMPDIR

	USERS=$BATS_TEST_TMPDIR/users
	export USERS
	while [ "$dir" != "${BATS_RUN_TMPDIR%/*}" ] && [ "$dir" != / ]; do
		chmod go+x "$dir"
		dir=${dir%/*}
	done
	mkdir -p "$USERS"
	cp "$(command -v "$HOLDFAST")" "$USERS/holdfast"
	# What looks up users, when it is not installed.
	if [ -e "$(command -v "$HOLDFAST")-whole" ]; then
		cp "$(command -v "$HOLDFAST")-whole" "$USERS/holdfast-whole"
	fi
	cp "$VICTIMS"/witness "$VICTIMS"/stubborn "$USERS"
	for uid; do
		mkdir -p "$USERS/$uid"/{run,state}
		chmod 0700 "$USERS/$uid/run"
		chown -R "$uid:$uid" "$USERS/$uid"
	done
}
