#!/usr/bin/env bats
# The repository itself: what holds together is checked, not believed.  Every
# check is a function of a tree, so that it is also run on a tree in which it
# must find something.  Needs no built program.
#
# shellcheck disable=SC2016 # the backquotes are Markdown's

bats_require_minimum_version 1.7.0

setup() {
	root=$(cd "$BATS_TEST_DIRNAME/../.." && pwd)
	bad=$BATS_TEST_TMPDIR/bad
}

# --- the checks: silent when all is well ------------------------------------

# floors ROOT: "NUMBER FOLDER-OR-FILE" a line, from the table in HACKING.md.
floors() {
	sed -n 's/^| *\([0-9][0-9]*\) *| *`\(src\/[^`]*\)`.*/\1 \2/p' \
	    "$1/HACKING.md"
}

# includes ROOT: "FILE HEADER" a line, of every #include "..." below src.
includes() {
	(cd "$1" && find src -name '*.[ch]' | sort | while read -r file; do
		sed -n 's/^[[:space:]]*#[[:space:]]*include[[:space:]]*"\(.*\)".*/\1/p' "$file" |
		    while read -r header; do
			[ "$header" = config.h ] || echo "$file src/$header"
		done
	done)
}

# A file includes what is on lower floors, or in its own folder.
layer_violations() {
	{ floors "$1"; echo --; includes "$1"; } | awk '
		$1 == "--" { in_files = 1; next }
		!in_files { floor[$2] = $1; next }
		function part(file,   p) {
			# the longest entry of the table that covers the file
			if (file in floor)
				return file
			p = file
			while (sub("/[^/]*$", "", p))
				if ((p "/") in floor)
					return p "/"
			if (sub("[.]h$", ".c", file) && file in floor)
				return file
			return ""
		}
		{
			a = part($1); b = part($2)
			if (a == "")
				print $1 ": is on no floor of the table"
			else if (b == "")
				print $1 ": " $2 " is on no floor of the table"
			else if (a != b && floor[b] + 0 <= floor[a] + 0)
				print $1 ": includes " $2 ", which is not below it"
		}'
}

# rounds: of the "A B" lines on standard input, those that are on a way round.
# Takes away, again and again, what leads to nothing that is left, and what
# nothing that is left leads to.
rounds() {
	awk '
		$1 != $2 { from[++n] = $1; to[n] = $2 }
		END {
			do {
				split("", goes)
				split("", comes)
				for (i = 1; i <= n; i++)
					if (from[i] != "") {
						goes[from[i]] = 1
						comes[to[i]] = 1
					}
				again = 0
				for (i = 1; i <= n; i++)
					if (from[i] != "" && !(to[i] in goes &&
					    from[i] in comes)) {
						from[i] = ""
						again = 1
					}
			} while (again)
			for (i = 1; i <= n; i++)
				if (from[i] != "")
					print from[i] " and " to[i] \
					    ": in a circle"
		}'
}

# No circle, neither of headers nor of modules: a module is a .c file with its
# header.  A folder's private.h belongs to all its files and is none.
circles() {
	includes "$1" | grep '\.h src' | rounds
	includes "$1" | grep -v '/private\.h src/' |
	    sed 's/\.[ch] / /; s/\.h$//' | rounds
}

long_files() {
	find "$1/src" -name '*.[ch]' -exec awk '
		FNR > 500 { print FILENAME ": over 500 lines"; exit }' {} \;
}

# A function is what stands between { and } in the first column.
long_functions() {
	find "$1/src" -name '*.c' -exec awk '
		/^[{]/ { start = FNR }
		/^[}]/ && start {
			if (FNR - start - 1 > 80)
				print FILENAME ":" start ": a function of " \
				    FNR - start - 1 " lines"
			start = 0
		}' {} +
}

