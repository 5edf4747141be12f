# What systemd's tools make of inputs[]: into theirs[], "+" and what it was
# taken for, or "-".  Many inputs go into one process, since a process costs
# more than an input.
# shellcheck shell=bash disable=SC2154 # inputs and work are diff.sh's

# theirs_spans: "+MICROSECONDS HUMAN".  The process ends at the first one that
# is none.
theirs_spans() {
	local line usec

	theirs=()
	while [ "${#theirs[@]}" -lt "${#inputs[@]}" ]; do
		systemd-analyze timespan -- \
		    "${inputs[@]:${#theirs[@]}}" >"$work/spans" 2>/dev/null ||
			echo refused >>"$work/spans"
		while IFS= read -r line; do
			if [[ $line =~ ^\ *[^\ ]*s:\ ([0-9]+)$ ]]; then
				usec=${BASH_REMATCH[1]}
				# Both have infinity as the largest number.
				[ "$usec" != 18446744073709551615 ] ||
					usec=9223372036854775807
			elif [[ $line =~ ^\ *Human:\ (.*)$ ]]; then
				theirs+=("+$usec ${BASH_REMATCH[1]}")
			elif [ "$line" = refused ]; then
				theirs+=(-)
			fi
		done <"$work/spans"
	done
}

# theirs_names OPTION...: what comes out is parted by blanks, which may be in
# it, too: so every second input is a mark.
theirs_names() {
	local mark=MARKxMARK out text arguments input

	case "$*" in *--instance*) mark=x@$mark.service ;; esac
	out=$(systemd-escape "$@" "$mark" 2>/dev/null)
	theirs=()
	while [ "${#theirs[@]}" -lt "${#inputs[@]}" ]; do
		arguments=()
		for input in "${inputs[@]:${#theirs[@]}}"; do
			arguments+=("$input" "$mark")
		done
		text=''
		if systemd-escape "$@" -- "${arguments[@]}" \
		    >"$work/names" 2>/dev/null; then
			IFS= read -r -d '' text <"$work/names"
			text=${text%$'\n'}
		else
			IFS= read -r -d '' text <"$work/names"
		fi
		while [[ $text == *" $out"* ]]; do
			input=${text%%" $out"*}
			theirs+=("+$input")
			text=${text:${#input} + ${#out} + 1}
			text=${text# }
		done
		# It ended at the one behind these.
		[ "${#theirs[@]}" -ge "${#inputs[@]}" ] || theirs+=(-)
	done
}

verify() {
	SYSTEMD_LOG_TARGET=console SYSTEMD_LOG_LEVEL=info SYSTEMD_COLORS=0 \
	    SYSTEMD_LOG_LOCATION=0 SYSTEMD_LOG_TIME=0 \
	    systemd-analyze verify --man=no "$@" >"$work/verify" 2>&1 </dev/null
}

# verify_lines: inputs[] as the lines of one unit.  What is said of each goes
# into said[]; a message may have newlines, and a line several messages, which
# then have $'\036' in between.
verify_lines() {
	local line number=0 dir=$work/lines
	local file=$dir/u.service

	mkdir -p "$dir"
	{
		printf '[Unit]\nDefaultDependencies=no\n'
		printf '[Service]\nExecStart=/bin/true\n'
		printf '%s\n' "${inputs[@]}" UMask=guard
	} >"$file"
	verify "$file"
	said=()
	while IFS= read -r line; do
		if [[ $line == "$file:"* ]]; then
			line=${line#"$file:"}
			number=$((${line%%:*} - 5))
			said[number]+=${said[number]+$'\036'}${line#*: }
		elif [[ $line == u.service:\ * || $line == Unit\ * ]]; then
			number=''
		elif [ -n "$number" ]; then
			said[number]+=$'\n'$line
		fi
	done <"$work/verify"
	# An error that ends the reading of the file would pass for silence.
	if [ -z "${said[${#inputs[@]}]-}" ]; then
		echo "Bail out! systemd did not read all lines:" \
		    "$(tail -n 1 "$work/verify")"
		exit 1
	fi
}

# theirs_lines: "+" or "-".
theirs_lines() {
	local i said

	verify_lines
	theirs=()
	for i in "${!inputs[@]}"; do
		case ${said[i]-} in
		*'ignoring'*) theirs[i]=- ;;
		'') theirs[i]=+ ;;
		*)
			echo "Bail out! ${inputs[i]}: ${said[i]}"
			exit 1 ;;
		esac
	done
}

# theirs_words: Environment= says of each word that is no assignment what it is,
# without quotes and escapes.
theirs_words() {
	local i all said given=("${inputs[@]}")
	local prefix='Invalid environment assignment, ignoring: '

	inputs=("${inputs[@]/#/Environment=}")
	verify_lines
	inputs=("${given[@]}") theirs=()
	for i in "${!inputs[@]}"; do
		all=${said[i]-}
		case $all in
		*'Invalid syntax, ignoring'*)
			theirs[i]=- ;;
		"$prefix"*)
			all=${all#"$prefix"}
			theirs[i]=+${all//$'\036'"$prefix"/$'\036'}$'\036' ;;
		'')
			theirs[i]=+ ;;
		*)
			theirs[i]=- ;;
		esac
	done
}

# theirs_programs: verify says of a program that is not there what it is called.
theirs_programs() {
	local i line files=() dir=$work/programs

	mkdir -p "$dir"
	theirs=()
	for i in "${!inputs[@]}"; do
		printf '[Unit]\nDefaultDependencies=no\n[Service]\nExecStart=%s\n' \
		    "${inputs[i]}" >"$dir/u$i.service"
		files+=("$dir/u$i.service")
		theirs[i]=-
	done
	verify "${files[@]}"
	while IFS= read -r line; do
		[[ $line =~ ^u([0-9]+)\.service:\ Command\ (.*)\ is\ not\ exec ]] ||
			continue
		theirs[BASH_REMATCH[1]]=+${BASH_REMATCH[2]}
	done <"$work/verify"
}
