#!/bin/bash
# Is our start-stop-daemon like Debian's, with command lines at random?  They
# are compared like those of diff.sh, by the same file "allowed".  TAP; status 1
# if anything differs that is not declared.
#
# usage: random.sh [--ours COMMAND] [--theirs FILE] [--seed N] [--count N]
#     [--only NUMBER] [--jobs N] [--list]
#
# The seed is said; by default it is another one each time.  --only takes the
# number of one case of that seed, which a failure says.
#
# shellcheck source-path=SCRIPTDIR

set -u
# shellcheck source=engine.bash
. "$(dirname "$0")/engine.bash"
# shellcheck source=meaning.bash
. "$engine/meaning.bash"

usage() {
	sed -n 's/^# \(usage: .*\)/\1/p; s/^#     \(\[--only.*\)/    \1/p' \
	    "$0" >&2
	exit 2
}

our_command="${HOLDFAST:-holdfast} start-stop-daemon"
their_file=/usr/sbin/start-stop-daemon
seed=$((RANDOM * 32768 + RANDOM)) count=500 only='' list=''
while [ $# -gt 0 ]; do
	case $1 in
	--list)
		list=yes
		shift
		continue ;;
	--ours|--theirs|--seed|--count|--only|--jobs)
		[ $# -ge 2 ] || usage ;;
	*)
		usage ;;
	esac
	case $1 in
	--ours) our_command=$2 ;;
	--theirs) their_file=$2 ;;
	--seed) seed=$2 ;;
	--count) count=$2 ;;
	--only) only=$2 ;;
	--jobs) jobs=$2 ;;
	esac
	shift 2
done

if [ ! -x "$their_file" ]; then
	echo "1..0 # SKIP there is no $their_file"
	exit 0
fi
echo "# seed $seed"
sample=1:0
begin "$our_command" "$their_file"
for ((number = ${only:-1}; number <= ${only:-$count}; number++)); do
	random_case "$seed" "$number"
done
finish_cases
if [ -n "$list" ]; then
	printf '%s' "${test_descriptions[@]}"
	exit 0
fi
read_allowed "$engine/allowed"
run_all