# code FILE...: "FILE:LINE:text", without comments and string literals.
code() {
	awk '
		FNR == 1 { inside = 0 }
		{
			line = $0
			gsub(/\\./, "", line)
			gsub(/"[^"]*"/, "\"\"", line)
			out = ""
			while (line != "") {
				if (inside) {
					i = index(line, "*/")
					if (i == 0) { line = ""; break }
					line = substr(line, i + 2)
					inside = 0
				} else {
					i = index(line, "/*")
					if (i == 0) { out = out line; break }
					out = out substr(line, 1, i - 1)
					line = substr(line, i + 2)
					inside = 1
				}
			}
			print FILENAME ":" FNR ":" out
		}' "$@"
}

banned_functions() {
	local files
	mapfile -t files < <(find "$1/src" -name '*.[ch]')
	code "${files[@]}" | grep -E \
	    '[^A-Za-z0-9_](strcpy|strcat|sprintf|vsprintf|atoi|gets|system|popen|signal)[[:space:]]*\(' || true
}

# What two libcs answer differently: message_strerror() and value.c say it in
# one way.
libc_dependent() {
	local files
	mapfile -t files < <(find "$1/src" -name '*.[ch]' ! -path '*/message.c')
	code "${files[@]}" | grep -E \
	    '[^A-Za-z0-9_](strerror[[:space:]]*\(|perror|sigabbrev_np|strsignal|SIGRTMIN|SIGRTMAX)' |
	    grep -v '"SIGRTMIN' || true
}

pidfile_users() {
	grep -rlE '#[[:space:]]*include[[:space:]]*[<"](bsd/)?libutil\.h' \
	    --include='*.[ch]' "$1/src" | grep -v '/src/state/hold\.c$' || true
}

# Every C file begins with its comment, and every .c with config.h and its own
# header.
bad_beginnings() {
	(cd "$1" && find src -name '*.[ch]' | sort | while read -r file; do
		[ "$(head -c 2 "$file")" = "/*" ] ||
		    echo "$file: does not begin with a comment"
		case $file in
		src/main.c) ;;
		*.c)
			[ "$(grep -m 1 '^#include' "$file")" = \
			    '#include "config.h"' ] ||
			    echo "$file: config.h is not its first include"
			own=${file#src/}
			own=${own%.c}.h
			[ ! -e "src/$own" ] || [ "$(grep '^#include' "$file" |
			    sed -n 2p)" = "#include \"$own\"" ] ||
			    echo "$file: $own is not its second include" ;;
		esac
	done)
}

# texts ROOT: the files that somebody wrote, also where it was built in place.
texts() {
	local name
	for name in bootstrap configure.ac Makefile.am README.md NEWS.md \
	    HACKING.md COPYING .editorconfig .ci src tests doc contrib; do
		[ ! -e "$1/$name" ] || find "$1/$name" -type f \
		    ! -name '*.log' ! -name '*.trs' ! -path '*/.deps/*' \
		    ! -name .dirstamp -exec grep -lI '' {} +
	done
}

# grep_texts ROOT REGEX: "FILE:LINE:text" of each text that has it.
grep_texts() {
	local files
	mapfile -t files < <(texts "$1")
	grep -nIHE -e "$2" -- "${files[@]}" || true
}

postponed() { grep_texts "$1" '\b(TO''DO|FIX''ME|XX''X)\b'; }
trailing_space() { grep_texts "$1" '[[:blank:]]$'; }
machine_paths() { grep_texts "$1" '/(wor''k|hom''e|Use''rs|mn''t)/[A-Za-z0-9_]'; }

no_last_newline() {
	local file
	texts "$1" | while read -r file; do
		[ -z "$(tail -c 1 "$file" | tr -d '\n')" ] ||
		    echo "$file: no newline at its end"
	done
}

# too_long ROOT: documents over their budget.
too_long() {
	local file budget
	while read -r file budget; do
		[ "$(wc -l <"$1/$file")" -le "$budget" ] ||
		    echo "$file: over $budget lines"
	done <<-END
		README.md 120
		HACKING.md 150
	END
}

