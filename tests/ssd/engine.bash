# What diff.sh and random.sh share: cases are described by the functions below,
# run twice by box (box.c), compared, and said in TAP.
#
# A case begins with `it NAME`; then come, in any order:
#
#	as USER		the program is run as root (else), nobody or alice
#	env NAME=VALUE	in the program's environment
#	before SHELL	done by a shell that then becomes the program
#	called NAME	argv[0], instead of /run/box/bin/start-stop-daemon
#	terminal	its standard files are a terminal, which it controls
#	unordered	what is said there comes from several at a time
#	deadline MS	of each step
#	needs root	else it is skipped
#	better NAME	ours is meant to differ: see the file "allowed"
#	perhaps NAME	the same, but it does not always come to it
#	want FIELD GLOB	what ours must give if it differs in an allowed way
#
# and its steps, in their order:
#
#	given SHELL	a part of the set-up, or of what comes after; it has the
#			functions of setup.bash.  What it says is compared.
#	run ARGUMENT...	the program; "@LABEL@" is a victim's pid
#
# shellcheck shell=bash

engine=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)

test_names=() test_skips=() test_descriptions=() test_wants=()
test_betters=()
declare -A given_names=()
_words=() _name='' _description='' _skip='' _wants='' _betters=''
cases_file='' is_root=''
# For who uses this: cases whose name fits, how many at once, and which of how
# many: of "10:3" the third, the thirteenth and so on.
filter='' jobs=$((4 * $(nproc))) sample=${SSD_SAMPLE:-1:0}
case_count=0 tools_missing='' box_pid=''
[ "$(id -u)" -ne 0 ] || is_root=yes

# --- describing -------------------------------------------------------------

_describe() {
	local text

	printf -v text '%q ' "$@"
	_description+="# $text"$'\n'
}

# The end of the case that was begun; nothing, if none was.
_finish() {
	[ -n "$_name" ] || return 0
	if [ -n "${given_names[$_name]-}" ]; then
		echo "two cases of the name '$_name'" >&2
		exit 2
	fi
	given_names[$_name]=yes
	case_count=$((case_count + 1))
	if [[ $_name =~ $filter ]] &&
	    [ $((case_count % ${sample%:*})) -eq $((${sample#*:} % ${sample%:*})) ]; then
		test_names+=("$_name")
		test_skips+=("$_skip")
		test_descriptions+=("$_description")
		test_wants+=("$_wants")
		test_betters+=("$_betters")
		[ -n "$_skip" ] || printf '%s\0' case "$_name" "${_words[@]}" \
		    >&"$cases_fd"
	fi
	_name=''
}

it() {
	_finish
	_name=$1
	_words=()
	_description='' _skip='' _wants='' _betters=''
	_describe it "$1"
}

needs() {
	[ "$1" != root ] || [ -n "$is_root" ] || _skip='needs root'
	_describe needs "$@"
}

as() {
	needs root
	_describe as "$1"
	case $1 in
	root) ;;
	nobody) _words+=(as 65534:65534) ;;
	alice) _words+=(as 1001:1001) ;;
	*)
		echo "$_name: as whom?" >&2
		exit 2 ;;
	esac
}

# _meant NAME: what ours exits with is known of some.
_meant() {
	_name+=" {$1}"
	case $1 in
	exec|pidfile-failed|cut) _wants+="$1"$'\texit\t2\n' ;;
	combinations) _wants+="$1"$'\texit\t@(3|4)\n' ;;
	ignored) _wants+="$1"$'\texit\t0\n' ;;
	esac
}

perhaps() {
	_meant "$1"
	_describe perhaps "$1"
}

better() {
	_meant "$1"
	_betters+="$1 "
	_describe better "$1"
}

want() {
	_wants+="any"$'\t'"$1"$'\t'"$2"$'\n'
}

