#!/bin/bash
# The unit files of Debian's packages, untouched, where no init runs: with
# holdfast, and with Debian's systemctl that needs no systemd either.
#
#	--root DIR		keep the Debian root there, and use it again
#	--keep			keep what was said, and say where
#	--only REGEX		only the units that have this in their name
#	--programs LIST		of holdfast and systemctl, separated by commas
#	--holdfast FILE-OR-DIR	the program, or where it was built or installed
#				(by itself: HOLDFAST, or what PATH has)
#	--jobs N		that many units at a time
#
# holdfast's companion, holdfast-whole, is beside it, or where it is installed.
#
# The root is made by debootstrap, with the packages that services.bash names.
# Every unit runs in a copy of it (an overlay in memory) and in namespaces of its
# own, so that each begins with the same and nothing is left of it: see
# tests/init-scripts/cage.sh; unit.sh is what is done with a unit.  Nothing of
# the network is used but to make the root.
#
# Output is TAP, then what every step gave, as a table.  Needs to be root.  What
# systemctl's gives is only shown.

set -u
here=$(cd "${0%/*}" && pwd) || exit 1
beside=${here%/*}/init-scripts
# shellcheck source=services.bash
# shellcheck source-path=SCRIPTDIR
. "$here/services.bash"
# shellcheck source=../init-scripts/root.bash
# shellcheck source-path=SCRIPTDIR
. "$beside/root.bash"

usage()
{
	echo "usage: run.sh [--root DIR] [--keep] [--only REGEX]" \
	    "[--programs holdfast,systemctl] [--holdfast FILE-OR-DIR]" \
	    "[--jobs N]" >&2
	exit 2
}

arguments=("$@")
root='' keep='' only='' programs=holdfast,systemctl jobs=1
: "${HOLDFAST:=$(command -v holdfast)}"
while [ $# -gt 0 ]; do
	case $1 in
	--keep)
		keep=yes
		shift
		continue ;;
	--root|--only|--programs|--holdfast|--jobs)
		[ $# -ge 2 ] || usage ;;
	*)
		usage ;;
	esac
	case $1 in
	--root) root=$2 ;;
	--only) only=$2 ;;
	--programs) programs=$2 ;;
	--holdfast) HOLDFAST=$2 ;;
	--jobs) jobs=$2 ;;
	esac
	shift 2
done
[[ $jobs =~ ^[1-9][0-9]*$ ]] || usage
for program in ${programs//,/ }; do
	[[ $program =~ ^(holdfast|systemctl)$ ]] || usage
done

# with PROGRAM: it is one of those that are asked for.
with()
{
	[[ ,$programs, = *,$1,* ]]
}

if with holdfast; then
	for file in "$HOLDFAST/bin/holdfast" "$HOLDFAST/holdfast"; do
		[ ! -d "$HOLDFAST" ] || [ ! -x "$file" ] || HOLDFAST=$file
	done
	if [ ! -x "$HOLDFAST" ] || [ -d "$HOLDFAST" ]; then
		skip_all "no holdfast in PATH"
	fi
	for whole in "$HOLDFAST-whole" \
	    "${HOLDFAST%/*}/../libexec/holdfast/holdfast-whole" ''; do
		[ ! -x "$whole" ] || break
	done
fi

names=()
for name in "${unit_names[@]}"; do
	[[ ! $name =~ $only ]] || names+=("$name")
done
[ "${#names[@]}" -gt 0 ] || die "nothing has a name of $only"

enclose ${arguments[0]+"${arguments[@]}"}

# --- the Debian root ---------------------------------------------------------

# The package of systemctl wants no systemd beside it, which others need, and
# whose systemd-tmpfiles makes what they find in /run after a boot.  So it is
# unpacked where nobody looks for it.
more_root()
{
	# shellcheck disable=SC2016 # the inner shell expands it
	inside sh -c 'rm -rf /opt/systemctl && mkdir /opt/systemctl &&
	    cd /opt/systemctl && apt-get -q download systemctl &&
	    dpkg-deb -x systemctl_*.deb . && rm systemctl_*.deb'
}

# What the cage and the tests need themselves.
packages=(busybox procps tini systemd python3)
for name in "${unit_names[@]}"; do
	read -r -a more <<<"${unit_packages[$name]//,/ }"
	packages+=("${more[@]}")
done
provide_root "${packages[@]}"

# --- one layer for each program ----------------------------------------------

# Above the root it has the program in its place, and the tests.
make_layer()
{
	local layer=$T/layers/$1

	mkdir -p "$layer/usr/bin" "$layer/opt/packages" || return
	cp "$here"/{unit.sh,services.bash} "$beside"/{clients,processes}.bash \
	    "$layer/opt/packages" || return
	case $1 in
	holdfast)
		mkdir -p "$layer/usr/local/bin" || return
		cp "$HOLDFAST" "$layer/usr/local/bin/holdfast" || return
		[ -z "$whole" ] ||
		    cp "$whole" "$layer/usr/local/bin/holdfast-whole" ;;
	systemctl)
		cp "$root/debian/opt/systemctl/usr/bin/systemctl" \
		    "$layer/usr/bin/systemctl" ;;
	esac
}

# cage PROGRAM NAME COMMAND...: what it found goes to found/PROGRAM/NAME, what
# was said to said/PROGRAM/NAME, through a pipe since some truncate a file that
# is their standard error.
cage()
{
	mkdir -p "$T/mounts/$1/$2"
	timeout -k 1 900 unshare --mount --pid --ipc --uts --net --fork \
	    --kill-child \
	    "$beside/cage.sh" "$T/mounts/$1/$2" "$T/layers/$1:$root/debian" \
	    "${@:3}" </dev/null 2>&1 >"$T/found/$1/$2" | cat >"$T/said/$1/$2"
	return "${PIPESTATUS[0]}"
}

for program in ${programs//,/ }; do
	mkdir -p "$T/found/$program" "$T/said/$program"
	make_layer "$program" || die "cannot make the layer of $program"
	cage "$program" overlay true || skip_all "no overlay here"
	cage "$program" version env "PATH=/usr/local/bin:$PATH" \
	    "$program" --version || {
		sed 's/^/# /' "$T/said/$program/version"
		die "$program does not run in the root"
	}
	echo "# $program: $(head -n 1 "$T/found/$program/version")"
done

# --- the runs ----------------------------------------------------------------

started=$SECONDS
at_once=0
for name in "${names[@]}"; do
	for program in ${programs//,/ }; do
		if [ "$at_once" -ge "$jobs" ]; then
			wait -n
		else
			at_once=$((at_once + 1))
		fi
		cage "$program" "$name" env \
		    PATH=/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin \
		    /opt/packages/unit.sh "$program" "$name" &
	done
done
wait
echo "# the runs: $((SECONDS - started)) s"

# --- what they say -----------------------------------------------------------

steps=(start status answer 'as asked' 'start again' reload restart
    'answer again' stop 'status again' left)

# load PROGRAM NAME: what each step gave, by STEP, in `gave` and `want`.
load()
{
	local step result wanted

	gave=()
	want=()
	while IFS=$'\t' read -r step result wanted; do
		want[$step]=$wanted
		gave[$step]=$result
	done <"$T/found/$1/$2"
}
declare -A gave want

# right STEP: what is loaded gave what is right.
right()
{
	# shellcheck disable=SC2053 # it is a pattern
	[[ ${gave[$1]-nothing came} == ${want[$1]-a result} ]]
}

# explain PROGRAM NAME STEP: what was said in that step.
explain()
{
	echo "# $1, $2, $3: ${gave[$3]-nothing came}"
	awk -v end="=== $3: " '
		index($0, end) == 1 { printf "%s", text; exit }
		/^=== [^\/]*: / { text = ""; next }
		NF { text = text "#   " $0 "\n" }' "$T/said/$1/$2" | tail -n 20
}

# row PROGRAM NAME: a line of the table; what is not right is in bold.
row()
{
	local step line="| $2 | $1 |"

	for step in "${steps[@]}"; do
		if right "$step"; then
			line+=" ${gave[$step]} |"
		else
			line+=" **${gave[$step]-nothing came}** |"
		fi
	done
	echo "$line"
}

table='| unit | program |' line='|---|---|'
for step in "${steps[@]}"; do
	table+=" $step |"
	line+='---|'
done
table+=$'\n'$line
count=0 failed=0
declare -A perfect well
for name in "${names[@]}"; do
	for program in ${programs//,/ }; do
		load "$program" "$name"
		table+=$'\n'$(row "$program" "$name")
		all=yes
		for step in "${steps[@]}"; do
			if right "$step"; then
				key=$program:$step
				well[$key]=$((${well[$key]-0} + 1))
			else
				all=no
				explain "$program" "$name" "$step"
			fi
		done
		[ "$all" = no ] ||
		    perfect[$program]=$((${perfect[$program]-0} + 1))
		[ "$program" = holdfast ] || continue
		count=$((count + 1))
		if [ "$all" = yes ]; then
			echo "ok $count - $name"
		else
			echo "not ok $count - $name"
			failed=$((failed + 1))
		fi
	done
done
echo "1..$count"

echo
echo "$table"
echo
for program in ${programs//,/ }; do
	line=''
	for step in "${steps[@]}"; do
		line+=", $step ${well[$program:$step]-0}"
	done
	echo "$program: all is right in ${perfect[$program]-0} of" \
	    "${#names[@]} units; by step: ${line#, }"
done
[ "$failed" = 0 ]
