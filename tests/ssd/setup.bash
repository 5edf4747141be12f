# What a case's set-up can call, inside its box: sourced by the shell of each of
# its steps, as root, in the directory /run/box/w in which the program is run.
#
# shellcheck shell=bash
# shellcheck disable=SC2034 # the snippets use the variables

box=/run/box
P=$box/bin/probe	# what is to be started
helper=$box/bin/helper

# victim LABEL [--exe FILE] [--as UID:GID] ARGUMENT...: a process to look at and
# to signal; its pid is in a variable of that name, and in "@LABEL@" of run.
victim() {
	"$helper" spawn "$@"
	pid_of "$1"
}

# pid_of LABEL...: the variables, in a later step or of a victim's children.
pid_of() {
	local label

	for label; do
		read -r "${label//./_}" <"$box/pids/$label"
	done
}

# zombie LABEL: one that is dead, but not waited for.
zombie() {
	victim "$1_parent" --zombie "$1"
	pid_of "$1"
}

# A root to change to, with the probe and what it needs.
new_root() {
	mkdir -p "$box/root/"{bin,proc,run/box/out,tmp,work,dev}
	cp "$P" "$box/root/bin/probe"
	mount --bind /proc "$box/root/proc"
	mount --bind /dev "$box/root/dev"
	mount --bind "$box/out" "$box/root/run/box/out"
}

# script FILE INTERPRETER [LINE...]
script() {
	local file=$1 interpreter=$2
	shift 2

	printf '%s\n' "#!$interpreter" "$@" >"$file"
	chmod 755 "$file"
}
