# What a line at random means, as far as it decides by which of the names of the
# file "allowed" ours may differ; and the case that is made of it.
#
# shellcheck shell=bash
# shellcheck source-path=SCRIPTDIR
# shellcheck disable=SC2016 # $ in quotes is for the shell of a step

# shellcheck source=grammar.bash
. "${engine:?}/grammar.bash"

# --- what is there ----------------------------------------------------------

# Who, which victims, and what is in the file pid.
choose_situation() {
	who=root may='' setup='' pidfile='' nature='' victims_are=0:0

	if [ -z "$is_root" ]; then
		who=$(id -un)
	elif chance 15; then
		who=nobody
		chance 70 && victims_are=65534:65534
	else
		may=yes
	fi
	chance 12 && nature=--ignore-term
	if chance 65; then
		setup+="victim a --as $victims_are $nature"$'\n'
		chance 40 && setup+="victim b --as $victims_are --exe \$P"$'\n'
		if [ -n "$is_root" ] && chance 25; then
			setup+='victim c --as 1001:1001'$'\n'
		fi
	else
		setup+='a=77777'$'\n'
	fi
	# Who has no other user has his own only.
	[ -n "$is_root" ] || setup=${setup//--as $victims_are/}
	one_of none none none good good good dead dead garbage empty low link \
	    dangling directory writable others
	pidfile=$chosen
	choose_pidfile
}

choose_pidfile() {
	case $pidfile in
	none) ;;
	good) setup+='echo $a >pid' ;;
	dead) setup+='echo 77777 >pid' ;;
	garbage) setup+='echo garbage >pid' ;;
	empty) setup+=': >pid' ;;
	low)
		one_of -1 0 1 99999999999 -0
		setup+="echo $chosen >pid" ;;
	link) setup+='echo $a >target; ln -s target pid' ;;
	dangling) setup+='ln -s target pid' ;;
	directory) setup+='mkdir pid' ;;
	writable) setup+='echo $a >pid; chmod 666 pid' ;;
	others)
		setup+='echo $a >pid'
		[ -z "$is_root" ] || setup+='; chown alice: pid' ;;
	esac
	if [ -n "$is_root" ] && [ "$who" = nobody ] &&
	    [[ $pidfile != @(none|others) ]]; then
		setup+='; chown -h nobody: pid'
	fi
}

# --- what it means ----------------------------------------------------------

declare -A final=()

has() { [ -n "${final[$1]+yes}" ]; }

# The last one of each counts; of --quiet and --verbose, of both.
find_final() {
	local i

	final=()
	for ((i = 0; i < ${#items[@]}; i++)); do
		final[${items[i]}]=${values[i]}
		case ${items[i]} in
		quiet) unset 'final[verbose]' ;;
		verbose) unset 'final[quiet]' ;;
		esac
	done
}

# Lines that would wait for long, or for a race, are made others.
mend_line() {
	local i

	find_final
	if has notify-await; then
		has background || add background
		arguments=(--notify READY=1)
		add notify-timeout "$(patience)"
	fi
	if has retry && [[ ${final[retry]} != *[A-Z]* ]]; then
		# What it does not end by, it would wait for.
		for ((i = 0; i < ${#items[@]}; i++)); do
			[ "${items[i]}" != signal ] || values[i]=TERM
		done
	fi
	find_final
}

# For what comes soon; a second for what never comes.
patience() {
	if starts_badly || pidfile_fails; then
		echo 1
	else
		echo 20
	fi
}

is_stat_bad() {
	has exec || return 1
	case ${final[exec]} in
	bin/victim)
		[ "${final[chdir]-}" != /run/box ] || is_root_bad ;;
	/nosuch) return 0 ;;
	'')
		# Which is the directory itself.
		[[ ${final[chdir]-/} == @(/nosuch|sub) ]] || is_root_bad ;;
	*) is_root_bad ;;
	esac
}

is_root_bad() { [ "${final[chroot]-/}" != / ]; }

