#!/bin/bash
# One unit file of Debian, driven through its life by one program: this runs
# within a root and namespaces of its own (see tests/init-scripts/cage.sh), where
# nothing else does.  It writes a line for each step to standard output,
# "STEP<tab>RESULT<tab>WANTED", where WANTED is a pattern of what is right; what
# the program and the daemon say goes to standard error.
#
# usage: unit.sh PROGRAM NAME
#
# A result is the exit status of the program, or what was found, and after it
# what was wrong besides:
#
#	main	the main process is not the one from before, or there is none
#	other	so are the top processes
#	same	a process from before a restart is still there
#	late	what was to be gone was gone only after five seconds
#	left	what was to be gone is not
#	user	the main process does not run as the user that the unit names
#	gains	it may gain privileges though the unit denies that
#	no DIR	a directory that the unit asks for is not there
#	silent	(instead of a status) the client got no answer
#	hung	(instead of a status) the program did not return
#	-	(instead of a status) there is nothing to do

set -u
cd "${0%/*}" || exit 1
# shellcheck source=services.bash
# shellcheck source-path=SCRIPTDIR
. ./services.bash
# shellcheck source=../init-scripts/clients.bash
# shellcheck source-path=SCRIPTDIR
. ./clients.bash
# shellcheck source=../init-scripts/processes.bash
# shellcheck source-path=SCRIPTDIR
. ./processes.bash

