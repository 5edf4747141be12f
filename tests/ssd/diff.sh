#!/bin/bash
# Is our start-stop-daemon like Debian's?  Each case of cases-*.bash is run with
# both, and all that can be seen of it afterwards is compared: exit status, what
# is said, files, what the started program finds around itself, who is left and
# who got which signal.  TAP; status 1 if anything differs that is not declared
# in the file "allowed".
#
# usage: diff.sh [--ours COMMAND] [--theirs FILE] [--filter REGEX] [--jobs N]
#     [--list]
#
# COMMAND is by default "$HOLDFAST start-stop-daemon".  As root: who is not runs
# only those cases that need it not, in a namespace of users.  With
# SSD_SAMPLE=10:3 in the environment only the third of each ten cases is run.
#
# shellcheck source-path=SCRIPTDIR

set -u
# shellcheck source=engine.bash
. "$(dirname "$0")/engine.bash"

usage() {
	sed -n 's/^# \(usage: .*\)/\1/p; s/^#     \(\[--list.*\)/    \1/p' "$0" >&2
	exit 2
}

our_command="${HOLDFAST:-holdfast} start-stop-daemon"
their_file=/usr/sbin/start-stop-daemon
list=''
while [ $# -gt 0 ]; do
	case $1 in
	--list)
		list=yes
		shift
		continue ;;
	--ours|--theirs|--filter|--jobs)
		[ $# -ge 2 ] || usage ;;
	*)
		usage ;;
	esac
	case $1 in
	--ours) our_command=$2 ;;
	--theirs) their_file=$2 ;;
	--filter) filter=$2 ;;
	--jobs) jobs=$2 ;;
	esac
	shift 2
done

if [ ! -x "$their_file" ]; then
	echo "1..0 # SKIP there is no $their_file"
	exit 0
fi
begin "$our_command" "$their_file"
for file in "$engine"/cases-*.bash; do
	# shellcheck source=/dev/null
	. "$file"
done
finish_cases
if [ -n "$list" ]; then
	printf '%s\n' "${test_names[@]}"
	exit 0
fi
read_allowed "$engine/allowed"
run_all || exit
[ -n "$filter" ] || [ "$sample" != 1:0 ] || say_unused