# Something between the fork and the exec, or that, fails.
starts_badly() {
	local program=${final[startas]-${final[exec]-}}

	case $program in
	"$B"|"$V") ;;
	# It is started by that name, in the directory that it was found in.
	bin/victim) [ "${final[chdir]-}" = /run/box ] || return 0 ;;
	*) return 0 ;;
	esac
	[[ ${final[chdir]-/} == @(/|/run/box|"$W") ]] || return 0
	is_root_bad && return 0
	[[ ${final[output]-$W/log} == "$W/log" ]] || return 0
	[ -z "$may" ] || return 1
	has chroot && return 0
	has group && return 0
	[[ ${final[chuid]-nobody} == nobody && $who == nobody ]] ||
	    ! has chuid || return 0
	[[ ${final[nicelevel]-0} == -* ]] && return 0
	[[ ${final[procsched]-other} != other ]]
}

pidfile_fails() {
	has make-pidfile && has pidfile || return 1
	case ${final[pidfile]},$pidfile in
	no/pid,*|*pid,dangling|*pid,directory|*pid,link) return 0 ;;
	*pid,others) [ -z "$may" ] ;;
	*) return 1 ;;
	esac
}

# The pid in the file is read: nothing else says which process.
reads_pidfile() {
	has pidfile && [[ ${final[pidfile]} == @(pid|"$W/pid") ]]
}

# Status 1: by what it is named for here, one of the two ends at once.
name_usage() {
	local word is_ambiguous='' is_openrc=''

	for word in "${words[@]}"; do
		[[ $word != --p?(i)?(=*) ]] || is_ambiguous=yes
		[[ $word != --notify?(=*) ]] || is_openrc=yes
	done
	if has help || has version; then
		perhaps texts
	fi
	if [ -n "$is_ambiguous$is_openrc" ]; then
		[ -z "$is_ambiguous" ] || perhaps ambiguous
		[ -z "$is_openrc" ] || perhaps extensions
	elif has help || has version; then
		:
	elif [[ ${final[signal]-} == SIG* || ${final[retry]-} == SIG* ]]; then
		perhaps extensions
	elif [ "${final[retry]-}" = 5/ ]; then
		perhaps internal
	elif { has notify-timeout && ! has notify-await; } ||
	    { has notify-await && ! has background; }; then
		perhaps combinations
	else
		return 0
	fi
	return 1
}

name_start() {
	has test && return
	if has verbose && [ -z "$is_terminal" ]; then
		perhaps lines
	fi
	has background || return
	if pidfile_fails; then
		perhaps pidfile-failed
	elif starts_badly; then
		perhaps exec
	elif has no-close && has output; then
		perhaps leak
	fi
}

# One of each that it can come to, and none that it cannot.
name_differences() {
	name_usage || return 0
	if reads_pidfile && [ "$pidfile" = low ]; then
		perhaps low-pid
	fi
	if has stop || has status; then
		is_stat_bad && perhaps gone
		[ "${final[pid]-}" != 1 ] || ! has stop || perhaps init
	fi
	has start || return 0
	if ! has exec && ! has startas && [ ${#operands[@]} -gt 0 ]; then
		perhaps extensions
	else
		name_start
	fi
	return 0
}

# --- the case ---------------------------------------------------------------

choose_arguments() {
	arguments=()
	chance 45 || return 0
	one_of a '' -x --exec 'two words' --
	arguments=("$chosen")
	chance 30 && arguments+=(b)
	return 0
}

# random_case SEED NUMBER
random_case() {
	seed_case "$1" "$2"
	items=() values=() is_permuted=yes is_terminal=''
	is_sound=''
	chance 60 && is_sound=yes
	choose_situation
	choose_commands
	choose_options
	[ -z "$is_sound" ] || make_sound
	choose_arguments
	chance 4 && is_permuted=''
	mend_line
	has notify-await || ! chance 6 || is_terminal=yes
	# A root's is everybody's that there is, also of who tests.
	[[ ${final[user]-} != root ]] || has name || add name victim
	! has retry || setup=${setup//--ignore-term/}
	shuffle
	find_final
	it "random: seed $1, --only $2"
	write_line "${arguments[@]}"
	name_differences
	[ "$who" != nobody ] || [ -z "$is_root" ] || as nobody
	[ -n "$is_permuted" ] || env POSIXLY_CORRECT=1
	[ -z "$is_terminal" ] || { terminal; unordered; }
	if chance 12; then
		one_of 'umask 077' 'umask 0' 'exec 3</etc/passwd 7>>log.7'
		before "$chosen"
	fi
	given "$setup"
	run "${words[@]}"
}
