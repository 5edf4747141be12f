#!/bin/bash
# Debian's init scripts, untouched, with several start-stop-daemons: dpkg's,
# busybox's and ours.  What works with dpkg's has to work with ours.
#
#	--root DIR	keep the Debian root there, and use it again
#	--keep		keep what the scripts and daemons said, and say where
#	--only NAME,...	only these packages or scripts (also: lsb)
#	--binaries LIST	of dpkg, busybox and ours, separated by commas
#	--jobs N	that many scripts at a time
#
# HOLDFAST is our program; its companion, $HOLDFAST-whole, goes with it.
#
# The root is made by debootstrap, with the packages that services.bash names.
# Every script runs in a copy of it (an overlay in memory) and in namespaces of
# its own, so that each begins with the same and nothing is left of it: see
# cage.sh; daemon.sh is what is done with a script, lsb.sh what is done with the
# functions that scripts use.  Nothing of the network is used but to make the
# root.
#
# Output is TAP, then what every step gave, as tables.  Needs to be root.  What
# busybox's gives is only shown; it differs from run to run where a script
# counts on a stop that waits.

set -u
here=$(cd "${0%/*}" && pwd) || exit 1
# shellcheck source=services.bash
# shellcheck source-path=SCRIPTDIR
. "$here/services.bash"
# shellcheck source=root.bash
# shellcheck source-path=SCRIPTDIR
. "$here/root.bash"

usage()
{
	echo "usage: run.sh [--root DIR] [--keep] [--only NAME,...]" \
	    "[--binaries dpkg,busybox,ours] [--jobs N]" >&2
	exit 2
}

arguments=("$@")
root='' keep='' only='' binaries=dpkg,busybox,ours jobs=6
while [ $# -gt 0 ]; do
	case $1 in
	--keep)
		keep=yes
		shift
		continue ;;
	--root|--only|--binaries|--jobs)
		[ $# -ge 2 ] || usage ;;
	*)
		usage ;;
	esac
	case $1 in
	--root) root=$2 ;;
	--only) only=,$2, ;;
	--binaries) binaries=$2 ;;
	--jobs) jobs=$2 ;;
	esac
	shift 2
done
[[ $jobs =~ ^[1-9][0-9]*$ ]] || usage
for binary in ${binaries//,/ }; do
	[[ $binary =~ ^(dpkg|busybox|ours)$ ]] || usage
done

# with BINARY: it is one of those that are asked for.
with()
{
	[[ ,$binaries, = *,$1,* ]]
}

# wanted NAME [PACKAGES]: it is among those that are asked for.
wanted()
{
	local one names=${2-}

	[ -n "$only" ] || return 0
	for one in "$1" ${names//,/ }; do
		[[ $only != *,$one,* ]] || return 0
	done
	return 1
}

: "${HOLDFAST:=$(command -v holdfast)}"
if with ours; then
	[ -x "$HOLDFAST" ] || skip_all "no holdfast in PATH"
	# They are compared with what the root has by itself.
	with dpkg || binaries=dpkg,$binaries
fi
enclose ${arguments[0]+"${arguments[@]}"}

# What the cage and the tests need themselves.
packages=(busybox procps tini)
for name in "${service_names[@]}"; do
	read -r -a more <<<"${service_packages[$name]//,/ }"
	packages+=("${more[@]}")
done
provide_root "${packages[@]}"

# --- one layer for each binary -----------------------------------------------

# Above the root it has the binary in its place, and the tests.
make_layer()
{
	local layer=$T/layers/$1

	mkdir -p "$layer/usr/sbin" "$layer/opt/init-scripts" || return
	cp "$here"/{daemon.sh,lsb.sh,{clients,services,processes}.bash,doze} \
	    "$layer/opt/init-scripts" || return
	case $1 in
	dpkg)
		return ;;
	busybox)
		ln -s /usr/bin/busybox "$layer/usr/sbin/start-stop-daemon" ;;
	ours)
		mkdir -p "$layer/usr/local/bin"
		cp "$HOLDFAST" "$layer/usr/local/bin/holdfast" || return
		[ ! -e "$HOLDFAST-whole" ] ||
		    cp "$HOLDFAST-whole" "$layer/usr/local/bin/holdfast-whole"
		ln -s /usr/local/bin/holdfast \
		    "$layer/usr/sbin/start-stop-daemon" ;;
	esac || return
	# Older roots have two directories, and it may be called in each.
	if [ ! -L "$root/debian/sbin" ]; then
		mkdir "$layer/sbin"
		cp -P "$layer/usr/sbin/start-stop-daemon" "$layer/sbin"
	fi
}

