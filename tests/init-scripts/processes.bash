# Running a command as init would, which processes there are within the
# namespace (besides its init, the test itself and what it put into
# `furniture`), and waiting for them.
#
# shellcheck shell=bash

# status_of PID: its state goes to `state`, its parent to `parent` and its time
# of birth to `birth`.
status_of()
{
	local line fields

	{ read -r line <"/proc/$1/stat"; } 2>/dev/null || return
	# the name may have blanks and brackets: what follows it counts
	read -r -a fields <<<"${line##*) }"
	state=${fields[0]} parent=${fields[1]} birth=${fields[19]}
}

# By PID:BIRTH what is no part of what is tested.
declare -A furniture=()

# look: puts PID:BIRTH of all processes into `all`, and of those who are their
# own masters (init is their parent) into `tops`.
look()
{
	local directory pid state parent birth

	all=()
	tops=()
	for directory in /proc/[1-9]*; do
		pid=${directory#/proc/}
		case $pid in 1|"$$") continue ;; esac
		status_of "$pid" || continue
		[ "$state" != Z ] || continue
		[ -z "${furniture[$pid:$birth]-}" ] || continue
		all+=("$pid:$birth")
		[ "$parent" != 1 ] || tops+=("$pid:$birth")
	done
}

# All processes are killed in here again and again, and files of /run and /etc
# are written over: never those of a machine.
look
if [ ! -e /run/init-scripts.cage ] || [ "$PPID" != 1 ] ||
    [ "${#all[@]}" != 0 ]; then
	echo "this is to be run by cage.sh" >&2
	exit 2
fi

# A descriptor that never has anything to read, to wait on.
exec {never}<> <(:)

nap()
{
	read -r -t "$1" -u "$never" || :
}

# run COMMAND...: its exit status goes to `result`.
limit=60
run()
{
	echo "=== $*" >&2
	(exec {never}<&-; cd / && exec timeout -k 1 "$limit" \
	    env -i PATH=/usr/sbin:/usr/bin:/sbin:/bin HOME=/ TERM=dumb "$@" \
	    </dev/null >&2)
	result=$?
	if [ "$result" = 124 ]; then
		result=hung
		# The next will hang too, and that has been waited for.
		limit=3
	fi
}

# await SECONDS COMMAND...: until it succeeds.
await()
{
	local end=$((${EPOCHREALTIME/./} + $1 * 1000000))

	shift
	until "$@"; do
		[ "${EPOCHREALTIME/./}" -lt "$end" ] || return 1
		nap 0.05
	done
}

# Until some looks find the same: whoever daemonizes is done.
settle()
{
	local last tries same=0

	look
	for ((tries = 0; tries < 100 && same < 3; tries++)); do
		last=${all[*]}
		nap 0.1
		look
		same=$((same + 1))
		[ "$last" = "${all[*]}" ] || same=0
	done
}

# gone PID:BIRTH...: none of them is left, nor its zombie, which to some is as
# good as alive.
gone()
{
	local one state parent birth

	for one in "$@"; do
		! status_of "${one%:*}" || [ "$birth" != "${one#*:}" ] ||
		    return 1
	done
}

# see_gone WORD PID:BIRTH...: adds to `result` if they did not go, or late.
see_gone()
{
	local word=$1 end=$((${EPOCHREALTIME/./} + 5000000))

	shift
	if ! await 20 gone "$@"; then
		result+=" $word"
	elif [ "${EPOCHREALTIME/./}" -gt "$end" ]; then
		result+=" late"
	fi
}

kill_all()
{
	local one

	look
	for one in "${all[@]}"; do
		kill -KILL "${one%:*}" 2>/dev/null || :
	done
	await 20 gone "${all[@]}"
}
