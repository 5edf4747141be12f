# Command lines at random, for random.sh: what is there before, options of all
# kinds in every way of writing them, and by which names of the file "allowed"
# ours may differ in such a case.
#
# A case depends on the seed and its number alone, whatever bash it is.
#
# shellcheck shell=bash
# shellcheck disable=SC2016 # $ in quotes is for the shell of a step

W=/run/box/w
B=/run/box/bin/probe
V=/run/box/bin/victim

# --- chance -----------------------------------------------------------------

_state=0

seed_case() {
	local i

	_state=$((($1 * 1000003 + $2 * 7919 + 12345) & 0x7fffffff))
	for ((i = 0; i < 4; i++)); do
		_state=$(((_state * 1103515245 + 12345) & 0x7fffffff))
	done
}

# pick N: set picked to less than that.
pick() {
	_state=$(((_state * 1103515245 + 12345) & 0x7fffffff))
	picked=$(((_state >> 8) % $1))
}

# chance PERCENT
chance() {
	pick 100
	[ "$picked" -lt "$1" ]
}

# one_of WORD...: set chosen.
one_of() {
	pick $#
	shift "$picked"
	chosen=$1
}

# --- the options ------------------------------------------------------------

# Long name, short one or "-", how often in a hundred lines.
flags=(
	'oknodo o 12' 'quiet q 8' 'test t 14' 'verbose v 14'
	'background b 42' 'no-close C 7' 'make-pidfile m 20'
	'remove-pidfile - 10' 'notify-await - 6'
)
valued=(
	'startas a 16' 'name n 16' 'pid - 8' 'ppid - 5' 'pidfile p 50'
	'signal s 12' 'user u 8' 'group g 5' 'chroot r 4' 'exec x 60'
	'chuid c 8' 'nicelevel N 6' 'procsched P 4' 'iosched I 5' 'umask k 6'
	'notify-timeout - 3' 'output O 8' 'retry R 12' 'chdir d 10'
)
commands=('start S' 'stop K' 'status T' 'help H' 'version V')

declare -A short_of=() needed_letters=()

# How much of a long name says which it is.
count_letters() {
	local entry name other n

	for entry in "${flags[@]}" "${valued[@]}" "${commands[@]}"; do
		read -r name other _ <<<"$entry"
		short_of[$name]=$other
	done
	for name in "${!short_of[@]}"; do
		for ((n = 1; n < ${#name}; n++)); do
			for other in "${!short_of[@]}"; do
				[[ $other == "$name" ||
				    $other != "${name:0:n}"* ]] || continue 2
			done
			break
		done
		needed_letters[$name]=$n
	done
}
count_letters

is_sound=''			# its line is to be no usage error

# value GOOD WORD...: set chosen; one of the first GOOD, if it is to be sound.
value() {
	local good=$1
	shift

	[ -n "$is_sound" ] && set -- "${@:1:good}"
	one_of "$@"
}

# value_of OPTION: set chosen.
value_of() {
	case $1 in
	startas) value 5 "$B" "$B" "$V" "$V" /nosuch '' "$W" ;;
	exec) value 9 "$B" "$B" "$B" "$B" "$V" "$V" "$V" "$V" bin/victim \
	    /nosuch "$W" '' ;;
	name) value 4 probe victim victim nosuch abcdefghijklmnopq '' ;;
	pid) value 5 @a@ @a@ @b@ @c@ 77777 0 x 1 ;;
	ppid) value 2 @a@ 77777 0 ;;
	pidfile) value 8 pid pid pid pid "$W/pid" no no/pid /dev/null ;;
	signal) value 10 TERM TERM HUP USR1 KILL INT 0 15 28 10 nosuch SIGTERM \
	    65 '' ;;
	user) value 3 alice 1001 root 4711 nosuch ;;
	group) value 3 extra 4712 0 nosuch ;;
	chroot) value 1 / /nosuch ;;
	chuid) value 5 alice alice:extra 1002 nobody 0 nosuch alice: ;;
	nicelevel) value 5 3 5 -5 x 0 ;;
	procsched) value 3 other fifo:1 rr:3 batch fifo ;;
	iosched) value 3 best-effort:5 idle real-time:2 nosuch ;;
	umask) value 4 027 0 0777 18 x ;;
	notify-timeout) value 2 1 20 x ;;
	output) value 4 "$W/log" "$W/log" "$W" /run/box/no/log log ;;
	retry) value 8 5 TERM/5 TERM/5/KILL/5 HUP/0/TERM/5 -15/5 HUP/0 0/0 \
	    0/TERM/5 5/ TERM TERM/x SIGTERM/5 forever ;;
	chdir) value 5 "$W" "$W" /run/box /nosuch '' sub ;;
	esac
}

