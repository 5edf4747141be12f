#!/usr/bin/env bats
# The manual and the help text name the same commands and options, the
# examples of the manual run, and what lies in contrib/ works with the program
# that was built.  HOLDFAST is that program.

load helpers

setup() {
	holdfast_setup
	root=$(cd "$BATS_TEST_DIRNAME/../.." && pwd)
	manual=$root/doc/holdfast.1
	mkdir "$T/bin"
	ln -s "$(command -v "$HOLDFAST")" "$T/bin/holdfast"
	export PATH=$T/bin:$PATH
}

# section TITLE: its lines; a title is that of .Sh or .Ss.
section() {
	awk -v title="$1" '
		/^\.S[hs] / { inside = substr($0, 5) == title; next }
		inside' "$manual"
}

manual_commands() { section COMMANDS | sed -n 's/^\.It Cm //p' | sort; }

help_commands() {
	holdfast help | sed -n '/^commands:/,/^$/s/^  \([a-z][a-z-]*\) .*/\1/p' |
	    sort
}

# long_options: those that the mdoc on standard input has a paragraph for.
long_options() {
	sed -n 's/^\.It Fl //p' | grep -oE '(^|, )-[a-z][a-z-]+|^[^,]*$' |
	    grep -oE -e '-[a-z][a-z-]+' | sed 's/^-/--/' | sort -u
}

# letters: "LETTER --OPTION" of the options that have both.
manual_letters() {
	section "Options of start" |
	    sed -n 's/^\.It Fl \([A-Za-z]\) , -\([a-z-]*\).*/-\1 --\2/p' | sort
}

help_options() { grep -oE -e '--[a-z][a-z-]+' | sort -u; }

# not_common: without the options that every command has.
not_common() { comm -23 - <(holdfast help | help_options); }

help_letters() {
	sed -n 's/^ *\(-[A-Za-z]\), *\(--[a-z-]*\).*/\1 \2/p' | sort
}

same() {
	if ! diff <(printf '%s\n' "$1") <(printf '%s\n' "$2"); then
		echo "the first has what is after <, the second what is after >"
		return 1
	fi
}

@test "manual: it has the commands that the program has" {
	[ "$(help_commands | wc -l)" -gt 10 ]
	same "$(manual_commands)" "$(help_commands)"
}

@test "manual: it has the options of start that the program has" {
	[ "$(holdfast help start | help_options | wc -l)" -gt 20 ]
	same "$(section "Options of start" | long_options | not_common)" \
	    "$(holdfast help start | help_options | not_common)"
}

@test "manual: it has the options of every command that the program has" {
	same "$(section "Options of every command" | long_options)" \
	    "$(holdfast help | help_options)"
}

@test "manual: it has the short options of start that the program has" {
	[ "$(manual_letters | wc -l)" -gt 3 ]
	same "$(manual_letters)" "$(comm -23 \
	    <(holdfast help start | help_letters) \
	    <(holdfast help | help_letters))"
}

@test "manual: every property of a record is described, and no other" {
	holdfast start --quiet props -- sleep 1000
	same "$(section PROPERTIES | sed -n 's/^\.It Ic //p' |
	    sed 's/ , Ic /\n/g' | sort)" \
	    "$(sed 's/=.*//' "$HOLDFAST_RUN_DIR/props/record" | sort)"
}

# The fixed parts of the messages on standard input, in mdoc: without what stands
# for something else, "cannot", which is said before many a text, and the
# kernel's reasons.
fixed_parts() {
	sed -E 's/^\.It (cannot )?//; s/\\fI[^\\]*\\fR/\n/g; s/: /\n/g' |
	    sed -E "s/^[ ',:]+//; s/[ ',:]+\$//" |
	    grep -vxE 'No such file or directory|Permission denied|' | sort -u
}

# The texts of the program: strings that go on in the next line are joined.
program_texts() {
	find "$root/src" -name '*.c' -exec cat {} + |
	    sed -E ':again; /"$/ { N; s/"\n[ \t]*"//; t again; }'
}

@test "manual: the messages under DIAGNOSTICS are the program's" {
	local part
	[ "$(section DIAGNOSTICS | grep -c '^\.It ')" -gt 10 ]
	program_texts >"$T/texts"
	section DIAGNOSTICS | grep '^\.It ' | fixed_parts >"$T/parts"
	[ "$(wc -l <"$T/parts")" -gt 10 ]
	while read -r part; do
		grep -qF -e "$part" "$T/texts" || echo "not said: $part"
	done <"$T/parts" >"$T/missing"
	is "$(cat "$T/missing")" "" "messages that the program does not have"
}