program=$1 name=$2
binary=$(command -v "$program") || exit 1
run_directory=/run/holdfast/$name
here=${name//[!a-z0-9]/_}	# as a name of a function

# A unit may take as long to start as systemd lets it.
# shellcheck disable=SC2034 # run uses it
limit=100

# The unit's file, or that of its template, and what is dropped in besides.
if [ -e "/usr/lib/systemd/system/$name.service" ]; then
	file=/usr/lib/systemd/system/$name.service
else
	file=/usr/lib/systemd/system/${name%%@*}@.service
fi
[ -e "$file" ] || { echo "no $file" >&2; exit 1; }

# unit_has PATTERN: a line of it is that.
unit_has()
{
	local files=("$file")

	[ ! -d "$file.d" ] || files+=("$file.d"/*.conf)
	grep -qE "^$1\$" "${files[@]}"
}

# settings KEY: what it has of that, a word on each line.
settings()
{
	local files=("$file")

	[ ! -d "$file.d" ] || files+=("$file.d"/*.conf)
	sed -n "s/%i/${name#*@}/g; s/^$1=//p" "${files[@]}" |
	    tr -s '[:blank:]' '\n'
}

# It is over when its start is.
passing()
{
	unit_has 'Type=oneshot' && ! unit_has 'RemainAfterExit=(yes|on|true|1)'
}

# report STEP WANTED: `result` is.
report()
{
	printf '%s\t%s\t%s\n' "$1" "$result" "$2"
	printf '\n=== %s: %s (at %d s)\n' "$1" "$result" "$SECONDS" >&2
}

answers()
{
	eval "${unit_client[$name]}" </dev/null
}

# Goes to `answered`; where nothing runs, nothing will answer.
answers_or_gone()
{
	answered=yes
	look
	answers && return
	answered=no
	[ "${#all[@]}" = 0 ]
}

patience=30
see_answer()
{
	result=0
	await "$patience" answers_or_gone
	[ "$answered" = yes ] && return
	result=silent
	# It will hardly say more the next time, and that has been waited for.
	patience=3
}

# Which process the program says is the main one goes to `main`: PID:BIRTH, or
# nothing.
see_main()
{
	local pid='' state parent birth

	case $program in
	holdfast)
		pid=$(cat "$run_directory/pid" 2>/dev/null) ;;
	systemctl)
		pid=$("$binary" show --property MainPID "$name.service" \
		    2>/dev/null | sed -n 's/^MainPID=//p') ;;
	esac
	main=''
	[[ $pid =~ ^[1-9][0-9]*$ ]] && status_of "$pid" && [ "$state" != Z ] ||
	    return 0
	main=$pid:$birth
}

# Waits until nothing changes any more; then the unit's processes are in `mine`,
# and those who are their own masters in `masters`: their parent is init, or one
# of the program's own processes, which are none of the unit's.
see_processes()
{
	local one pid keepers=' '

	settle
	mine=()
	masters=()
	see_main
	for one in "${all[@]}"; do
		pid=${one%:*}
		if [ "/proc/$pid/exe" -ef "$binary" ] ||
		    [ "/proc/$pid/exe" -ef "$binary-whole" ]; then
			keepers+="$pid "
		fi
	done
	for one in "${all[@]}"; do
		pid=${one%:*}
		[[ $keepers != *" $pid "* ]] || continue
		status_of "$pid" || continue
		mine+=("$one")
		[[ " 1$keepers" != *" $parent "* ]] || masters+=("$one")
	done
}

# keeps_main: adds to `result` if the main process is not that of `main` before.
keeps_main()
{
	local before=$main

	see_processes
	[ "$main" = "$before" ] || result+=" main"
}

# see_settings: `result` is how the main process is, and what it has.  That is no
# proof of all that a unit asks for, but an answer alone would be less.
see_settings()
{
	local user uid directory base

	result=0
	see_main
	if [ -n "$main" ]; then
		user=$(settings User | tail -n 1)
		# real, effective and two more
		uid=$(sed -n 's/^Uid:\t[0-9]*\t\([0-9]*\).*/\1/p' \
		    "/proc/${main%:*}/status")
		if unit_has 'DynamicUser=(yes|on|true|1)'; then
			[ "$uid" != 0 ] || result+=" user"
		elif [ -n "$user" ]; then
			[ "$uid" = "$(id -u "$user")" ] || result+=" user"
		fi
		! unit_has 'NoNewPrivileges=(yes|on|true|1)' ||
		    grep -q '^NoNewPrivs:.1' "/proc/${main%:*}/status" ||
		    result+=" gains"
	fi
	for base in Runtime:/run State:/var/lib Logs:/var/log Cache:/var/cache
	do
		while read -r directory; do
			directory=${base#*:}/$directory
			[ -d "$directory" ] || result+=" no $directory"
		done < <(settings "${base%%:*}Directory")
	done
}

# left: what is there after a stop goes to `result`.
left()
{
	local entry directory

	look
	result=''
	[ "${#all[@]}" = 0 ] || result="${#all[@]} processes"
	if [ "$program" = holdfast ] && [ -d "$run_directory" ]; then
		for entry in "$run_directory"/* "$run_directory"/.[!.]*; do
			[ -e "$entry" ] || [ -L "$entry" ] || continue
			case ${entry##*/} in
			record|events|service) ;;
			*) result+=" ${entry##*/}" ;;
			esac
		done
	fi
	while read -r directory; do
		unit_has 'RuntimeDirectoryPreserve=(yes|on|true|1)' ||
		    [ ! -d "/run/$directory" ] || result+=" /run/$directory"
	done < <(settings RuntimeDirectory)
	result=${result# }
	[ -z "$result" ]
}

# call FUNCTION: if there is one.
call()
{
	! declare -F "$1" >/dev/null || "$1" >&2
}

# --- what a boot does -------------------------------------------------------

# To systemctl the boot was when somebody first looked at that, and files of
# before are nothing; a machine has seen it long since.
: </proc/1/status
systemd-tmpfiles --create --boot --prefix=/run --prefix=/var >&2
call "prepare_$here"
call "undo_$here"
look
for process in "${all[@]}"; do
	# shellcheck disable=SC2034 # look uses it
	furniture[$process]=yes
done

# --- its life ---------------------------------------------------------------

running=0
! passing || running=3

run "$binary" start "$name"
report start 0

run "$binary" status "$name"
report status "$running"

see_answer
report answer 0

if [ "$answered" = yes ]; then
	see_settings
else
	result=-
fi
report 'as asked' 0

see_processes
# A daemon has one; and what happens to it is to be seen below.
main_wanted=yes
[ "${#mine[@]}" -gt 0 ] || main_wanted=no
before=("${masters[@]}")
run "$binary" start "$name"
keeps_main
if [ "$main_wanted" = yes ] && [ -z "$main" ] && [[ $result != *main ]] &&
    ! unit_has 'GuessMainPID=no'; then
	result+=" main"
fi
[ "${before[*]}" = "${masters[*]}" ] || result+=" other"
report "start again" 0

result=-
if unit_has 'ExecReload=.*' || unit_has 'Type=notify-reload'; then
	run "$binary" reload "$name"
	keeps_main
	if [ "$result" = 0 ]; then
		see_answer
	fi
	report reload 0
else
	report reload -
fi

see_processes
before=("${mine[@]}")
call "undo_$here"
run "$binary" restart "$name"
see_gone same "${before[@]}"
report restart 0

see_answer
report "answer again" 0

see_processes
before=("${mine[@]}")
run "$binary" stop "$name"
see_gone left "${before[@]}"
report stop 0

run "$binary" status "$name"
report "status again" 3

await 5 left
: "${result:=nothing}"
report left nothing
