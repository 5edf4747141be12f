#!/bin/bash
# Does holdfast read values and names as systemd does?  Each input is given to
# systemd-analyze or systemd-escape and to our parser, and what they took it for
# is compared; differences are declared in the file "allowed".  TAP; status 1 if
# anything differs that is not declared, or is declared and does not differ.
#
# usage: diff.sh [--values FILE] [--allowed FILE] [--only KIND]
#
# FILE is the driver that values.c makes.  KIND is span, escape, ...: see
# inputs.bash.  It needs no systemd that runs.
#
# shellcheck source-path=SCRIPTDIR

set -u
shopt -s extglob
export LC_ALL=C
engine=$(cd "$(dirname "$0")" && pwd)
# shellcheck source=inputs.bash
. "$engine/inputs.bash"
# shellcheck source=theirs.bash
. "$engine/theirs.bash"

usage() {
	sed -n 's/^# \(usage: .*\)/\1/p' "$0" >&2
	exit 2
}

values="${VICTIMS:-tests/victims}/../systemd/values"
allowed=$engine/allowed only=''
while [ $# -gt 0 ]; do
	[ $# -ge 2 ] || usage
	case $1 in
	--values) values=$2 ;;
	--allowed) allowed=$2 ;;
	--only) only=$2 ;;
	*) usage ;;
	esac
	shift 2
done
for tool in systemd-analyze systemd-escape; do
	command -v "$tool" >/dev/null && continue
	echo "1..0 # SKIP there is no $tool"
	exit 0
done
if [ ! -x "$values" ]; then
	echo "Bail out! there is no $values"
	exit 1
fi
work=$(mktemp -d "${TMPDIR:-/tmp}/systemd-values.XXXXXX") || exit 1
trap 'rm -rf "$work"' EXIT

# --- ours -------------------------------------------------------------------

# ours KIND: our answers to inputs[] into ours[], each with its + or -.
ours() {
	printf '%s\0' "${inputs[@]}" | "$values" "$1" >"$work/ours"
	mapfile -d '' -t ours <"$work/ours"
	if [ "${#ours[@]}" -ne "${#inputs[@]}" ]; then
		echo "Bail out! $values $1: ${#ours[@]} answers" \
		    "to ${#inputs[@]} inputs"
		exit 1
	fi
}

# --- what may differ --------------------------------------------------------

allowed_kinds=() allowed_ways=() allowed_inputs=() allowed_used=()

read_allowed() {
	local line kind way input reason

	# Neither a blank nor a backslash ends a field: only " | " does.
	while IFS= read -r line; do
		case $line in '' | '#'*) continue ;; esac
		kind=${line%%' | '*} line=${line#*' | '}
		way=${line%%' | '*} line=${line#*' | '}
		input=${line%' | '*} reason=${line##*' | '}
		case $way in ours | systemd | other) ;; *)
			echo "Bail out! allowed: $kind | $way: expected ours," \
			    "systemd or other"
			exit 1 ;;
		esac
		if [ -z "$reason" ] || [ "$reason" = "$line" ]; then
			echo "Bail out! allowed: $kind | $way: no reason"
			exit 1
		fi
		allowed_kinds+=("$kind") allowed_ways+=("$way")
		allowed_inputs+=("$input") allowed_used+=('')
	done <"$allowed"
}

# find_allowed KIND INPUT: the declaration of this case into $declared, or ''.
find_allowed() {
	local i

	declared=''
	for i in "${!allowed_kinds[@]}"; do
		# shellcheck disable=SC2053 # the right side is a pattern
		if [ "${allowed_kinds[i]}" = "$1" ] &&
		    [[ $2 == ${allowed_inputs[i]} ]]; then
			declared=$i
			allowed_used[i]=yes
			return
		fi
	done
}

# --- the verdict ------------------------------------------------------------

count=0 failed=0

# verdict OK NAME [LINE...]: one line of TAP, and what explains it.
verdict() {
	local name=$2 line

	count=$((count + 1))
	[ "${#name}" -le 100 ] || name="${name:0:90}... (${#name})"
	name=${name//'#'/'\#'}
	if [ "$1" = yes ]; then
		printf 'ok %d - %s\n' "$count" "$name"
		return
	fi
	failed=$((failed + 1))
	printf 'not ok %d - %s\n' "$count" "$name"
	shift 2
	for line; do
		case $line in
		systemd:* | ours:*) printf '# %q\n' "$line" ;;
		*) printf '# %s\n' "$line" ;;
		esac
	done
}

# compare KIND INPUT THEIRS OURS: the two last begin with + or -; what comes
# behind a - does not matter.
compare() {
	local way='' declared name long

	if [[ $3 == +* && $4 == -* ]]; then
		way=systemd
	elif [[ $3 == -* && $4 == +* ]]; then
		way=ours
	elif [[ $3 == +* && $3 != "$4" ]]; then
		way=other
	fi
	printf -v name '%s: %q' "$1" "$2"
	# More than 1000 years, but not infinite: found by what it is, since it
	# can be written in many ways.
	case $1 in span | human)
		printf -v long '%20s' "${3#+}"
		if [[ $3 == +* && $long > '   31557600000000000' &&
		    $3 != +9223372036854775807 ]]; then
			name+=' {long}'
		fi ;;
	esac
	if [[ $name == *' {long}' ]]; then
		find_allowed "$1" '{long}'
	else
		find_allowed "$1" "$2"
	fi
	if [ -z "$declared" ]; then
		if [ -z "$way" ]; then
			verdict yes "$name"
		else
			verdict no "$name" "systemd: $3" "ours: $4"
		fi
	elif [ "$way" = "${allowed_ways[declared]}" ]; then
		verdict yes "$name, declared"
	elif [ -z "$way" ]; then
		verdict no "$name" "declared, but nothing differs"
	else
		verdict no "$name" \
		    "declared as ${allowed_ways[declared]}, but is $way" \
		    "systemd: $3" "ours: $4"
	fi
}