@test "manual: every file of a run directory is described, and no other" {
	holdfast start --quiet files -- sleep 1000
	same "$(section FILES |
	    sed -n 's/^\.It Pa \([a-z][a-z]*\)$/\1/p' | sort)" \
	    "$(find "$HOLDFAST_RUN_DIR/files" -mindepth 1 -printf '%f\n' |
	    sort)"
}

@test "manual: mandoc finds nothing wrong with it" {
	command -v mandoc >/dev/null || skip "needs mandoc"
	# Which other manuals are installed is this machine's affair.
	run bash -c 'mandoc -Tlint -Wstyle "$1" 2>&1 |
	    grep -vE "mandoc\.db|referenced manual not found"' bash "$manual"
	[ -z "$output" ]
}

# example N: the commands of the N-th example.
example() {
	section EXAMPLES | awk -v n="$1" '
		/^\.Bd / { count++; next }
		/^\.Ed/ { next }
		count == n && sub(/^\$ /, "") { gsub(/\\e/, "\\"); print }'
}

runs() {
	local commands
	commands=$(example "$1")
	[ -n "$commands" ]
	run -0 bash -euc "$commands"
	run -3 holdfast status --quiet "$2"
}

@test "manual: there are as many examples as tests of them" {
	[ "$(section EXAMPLES | grep -c '^\.Bd ')" -eq 6 ]
}

@test "manual: the first example runs: start, status, stop" { runs 1 clock; }

@test "manual: the second example runs: settle, restart, list" { runs 2 sleeper; }

@test "manual: the third example runs: a stop schedule" { runs 3 db; }

@test "manual: the fourth example runs: limits and environment" { runs 4 job; }

@test "manual: the fifth example runs: a unit file" { runs 5 nap; }

@test "manual: the sixth example runs: a server in a script" { runs 6 server; }

# --- contrib ----------------------------------------------------------------

# complete WORD...: what bash offers for the last of them.
complete_words() {
	bash -c '. "$0"; COMP_WORDS=("$@"); COMP_CWORD=$(($# - 1)); _holdfast
	    printf "%s\n" "${COMPREPLY[@]}"' \
	    "$root/contrib/bash-completion/holdfast" "$@" 2>/dev/null
}

@test "manual: start-stop-daemon's has the options that its help has" {
	is "$(sed -n 's/^\.It Fl //p' "$root/doc/start-stop-daemon.8" |
		grep -oE -e '-[a-z][a-z-]+' | sed 's/^-/--/' | sort -u)" \
		"$(holdfast start-stop-daemon --help |
		grep -oE -e '^ .*' | grep -oE -e '(^|[ ,])--[a-z][a-z-]+' |
		tr -d ' ,' | sort -u)"
}

@test "manual: the examples of start-stop-daemon's run" {
	local n commands
	manual=$root/doc/start-stop-daemon.8
	for n in 1 2 3 4 5 6; do
		commands=$(example "$n")
		[ -n "$commands" ]
		run -0 bash -euc "$commands" 3>&-
	done
	is "$(example 7)" ""
}

@test "completion: the first word is a command" {
	[ "$(complete_words holdfast try)" = try-restart ]
}

@test "completion: options are those of the command" {
	[ "$(complete_words holdfast start --no-k)" = --no-keeper ]
	[ -z "$(complete_words holdfast stop --no-k)" ]
}

@test "completion: an option that takes a value ends in an equals sign" {
	[ "$(complete_words holdfast start --kill)" = --kill-mode= ]
}

@test "completion: values of an option are offered" {
	[ "$(complete_words holdfast start --restart = on-f)" = on-failure ]
}

@test "completion: names of services are offered" {
	holdfast start --quiet longname -- sleep 1000
	[ "$(complete_words holdfast stop lon)" = longname ]
}

@test "completion: after -- a command is completed" {
	# Once for each directory of PATH that has it.
	[ "$(complete_words holdfast start x -- mktem | sort -u)" = mktemp ]
}

# The example, with a PATH that finds the program that was built.
script() {
	sed "s|^PATH=|PATH=$T/bin:|" \
	    "$root/contrib/init.d/example" >"$T/example"
	run -"$1" sh "$T/example" "$2"
}

@test "init script: start, status, restart and stop exit as LSB says" {
	script 3 status
	script 0 start
	script 0 start
	script 0 status
	script 0 restart
	script 0 status
	script 0 try-restart
	script 0 stop
	script 3 status
	script 0 stop
	script 0 try-restart
	script 3 status
}

@test "init script: restart of what does not run starts it" {
	script 0 restart
	script 0 status
}

@test "init script: reload and force-reload of what does not run are 7" {
	script 7 reload
	script 7 force-reload
}

@test "init script: an unknown action is 2" {
	script 2 dance
}
