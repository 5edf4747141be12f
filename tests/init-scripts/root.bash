# A Debian root to run things in (see cage.sh), and a namespace around all that is
# done with it: for run.sh here and in tests/packages.
#
# Who reads it has `root` (where to keep the Debian root, or nothing) and `keep`
# from its options.
#
# shellcheck shell=bash

skip_all()
{
	echo "1..0 # SKIP $1"
	exit 0
}

die()
{
	echo "Bail out! $1"
	exit 1
}

# enclose [ARGUMENT...]: all that follows runs in a namespace that ends with this
# process, however it ends: it is begun anew in there, with its ARGUMENTs.  Sets
# T, a directory that goes with it, and makes `root` absolute.
enclose()
{
	local command status

	[ "$(id -u)" = 0 ] || skip_all "needs to be root"
	for command in unshare setpriv flock; do
		command -v "$command" >/dev/null || skip_all "no $command"
	done
	unshare --mount --pid --fork --mount-proc true 2>/dev/null ||
	    skip_all "no namespaces here"
	if [ -n "${CAGE_SCRATCH-}" ]; then
		T=$CAGE_SCRATCH
		root=$(cd "${root:-$T}" && pwd -P) || exit 1
		umask 022
		return
	fi
	CAGE_SCRATCH=$(mktemp -d "${TMPDIR:-/tmp}/cage.XXXXXX") || exit 1
	export CAGE_SCRATCH
	[ -z "$root" ] || mkdir -p "$root" || exit 1
	# shellcheck disable=SC2317 # the traps call it
	leave()
	{
		[ -z "${cage-}" ] || kill -KILL "$cage" 2>/dev/null
		wait 2>/dev/null
		if [ -z "$keep" ]; then
			rm -rf "$CAGE_SCRATCH"
		else
			echo "# kept: $CAGE_SCRATCH"
		fi
	}
	trap leave EXIT
	trap 'exit 130' INT
	trap 'exit 143' TERM HUP
	setpriv --pdeathsig KILL unshare --mount --pid --fork --kill-child \
	    --mount-proc "$BASH" "$0" "$@" &
	cage=$!
	wait "$cage"
	status=$?
	cage=''
	exit "$status"
}

# The mirror that this machine has its own packages from, if it is the same
# Debian; nothing otherwise, for debootstrap knows one.
mirror()
{
	# shellcheck disable=SC2016 # apt-get expands it
	apt-get indextargets --format '$(CODENAME) $(COMPONENT) $(SITE)' \
	    'Created-By: Packages' 2>/dev/null |
	    sed -n 's/^bookworm main //p' | head -n 1
}

inside()
{
	env -i HOME=/root PATH=/usr/sbin:/usr/bin:/sbin:/bin LC_ALL=C.UTF-8 \
	    DEBIAN_FRONTEND=noninteractive \
	    ${http_proxy+"http_proxy=$http_proxy"} chroot "$root/debian" "$@"
}

# begin_root: debootstrap is to be had again if it did not end well.
begin_root()
{
	local url

	url=$(mirror)
	rm -rf "$root/debian"
	debootstrap --variant=minbase bookworm "$root/debian" ${url:+"$url"} \
	    </dev/null || return
	# Nothing starts when it is installed.
	printf '#!/bin/sh\nexit 101\n' >"$root/debian/usr/sbin/policy-rc.d"
	chmod 755 "$root/debian/usr/sbin/policy-rc.d"
	: >"$root/begun"
}

# fill_root: a list of other packages than last time adds those.  more_root is
# what the reader of this file has to add besides.
fill_root()
{
	local names=$root/debian/etc/resolv.conf

	# A package may have made a link of it, and that would lead out of here.
	rm -f "$names"
	cat /etc/resolv.conf >"$names"
	mount -t proc proc "$root/debian/proc" &&
	    inside apt-get -q update </dev/null &&
	    inside apt-get -qy -o Dpkg::Use-Pty=0 --no-install-recommends \
		install "${packages[@]}" </dev/null || return
	! declare -F more_root >/dev/null || more_root || return
	inside apt-get clean || return
	umount "$root/debian/proc"
	# Where no name is to be had, none should be waited for.
	rm -f "$names"
	: >"$names"
	echo "${packages[*]}" >"$root/packages"
}

make_root()
{
	exec {lock}>"$root/lock"
	flock "$lock"
	[ -e "$root/begun" ] || command -v debootstrap >/dev/null ||
	    skip_all "no debootstrap"
	[ -e "$root/begun" ] || begin_root >"$T/root.log" 2>&1 || return
	[ "$(cat "$root/packages" 2>/dev/null)" = "${packages[*]}" ] ||
	    fill_root >>"$T/root.log" 2>&1 || return
	exec {lock}>&-
}

# provide_root PACKAGE...: it is made, or is there already.
provide_root()
{
	local started=$SECONDS packages=("$@")

	make_root || {
		sed 's/^/# /' "$T/root.log" | tail -n 20
		die "the Debian root could not be made"
	}
	echo "# the Debian root: $((SECONDS - started)) s"
}
