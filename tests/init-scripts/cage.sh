#!/bin/bash
# A command in a Debian root of its own for this once: what it writes is in
# memory, its processes, network and names are its own, and all of it is gone
# with it.
#
# usage: cage.sh DIRECTORY LAYERS COMMAND [ARGUMENT...]
#
# LAYERS are directories, separated by colons, the topmost first; DIRECTORY is
# empty and is where they are put together.  It has to be run by
#
#	unshare --mount --pid --ipc --uts --net --fork --kill-child
#
# so that it is the first process of all these namespaces.

set -eu
umask 022

top=$1 layers=$2
shift 2
[ $$ = 1 ] || { echo "this is to be run by unshare" >&2; exit 2; }

# Everything that is said of an error should come from here.
mount -t tmpfs -o mode=755 tmpfs "$top"
mkdir "$top/upper" "$top/work" "$top/root"
mount -t overlay -o "lowerdir=$layers,upperdir=$top/upper,workdir=$top/work" \
    overlay "$top/root"
root=$top/root

# As a boot leaves them.
mount -t tmpfs -o mode=755 tmpfs "$root/run"
mkdir -m 1777 "$root/run/lock"
: >"$root/run/init-scripts.cage"	# see processes.bash
mount -t tmpfs -o mode=1777 tmpfs "$root/tmp"
mount -t tmpfs -o mode=755 tmpfs "$root/dev"
mount -t proc proc "$root/proc"
mount -t sysfs -o ro sysfs "$root/sys"

for device in null zero full random urandom tty; do
	: >"$root/dev/$device"
	mount --bind "/dev/$device" "$root/dev/$device"
done
mkdir "$root/dev/pts"
mkdir -m 1777 "$root/dev/shm"
mount -t devpts -o newinstance,ptmxmode=0666,mode=0620,gid=5 devpts \
    "$root/dev/pts"
ln -s pts/ptmx "$root/dev/ptmx"
ln -s /proc/self/fd "$root/dev/fd"
ln -s fd/0 "$root/dev/stdin"
ln -s fd/1 "$root/dev/stdout"
ln -s fd/2 "$root/dev/stderr"

# Nothing in here may change or read what is the machine's: its settings, its
# clock, its messages.
mount --bind "$root/proc/sys" "$root/proc/sys"
mount -o remount,bind,ro "$root/proc/sys"
for file in kmsg sysrq-trigger; do
	[ ! -e "$root/proc/$file" ] ||
	    mount --bind /dev/null "$root/proc/$file"
done

hostname initroot
printf '127.0.0.1\tlocalhost initroot\n' >"$root/etc/hosts"
chroot "$root" busybox ip link set lo up

# tini is the init: it takes in the orphans and does nothing else.
exec setpriv --bounding-set \
    -sys_time,-sys_boot,-sys_module,-sys_rawio,-syslog \
    -- chroot "$root" /usr/bin/tini -- "$@"
