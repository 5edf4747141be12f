#!/bin/bash
# One init script of Debian, driven through its life: this runs within a root
# and namespaces of its own (see cage.sh), where nothing else does.  It writes
# a line for each step to standard output, "STEP<tab>RESULT<tab>WANTED"; what
# the script and the daemon say goes to standard error.  WANTED is a pattern of
# what would be right; that not even Debian's own are right in all steps is why
# run.sh compares.
#
# A result is the exit status of the script, and after it what was wrong
# besides:
#
#	silent	the client got no answer
#	other	the top processes are not those from before
#	same	a process from before a restart is still there
#	late	what was to be gone was gone only after five seconds
#	left	what was to be gone is not
#	hung	(instead of a status) the script did not return

set -u
cd "${0%/*}" || exit 1
# shellcheck source-path=SCRIPTDIR
. ./services.bash
# shellcheck source-path=SCRIPTDIR
. ./clients.bash
# shellcheck source-path=SCRIPTDIR
. ./processes.bash

name=$1
script=/etc/init.d/$name

# report STEP WANTED: `result` is.
report()
{
	printf '%s\t%s\t%s\n' "$1" "$result" "$2"
	printf '\n=== %s: %s (at %d s)\n' "$1" "$result" "$SECONDS" >&2
}

answers()
{
	eval "${service_client[$name]}" </dev/null
}

# What a boot makes in /run for the packages that want it.
make_directories()
{
	local type path mode user group

	cat /usr/lib/tmpfiles.d/*.conf |
	    while read -r type path mode user group _; do
		[[ $type == d && $path =~ ^(/var)?/run/[^%]*$ ]] || continue
		[ "$mode" != - ] || mode=0755
		[ "$user" != - ] || user=root
		[ "$group" != - ] || group=root
		install -d -m "$mode" -o "$user" -g "$group" "$path"
	done
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

# What a start leaves: a daemon that answers.
see_answer()
{
	await 30 answers_or_gone
	[ "$answered" = yes ] || result+=" silent"
}

# The script knows ACTION: it has a label for it.
knows()
{
	grep -qE "^[[:blank:]]*([^)#]*[|[:blank:]])?$1([|[:blank:]][^)]*)?\)" \
	    "$script"
}

[ -x "$script" ] || { echo "no $script" >&2; exit 1; }
make_directories
if declare -F "prepare_${name//-/_}" >/dev/null; then
	"prepare_${name//-/_}"
fi

run "$script" start
see_answer
report start 0

run "$script" status
report status 0

settle
before=("${tops[@]}")
run "$script" start
see_answer
settle
[ "${before[*]}" = "${tops[*]}" ] || result+=" other"
report "start again" 0

result=-
if knows reload; then
	run "$script" reload
elif knows force-reload; then
	run "$script" force-reload
elif head -n 1 "$script" | grep -q init-d-script; then
	run "$script" reload
	[ "$result" != 3 ] || run "$script" force-reload
fi
if [ "$result" != - ]; then
	see_answer
	settle
	[ "${before[*]}" = "${tops[*]}" ] || result+=" other"
fi
report reload '@(-|0|0 other)'

settle
before=("${all[@]}")
run "$script" restart
see_answer
see_gone same "${before[@]}"
report restart 0

settle
kill_all
run "$script" status
report "killed, status" '[13]'
run "$script" start
see_answer
report "killed, start" 0

settle
before=("${all[@]}")
run "$script" stop
see_gone left "${before[@]}"
report stop 0

run "$script" stop
report "stop again" 0

run "$script" status
report "stopped, status" 3