# compare_all KIND: inputs[] with theirs[] and ours[].
compare_all() {
	local i

	for i in "${!inputs[@]}"; do
		compare "$1" "${inputs[i]}" "${theirs[i]}" "${ours[i]}"
	done
}

# --- each kind --------------------------------------------------------------

# What both take, and what each of us prints is read back by the other.
check_spans() {
	local i printed=() human=()

	add_spans
	theirs_spans
	ours span
	for i in "${!inputs[@]}"; do
		[[ ${ours[i]} == +* && ${theirs[i]} == +* ]] || continue
		printed+=("${ours[i]#* }") human+=("${theirs[i]#* }")
	done
	theirs=("${theirs[@]%% *}") ours=("${ours[@]%% *}")
	compare_all span

	for i in human printed; do
		declare -n inputs_now=$i
		inputs=("${inputs_now[@]}")
		declare +n inputs_now
		ours span
		theirs_spans
		theirs=("${theirs[@]%% *}") ours=("${ours[@]%% *}")
		compare_all "$i"
	done
}

# check_names KIND OPTION...: what systemd-escape makes of inputs[].
check_names() {
	local kind=$1
	shift

	inputs=()
	add_"${kind//-/_}"
	ours "$kind"
	theirs_names "$@"
	compare_all "$kind"
}

# --template= is checked before what is to be escaped.
check_templates() {
	local i

	inputs=()
	add_templates
	ours template
	theirs=()
	for i in "${!inputs[@]}"; do
		if theirs[i]=$(systemd-escape --template="${inputs[i]}" x \
		    2>/dev/null); then
			theirs[i]=+${theirs[i]}
		else
			theirs[i]=-
		fi
	done
	compare_all template
}

check_signals() {
	local number name

	inputs=() theirs=()
	while read -r number name; do
		inputs+=("$number")
		theirs+=("+$name")
	done < <(systemctl kill --signal=list 2>/dev/null |
	    grep -E '^ *[0-9]+ +SIG[^ ]*$')
	[ "${#inputs[@]}" -gt 0 ] || return 0
	ours signal
	compare_all signal
}

check_words() {
	inputs=()
	add_words
	ours words
	theirs_words
	compare_all words
}

check_programs() {
	inputs=()
	add_programs
	ours program
	theirs_programs
	compare_all program
}

# Lines of a unit.  What a limit was taken for systemd says by which is the
# larger one of two: a soft limit above the hard one it refuses.
check_lines() {
	local i key value number first second third all=() own=() their=()

	inputs=()
	add_lines
	all=("${inputs[@]}")
	ours line
	own=("${ours[@]}")
	theirs_lines
	their=("${theirs[@]}")
	inputs=()
	for i in "${!all[@]}"; do
		[[ ${own[i]} == +* && ${their[i]} == +* ]] || continue
		key=${all[i]%%=*} value=${all[i]#*=} number=${own[i]#+}
		# A default is not printed.
		[ -n "$number" ] || number=$value
		# Within a pair a blank counts.
		value=${value#"${value%%[! ]*}"}
		value=${value%"${value##*[! ]}"}
		inputs+=("$key=$number")
		if [[ $key == Limit* && $value != *:* ]]; then
			inputs+=("$key=$value:$number" "$key=$number:$value")
		else
			inputs+=("$key=$value" "$key=$value")
		fi
	done
	theirs_lines
	number=0
	for i in "${!all[@]}"; do
		if [[ ${own[i]} == +* && ${their[i]} == +* ]]; then
			first=${theirs[number]} second=${theirs[number + 1]}
			third=${theirs[number + 2]}
			number=$((number + 3))
			if [ "$second$third" != ++ ]; then
				their[i]='+another value'
			elif [ "$first" != + ]; then
				their[i]='+what it cannot read as we print it'
			else
				their[i]=${own[i]}
			fi
		fi
		compare line "${all[i]}" "${their[i]}" "${own[i]}"
	done
}

# wanted KIND: is it to be done?
wanted() { [ -z "$only" ] || [ "$only" = "$1" ]; }

read_allowed
if wanted span; then check_spans; fi
if wanted escape; then check_names escape; fi
if wanted escape-path; then check_names escape-path --path; fi
if wanted unescape; then check_names unescape --unescape; fi
if wanted unescape-path; then
	check_names unescape-path --unescape --path
fi
if wanted instantiate; then
	check_names instantiate --template=foo@.service
fi
if wanted instance; then check_names instance --unescape --instance; fi
if wanted template; then check_templates; fi
if wanted signal; then check_signals; fi
if wanted words; then check_words; fi
if wanted program; then check_programs; fi
if wanted line; then check_lines; fi
for i in "${!allowed_kinds[@]}"; do
	if [ -z "$only" ] && [ -z "${allowed_used[i]}" ]; then
		verdict no "allowed: ${allowed_kinds[i]} | ${allowed_inputs[i]}" \
		    "declared, but there is no such case"
	fi
done
echo "1..$count"
echo "# $count cases, $failed not as they should be"
[ "$failed" -eq 0 ]