env() { _words+=(env "$1"); _describe env "$@"; }
before() { _words+=(before "$1"); _describe before "$@"; }
called() { _words+=(called "$1"); _describe called "$@"; }
terminal() { _words+=(terminal); _describe terminal; }
unordered() { _words+=(unordered); _describe unordered; }
deadline() { _words+=(deadline "$1"); _describe deadline "$@"; }
given() { _words+=(sh "$1"); _describe given "$@"; }
run() { _words+=(run $# "$@"); _describe run "$@"; }

# --- the tools --------------------------------------------------------------

# Compiled by each run.  The probe is linked statically, since it is put into
# other roots; musl's programs are small, and it is copied for each case.
make_tools() {
	local flags=(-std=gnu11 -Wall -Wextra -Os) cc done=''

	tools=$scratch/tools
	mkdir "$tools"
	for cc in musl-gcc cc gcc clang; do
		if (cd "$engine" && "$cc" "${flags[@]}" -static \
		    -o "$tools/probe" probe.c probe_report.c helper.c) \
		    2>"$scratch/errors"; then
			done=yes
			break
		fi
	done
	if [ -z "$done" ]; then
		tools_missing="no compiler here that links statically"
		return
	fi
	for cc in cc gcc clang musl-gcc; do
		if (cd "$engine" && "$cc" "${flags[@]}" -o "$tools/box" \
		    box.c room.c furniture.c execute.c report.c names.c) \
		    2>"$scratch/errors"; then
			return
		fi
	done
	cat "$scratch/errors" >&2
	exit 2
}

# link_program NAME COMMAND: a start-stop-daemon in a directory of that name.
# `holdfast start-stop-daemon` is holdfast under that name, too, so that both
# sides have the same argv[0], with which messages begin.
link_program() {
	local words path

	read -ra words <<<"$2"
	if ! path=$(command -v "${words[0]}"); then
		echo "there is no ${words[0]}" >&2
		exit 2
	fi
	path=$(realpath "$path")
	mkdir "$scratch/$1"
	if [ ${#words[@]} -eq 1 ] ||
	    [ "${words[*]:1}" = start-stop-daemon ]; then
		echo "$path"
		return
	fi
	words[0]=$path
	{
		echo '#!/bin/bash'
		printf '# In its place, so that it keeps its pid.\nexec'
		printf ' %q' "${words[@]}"
		echo ' "$@"'
	} >"$scratch/$1/start-stop-daemon"
	chmod 755 "$scratch/$1/start-stop-daemon"
	echo "$scratch/$1/start-stop-daemon"
}

# --- what is allowed --------------------------------------------------------

allowed_names=() allowed_fields=() allowed_patterns=() allowed_reasons=()
allowed_used=()

# read_allowed FILE: "name | fields | pattern of cases | reason" a line.
read_allowed() {
	local line name fields pattern reason

	while IFS= read -r line; do
		[[ $line != \#* && $line != '' ]] || continue
		IFS='|' read -r name fields pattern reason <<<"$line"
		allowed_names+=("${name//[[:blank:]]/}")
		fields=${fields//, /,}
		fields=${fields#"${fields%%[![:blank:]]*}"}
		allowed_fields+=(",${fields%"${fields##*[![:blank:]]}"},")
		pattern=${pattern#"${pattern%%[![:blank:]]*}"}
		allowed_patterns+=("${pattern%"${pattern##*[![:blank:]]}"}")
		allowed_reasons+=("${reason#"${reason%%[![:blank:]]*}"}")
		allowed_used+=('')
	done <"$1"
}

# find_allowed CASE FIELD: set entry to the number of one that covers it.
find_allowed() {
	local field=${2%% [0-9]*} i

	# "exit 2" is the exit of the second command.
	[[ $2 == 'step '* || $2 == 'program '* ]] && field=${2%% *}
	# There both are.
	[ "$field" != terminal ] || field='@(stdout|stderr)'
	for ((i = 0; i < ${#allowed_names[@]}; i++)); do
		# shellcheck disable=SC2053 # they are patterns
		if [[ $1 == ${allowed_patterns[i]} ]] &&
		    [[ ${allowed_fields[i]} == *,$field,* ]]; then
			entry=$i
			allowed_used[i]=yes
			return 0
		fi
	done
	return 1
}

# --- comparing --------------------------------------------------------------

# read_result FILE ARRAY: its fields, by their names.
read_result() {
	local parts part
	local -n result=$2

	mapfile -d $'\036' -t parts <"$1"
	for part in "${parts[@]:1}"; do
		result[${part%%$'\n'*}]+=${part#*$'\n'}
	done
}

# show_field NAME THEIRS OURS
show_field() {
	echo "# $1, theirs and ours:"
	diff -U1 <(printf '%s' "$2") <(printf '%s' "$3") |
	    sed '1,2d; /^@@/d; s/^/#   /'
}

# check_wants NUMBER: what an allowed difference has to be; uses ours and names.
check_wants() {
	local name field pattern is

	while IFS=$'\t' read -r name field pattern; do
		[[ $name == any || $'\n'$names == *$'\n'"$name: "* ]] ||
		    continue
		is=${ours[$field]-}
		# shellcheck disable=SC2053 # it is a pattern
		[[ ${is%$'\n'} == $pattern ]] || {
			echo "# wanted of ours: $field: $pattern"
			return 1
		}
	done <<<"${test_wants[$1]}"
}

# compare NUMBER OF-BOX: say how case NUMBER went.  Status 1 if it is not well.
compare() {
	local n=$1 files=$scratch/out/$2 a b field entry names='' bad='' text=''
	local is_better=''
	local -A theirs=() ours=() fields=()

	IFS= read -r -d '' a <"$files.theirs"
	IFS= read -r -d '' b <"$files.ours"
	if [ "$a" = "$b" ] && [[ $a != *$'\036broken\n'* ]] &&
	    [ -z "${test_betters[n]}" ]; then
		echo "ok $((n + 1)) - ${test_names[n]}"
		return 0
	fi
	read_result "$files.theirs" theirs
	read_result "$files.ours" ours
	for field in "${!theirs[@]}" "${!ours[@]}"; do
		fields[$field]=
	done
	for field in "${!fields[@]}"; do
		if [ "$field" = broken ]; then
			bad=yes
			text+="# the case itself is broken: "
			text+="${theirs[$field]-}${ours[$field]-}"$'\n'
		elif [ "${theirs[$field]-}" = "${ours[$field]-}" ]; then
			continue
		elif find_allowed "${test_names[n]}" "$field"; then
			names+="${allowed_names[entry]}: $field"$'\n'
			[ "$field" = state ] || is_better=yes
		else
			bad=yes
			text+=$(show_field "$field" "${theirs[$field]-}" \
			    "${ours[$field]-}")$'\n'
		fi
	done
	for field in ${test_betters[n]}; do
		if [[ $'\n'$names != *$'\n'"$field: "* ]]; then
			bad=yes
			text+="# declared, but nothing differs: $field"$'\n'
		fi
	done
	if [ -n "$is_better" ] && [ -z "$bad" ] &&
	    ! text=$(check_wants "$n"); then
		bad=yes
		for field in "${!fields[@]}"; do
			[ "${theirs[$field]-}" = "${ours[$field]-}" ] ||
			    text+=$'\n'$(show_field "$field" \
			    "${theirs[$field]-}" "${ours[$field]-}")
		done
		text+=$'\n'
	fi
	if [ -n "$bad" ]; then
		echo "not ok $((n + 1)) - ${test_names[n]}"
		printf '%s%s' "$text" "${test_descriptions[n]}"
		return 1
	fi
	echo "ok $((n + 1)) - ${test_names[n]}"
	sort -u <<<"${names%$'\n'}" | sed 's/^/# allowed: /'
}

say_unused() {
	local i

	for ((i = 0; i < ${#allowed_names[@]}; i++)); do
		[ -n "${allowed_used[i]}" ] || echo "# never needed of" \
		    "allowed: ${allowed_names[i]} (${allowed_patterns[i]})"
	done
}

# run_box [exec]
run_box() {
	"$@" "$tools/box" --cases "$cases_file" --out "$scratch/out" \
	    --theirs "$theirs_path" --ours "$ours_path" --jobs "$jobs" \
	    --probe "$tools/probe" --library "$engine/setup.bash"
}

# Can this user have namespaces at all?
box_works() {
	local cases_file=$scratch/none

	printf '%s\0' case none sh true >"$cases_file"
	run_box >"$scratch/errors" 2>&1
	[ ! -s "$scratch/out/0.ours" ] ||
	    ! grep -q broken "$scratch/out/0.ours"
}

# run_all: all that was described.  Status 1 if anything differs that may not.
run_all() {
	local n number in_box=0 failed=0 results

	if [ -n "$tools_missing" ]; then
		echo "1..0 # SKIP $tools_missing"
		return 0
	fi
	if ! box_works; then
		echo "1..0 # SKIP no namespaces: $(head -1 "$scratch/errors")"
		return 0
	fi
	echo "1..${#test_names[@]}"
	exec {results}< <(run_box exec)
	box_pid=$!
	for ((n = 0; n < ${#test_names[@]}; n++)); do
		if [ -n "${test_skips[n]}" ]; then
			echo "ok $((n + 1)) - ${test_names[n]} # SKIP" \
			    "${test_skips[n]}"
			continue
		fi
		if ! read -r -u "$results" number ||
		    [ "$number" != "$in_box" ]; then
			echo "Bail out! The box is broken."
			return 2
		fi
		compare "$n" "$in_box" || failed=$((failed + 1))
		in_box=$((in_box + 1))
	done
	exec {results}<&-
	box_pid=''
	echo "# ${#test_names[@]} cases, $failed not as they should be"
	[ "$failed" -eq 0 ]
}

# --- beginning and end ------------------------------------------------------

clean_up() {
	# Its cases end with it.
	[ -z "$box_pid" ] || kill "$box_pid" 2>/dev/null
	rm -rf "$scratch"
}

# begin OURS THEIRS: before anything is described.
begin() {
	scratch=$(mktemp -d "${TMPDIR:-/tmp}/ssd.XXXXXX") || exit 2
	trap clean_up EXIT
	trap 'exit 130' HUP INT TERM
	mkdir "$scratch/out"
	cases_file=$scratch/cases
	exec {cases_fd}>"$cases_file"
	make_tools
	ours_path=$(link_program ours "$1") || exit 2
	theirs_path=$(link_program theirs "$2") || exit 2
}

# finish_cases: after all is described.
finish_cases() {
	_finish
	exec {cases_fd}>&-
}