# cage BINARY NAME COMMAND...: what it found goes to found/BINARY/NAME, what was
# said to said/BINARY/NAME, through a pipe since some truncate a file that is
# their standard error.
cage()
{
	mkdir -p "$T/mounts/$1/$2"
	timeout -k 1 600 unshare --mount --pid --ipc --uts --net --fork \
	    --kill-child \
	    "$here/cage.sh" "$T/mounts/$1/$2" "$T/layers/$1:$root/debian" \
	    "${@:3}" </dev/null 2>&1 >"$T/found/$1/$2" | cat >"$T/said/$1/$2"
	return "${PIPESTATUS[0]}"
}

for binary in ${binaries//,/ }; do
	mkdir -p "$T/found/$binary" "$T/said/$binary"
	make_layer "$binary" || die "cannot make the layer of $binary"
	cage "$binary" which readlink -f /usr/sbin/start-stop-daemon || {
		sed 's/^/# /' "$T/said/$binary/which"
		[ "$binary" != dpkg ] || skip_all "no overlay here"
		die "cannot put $binary into the root"
	}
	echo "# $binary: $(cat "$T/found/$binary/which")"
	cage "$binary" runs start-stop-daemon -K -t -q -o -n nobody || {
		sed 's/^/# /' "$T/said/$binary/runs"
		die "$binary does not run in the root"
	}
done

# --- the runs ----------------------------------------------------------------

names=()
for name in "${service_names[@]}"; do
	wanted "$name" "${service_packages[$name]}" && names+=("$name")
done
[ "${#names[@]}" -gt 0 ] || wanted lsb || die "nothing has a name of $only"

started=$SECONDS
at_once=0
for name in "${names[@]}" $(wanted lsb && echo lsb); do
	for binary in ${binaries//,/ }; do
		if [ "$at_once" -ge "$jobs" ]; then
			wait -n
		else
			at_once=$((at_once + 1))
		fi
		if [ "$name" = lsb ]; then
			cage "$binary" lsb /opt/init-scripts/lsb.sh &
		else
			cage "$binary" "$name" /opt/init-scripts/daemon.sh \
			    "$name" &
		fi
	done
done
wait
echo "# the runs: $((SECONDS - started)) s"

# --- what they say -----------------------------------------------------------

count=0 failed=0

# tap WELL DESCRIPTION
tap()
{
	count=$((count + 1))
	if [ "$1" = yes ]; then
		echo "ok $count - $2"
	else
		echo "not ok $count - $2"
		failed=$((failed + 1))
	fi
}

# load NAME: what each step gave, by BINARY:STEP, in `gave` and `want`; the
# steps' names, in order, in `steps`.
load()
{
	local binary step result wanted

	gave=()
	want=()
	steps=()
	for binary in ${binaries//,/ }; do
		while IFS=$'\t' read -r step result wanted; do
			[ -n "${want[$step]+set}" ] || steps+=("$step")
			want[$step]=$wanted
			gave[$binary:$step]=$result
		done <"$T/found/$binary/$1"
	done
}
declare -A gave want

# right BINARY STEP: it gave what is right.
right()
{
	# shellcheck disable=SC2053 # it is a pattern
	[[ ${gave[$1:$2]-nothing} == ${want[$2]} ]]
}

# works: the script that is loaded does what it is for, with dpkg's: where it
# does not, there is nothing to compare with.
works()
{
	local step

	for step in start restart stop; do
		[[ ${gave[dpkg:$step]-} == @(0|0 late) ]] || return
	done
}

# as_good STEP: ours did as dpkg's did, or did right what dpkg's did not.  How
# long something takes to go that dpkg's does not wait for either is a matter of
# luck.
as_good()
{
	local dpkg=${gave[dpkg:$1]-nothing} ours=${gave[ours:$1]-nothing}

	case $dpkg in
	*' late'|*' left'|*' same')
		dpkg=${dpkg% *}
		ours=${ours% late}
		ours=${ours% left}
		ours=${ours% same} ;;
	esac
	[ "$ours" = "$dpkg" ] || { right ours "$1" && ! right dpkg "$1"; }
}

# explain BINARY NAME STEP: what was said in that step.
explain()
{
	awk -v end="=== $3: " '
		index($0, end) == 1 { printf "%s", text; exit }
		/^=== [^\/]*: / { text = ""; next }
		NF { text = text "#   " $0 "\n" }' "$T/said/$1/$2" | tail -n 30
}

# compare NAME STEP: ours is no worse; and say how they differ.
compare()
{
	local dpkg=${gave[dpkg:$2]-nothing} ours=${gave[ours:$2]-nothing}

	[ "$dpkg" != "$ours" ] || return 0
	if as_good "$2"; then
		echo "# $1, $2: ours is better: \"$ours\", not \"$dpkg\""
		return
	fi
	echo "# $1, $2: dpkg's \"$dpkg\", ours \"$ours\""
	explain ours "$1" "$2"
	return 1
}

# The table of one binary's results has them all; what is not right is in bold.
row()
{
	local step line="| $1 | $2 |"

	for step in "${steps[@]}"; do
		if right "$2" "$step"; then
			line+=" ${gave[$2:$step]} |"
		else
			line+=" **${gave[$2:$step]-nothing}** |"
		fi
	done
	echo "$line"
}

heading='| script | binary | start | status | start again | reload | restart'
heading+=' | killed: status | start | stop | stop again | status |'
table=$heading$'\n|---|---|---|---|---|---|---|---|---|---|---|---|'
declare -A perfect checks
for name in "${names[@]}"; do
	load "$name"
	for binary in ${binaries//,/ }; do
		table+=$'\n'$(row "$name" "$binary")
		all=yes
		for step in "${steps[@]}"; do
			right "$binary" "$step" || all=no
		done
		[ "$all" = no ] ||
		    perfect[$binary]=$((${perfect[$binary]-0} + 1))
	done
	if with dpkg; then
		well=yes
		works || well=no
		tap "$well" "$name: works with dpkg's"
		[ "$well" = yes ] || for step in "${steps[@]}"; do
			right dpkg "$step" || explain dpkg "$name" "$step"
		done
	fi
	if with ours; then
		well=yes
		for step in "${steps[@]}"; do
			compare "$name" "$step" || well=no
		done
		tap "$well" "$name: as with dpkg's"
	fi
done

lsb='' checked=0
if wanted lsb; then
	load lsb
	lsb="| check | wanted |"
	line='|---|---|'
	for binary in ${binaries//,/ }; do
		lsb+=" $binary |"
		line+='---|'
	done
	lsb+=$'\n'$line
	checked=${#steps[@]}
	[ "$checked" -gt 0 ] || tap no "lsb: anything"
	for step in "${steps[@]}"; do
		lsb+=$'\n'"| $step | ${want[$step]//|/\\|} |"
		for binary in ${binaries//,/ }; do
			if right "$binary" "$step"; then
				lsb+=" yes |"
				checks[$binary]=$((${checks[$binary]-0} + 1))
			else
				lsb+=" **${gave[$binary:$step]-nothing}** |"
			fi
		done
		if with ours; then
			well=yes
			compare lsb "$step" || well=no
			tap "$well" "$step: as with dpkg's"
		elif with dpkg; then
			well=yes
			right dpkg "$step" || well=no
			tap "$well" "$step: with dpkg's"
		fi
	done
fi
echo "1..$count"

echo
[ "${#names[@]}" = 0 ] || echo "$table"
echo
[ -z "$lsb" ] || echo "$lsb"
echo
for binary in ${binaries//,/ }; do
	echo "$binary: all is right in ${perfect[$binary]-0} of" \
	    "${#names[@]} scripts, and ${checks[$binary]-0} of $checked" \
	    "checks of what they are made of"
done
[ "$failed" = 0 ]