# undistributed ROOT: files of ours that Makefile.am does not name.
undistributed() {
	local file
	texts "$1" | sed "s|^$1/||" | while read -r file; do
		case $file in
		src/* | tests/* | doc/* | contrib/*)
			grep -qE "(^|[[:space:]])${file//./\\.}([[:space:]]|$)" \
			    "$1/Makefile.am" ||
			    echo "$file: not in Makefile.am" ;;
		esac
	done
}

# committed ROOT: what git has there, with "TAB" before what is no text.
committed() {
	(cd "$1" && git ls-files --eol | sed -E \
	    's|^i/-text .*\t|\t|; s|^i/.*\t||')
}

# strays ROOT: what was committed and is not to be there.
strays() {
	committed "$1" | grep -vE '^(src|tests|doc|contrib|\.ci)/|'\
'^(configure\.ac|Makefile\.am|bootstrap|README\.md|NEWS\.md|HACKING\.md|'\
'COPYING|\.gitignore|\.editorconfig)$' || true
}

# --- how a test says what it found ------------------------------------------

finds_nothing() {
	local found
	found=$("$1" "$root")
	if [ -n "$found" ]; then
		printf '%s\n' "$found"
		return 1
	fi
}

finds() {
	local found
	found=$("$1" "$bad")
	if [[ $found != *$2* ]]; then
		printf 'expected it to find "%s"; it found "%s"\n' "$2" "$found"
		return 1
	fi
}

is_exactly() {
	[ "$1" = "$2" ] || {
		printf 'expected "%s", got "%s"\n' "$2" "$1"
		return 1
	}
}

# plant FILE LINE...: a file of the bad tree.
plant() {
	local file=$bad/$1
	shift
	mkdir -p "$(dirname "$file")"
	printf '%s\n' "$@" >"$file"
}

plant_floors() {
	plant HACKING.md '| 1 | `src/main.c` | |' '| 2 | `src/high/` | |' \
	    '| 2 | `src/beside/` | |' '| 3 | `src/low/` | |'
}

# --- layers -----------------------------------------------------------------

@test "layers: the table in HACKING.md names every folder of src" {
	[ "$(floors "$root" | wc -l)" -ge 7 ]
	for folder in "$root"/src/*/; do
		floors "$root" | grep -qx "[0-9]* src/$(basename "$folder")/"
	done
}

@test "layers: every file includes only what stands below it, or its own folder" {
	[ "$(includes "$root" | wc -l)" -gt 20 ]
	finds_nothing layer_violations
}

@test "layers: an arrow upwards is found" {
	plant_floors
	plant src/low/a.c '#include "high/b.h"'
	finds layer_violations "src/low/a.c: includes src/high/b.h"
}

@test "layers: an arrow sideways is found" {
	plant_floors
	plant src/high/a.c '#include "beside/b.h"'
	finds layer_violations "src/high/a.c: includes src/beside/b.h"
}

@test "layers: a file on no floor is found" {
	plant_floors
	plant src/util/a.c '#include "low/b.h"'
	finds layer_violations "src/util/a.c: is on no floor"
}

@test "layers: no two files include each other, however far round" {
	finds_nothing circles
}

@test "layers: a circle within one folder is found" {
	plant src/low/a.h '#include "low/b.h"'
	plant src/low/b.h '#include "low/c.h"'
	plant src/low/c.c '#include "low/a.h"'
	finds circles "src/low/a and src/low/b"
}

@test "layers: a circle of two modules is found, through a private header too" {
	plant src/low/a.c '#include "low/b.h"'
	plant src/low/b.c '#include "low/a.h"'
	finds circles "src/low/a and src/low/b"
	plant src/low/b.c '/* b */'
	plant src/low/a.c '/* a */'
	plant src/low/private.h '#include "low/a.h"'
	plant src/low/a.h '#include "low/private.h"'
	finds circles "src/low/private.h and src/low/a.h"
}