# --- a line -----------------------------------------------------------------

items=() values=()		# long names of options, and what they are given
is_permuted=yes			# an argument may stand before an option

add() {
	items+=("$1")
	values+=("${2-}")
}

choose_commands() {
	if [ -n "$is_sound" ] || ! chance 6; then
		one_of start start start start start stop stop stop status \
		    status
		add "$chosen"
	fi
	if [ -z "$is_sound" ] && chance 8; then
		one_of start stop status help version
		add "$chosen"
	fi
}

choose_options() {
	local entry name percent

	for entry in "${flags[@]}"; do
		read -r name _ percent <<<"$entry"
		chance "$percent" && add "$name"
	done
	for entry in "${valued[@]}"; do
		read -r name _ percent <<<"$entry"
		chance "$percent" || continue
		value_of "$name"
		add "$name" "$chosen"
		if chance 5; then
			value_of "$name"
			add "$name" "$chosen"
		fi
	done
}

# drop OPTION: each of it.
drop() {
	local i

	for ((i = ${#items[@]} - 1; i >= 0; i--)); do
		[ "${items[i]}" = "$1" ] || continue
		items=("${items[@]:0:i}" "${items[@]:i+1}")
		values=("${values[@]:0:i}" "${values[@]:i+1}")
	done
}

is_there() { [[ " ${items[*]} " == *" $1 "* ]]; }

# What would be a usage error by what is missing, or does not go together.
make_sound() {
	local name

	if is_there make-pidfile || is_there remove-pidfile; then
		is_there pidfile || add pidfile pid
	fi
	! is_there pidfile || drop pid
	is_there start || drop background
	for name in no-close output notify-await; do
		is_there background || drop "$name"
	done
	is_there notify-await || drop notify-timeout
	is_there exec || is_there pidfile || add exec "$V"
	is_there exec || is_there startas || add startas "$B"
}

shuffle() {
	local i name value

	for ((i = ${#items[@]} - 1; i > 0; i--)); do
		pick $((i + 1))
		name=${items[i]} value=${values[i]}
		items[i]=${items[picked]} values[i]=${values[picked]}
		items[picked]=$name values[picked]=$value
	done
}

# With its value; may be a part of the word before.
write_option() {
	local name=$1 value=$2 short=${short_of[$1]} long n
	local -i takes=0

	[[ " ${valued[*]}" == *" $name "* ]] && takes=1
	if [ "$short" != - ] && chance 60; then
		if [ -n "$in_cluster" ] && chance 50; then
			words[-1]+=$short
		else
			words+=("-$short")
		fi
		in_cluster=yes
		[ $takes -eq 1 ] || return 0
		in_cluster=''
		if [ -n "$value" ] && chance 30; then
			words[-1]+=$value
		else
			words+=("$value")
		fi
		return
	fi
	in_cluster=''
	long=$name
	if chance 25; then
		n=${needed_letters[$name]}
		[ -n "$is_sound" ] || ! chance 10 || n=1
		pick $((${#name} - n + 1))
		long=${name:0:n + picked}
		# A beginning that is another option's whole name is that one.
		[ -z "${short_of[$long]-}" ] || long=$name
	fi
	if [ $takes -eq 0 ]; then
		words+=("--$long")
		[ -n "$is_sound" ] || ! chance 2 || words[-1]+='=x'
	elif chance 50; then
		words+=("--$long=$value")
	else
		words+=("--$long" "$value")
	fi
	return 0
}

# write_line ARGUMENT...: set words and operands, from items and values; the
# arguments come behind "--".
write_line() {
	local i

	words=() operands=() in_cluster=''
	for ((i = 0; i < ${#items[@]}; i++)); do
		if [ -n "$is_permuted" ] && chance 3; then
			one_of x y '' -
			words+=("$chosen")
			operands+=("$chosen")
			in_cluster=''
		fi
		write_option "${items[i]}" "${values[i]}"
	done
	if [ -z "$is_sound" ] && chance 4; then
		one_of --frobnicate -z -oz --noknodo
		words+=("$chosen")
	fi
	if [ $# -gt 0 ]; then
		words+=(-- "$@")
		operands+=("$@")
	elif [ -z "$is_sound" ] && chance 3; then
		one_of --exec -x --pidfile -R
		words+=("$chosen")
	fi
}