@test "layers: only state/hold.c knows libbsd's pidfile" {
	grep -q 'libutil\.h' "$root/src/state/hold.c"
	finds_nothing pidfile_users
}

@test "layers: a second user of libbsd's pidfile is found" {
	plant src/high/a.c '#include <bsd/libutil.h>'
	finds pidfile_users "src/high/a.c"
}

# --- style ------------------------------------------------------------------

@test "style: no source file is over 500 lines" {
	finds_nothing long_files
}

@test "style: a file of 501 lines is found" {
	mapfile -t lines < <(seq 501)
	plant src/low/a.c "${lines[@]}"
	finds long_files "src/low/a.c: over 500"
}

@test "style: no function is over 80 lines" {
	finds_nothing long_functions
}

@test "style: a function of 81 lines is found" {
	mapfile -t lines < <(seq 81)
	plant src/low/a.c 'int' 'f(void)' '{' "${lines[@]}" '}'
	finds long_functions "a.c:3: a function of 81 lines"
}

@test "style: no function that cannot be used safely is called" {
	finds_nothing banned_functions
}

@test "style: a call of a banned function is found" {
	plant src/low/a.c '/* sprintf(a) is fine here' ' */ n = atoi(text);'
	finds banned_functions "a.c:2:"
	[[ $(banned_functions "$bad") != *a.c:1:* ]]
}

@test "style: what depends on the libc is asked in one place" {
	finds_nothing libc_dependent
}

@test "style: a use of what depends on the libc is found" {
	plant src/low/a.c 'text = strerror(errno);' 'n = SIGRTMIN + 3;'
	finds libc_dependent "a.c:1:"
	finds libc_dependent "a.c:2:"
}

@test "style: every file begins with its comment, config.h and its own header" {
	finds_nothing bad_beginnings
}

@test "style: a file whose own header comes late is found" {
	plant src/low/a.h '/* a */'
	plant src/low/a.c '/* a */' '#include "config.h"' '#include <stdio.h>' \
	    '#include "low/a.h"'
	finds bad_beginnings "low/a.h is not its second include"
}

@test "style: nothing is marked as to be done later" {
	finds_nothing postponed
}

@test "style: a mark of something to be done later is found" {
	plant src/low/a.c "/* TO""DO: all of it */"
	finds postponed "src/low/a.c:1:"
}

@test "style: no line ends in a blank" {
	finds_nothing trailing_space
}

@test "style: a blank at the end of a line is found" {
	plant doc/a.md 'so '
	finds trailing_space "doc/a.md:1:"
}

@test "style: every file ends with a newline" {
	finds_nothing no_last_newline
}

@test "style: no path of one machine is in the tree" {
	finds_nothing machine_paths
}

@test "style: a path of one machine is found" {
	plant tests/a.bash "cd /ho""me/somebody"
	finds machine_paths "tests/a.bash:1:"
}

@test "tree: nothing was committed that is no text, or has no place" {
	[ -e "$root/.git" ] || skip "not where git has it"
	finds_nothing strays
}

@test "tree: a stray file, and one that is no text, are found" {
	command -v git >/dev/null || skip "needs git"
	plant stray.txt 'a'
	plant doc/a.md 'a'
	printf 'a\0b\n' >"$bad/doc/data"
	git -C "$bad" init -q
	git -C "$bad" add -A
	is_exactly "$(strays "$bad" | sort)" "$(printf '\tdoc/data\nstray.txt')"
}

@test "documents: README.md and HACKING.md stay within their length" {
	finds_nothing too_long
}

@test "distribution: Makefile.am names every file that was written" {
	finds_nothing undistributed
}

@test "distribution: a file that Makefile.am does not name is found" {
	plant Makefile.am 'EXTRA_DIST = src/low/b.c'
	plant src/low/b.c '/* b */'
	plant src/low/a.c '/* a */'
	finds undistributed "src/low/a.c: not in Makefile.am"
	[[ $(undistributed "$bad") != *b.c* ]]
}
