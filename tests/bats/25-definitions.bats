#!/usr/bin/env bats
# Services by their unit files: which file it is, what its drop-ins, specifiers
# and variables make of it, and what is passed over.
#
# shellcheck disable=SC2016,SC2154 # the dollars are the units', bats sets stderr

load helpers

setup() {
	holdfast_setup
	mkdir -p "$T/definitions" "$T/near"
	far=$T/definitions
	near=$T/near
	export HOLDFAST_DEFINITION_DIR=$near:$far
}

# unit FILE LINE...: a unit file whose [Service] has these lines.
unit() {
	local file=$1

	shift
	mkdir -p "$(dirname "$file")"
	printf '%s\n' '[Service]' "$@" >"$file"
}

# says NAME WHAT: start NAME, which writes its words to its log, and stop it.
says() {
	hf start "$1"
	wait_until 5 has_lines "$HOLDFAST_LOG_DIR/$1.log" 1
	hf stop "$1"
	is "$(tail -n 1 "$HOLDFAST_LOG_DIR/$1.log")" "$2" "what $1 says"
	rm "$HOLDFAST_LOG_DIR/$1.log"
}

# A service that says its arguments.
echoing='/bin/bash -c "echo \"$$*\"; exec sleep 1000" -'

@test "a service is started by its unit file, with and without its suffix" {
	unit "$far/web.service" "ExecStart=$echoing far"
	says web far
	hf start web.service
	match "$output" '^web: running'
	hf status web
	hf stop web.service
	hf 3 status web
}

@test "the nearest of several unit files is taken, whole" {
	unit "$far/web.service" "ExecStart=$echoing far" Environment=X=1
	unit "$near/web.service" "ExecStart=$echoing near"
	says web near
	hf show web
	no_match "$output" 'X=1'
}

@test "a unit file comes before what the last start was given" {
	hf start web -- sleep 1000
	hf stop web
	unit "$far/web.service" "ExecStart=$echoing file"
	says web file
}

@test "a command that is given comes before a unit file" {
	unit "$far/web.service" "ExecStart=/bin/false"
	hf start web -- sleep 1000
	hf show web
	match "$output" 'sleep 1000'
	hf stop web
}

@test "what runs is shown as it was started, else as it would be" {
	unit "$far/web.service" 'ExecStart=/bin/sleep 1000' Environment=X=1
	hf start web
	unit "$far/web.service" 'ExecStart=/bin/sleep 1000' Environment=X=2
	hf show web
	match "$output" 'X=1'
	hf stop web
	hf show web
	match "$output" 'X=2'
}

@test "what is shown of a unit file is one that says the same" {
	unit "$far/web.service" 'ExecStart=-@/bin/sleep %p "a b" $$X $Y ${Z}' \
		'Environment="Y=1 2" Z=%%' PrivateTmp=yes UMask=077
	hf show web
	printf '%s\n' "$output" >"$T/first"
	cp "$T/first" "$far/other.service"
	hf show other
	printf '%s\n' "$output" >"$T/second"
	run -0 diff "$T/first" "$T/second"
}

@test "drop-ins apply by their names, the nearest of a name only" {
	unit "$far/web.service" "ExecStart=$echoing \$A \$B \$C \$D \$E" \
		'Environment=A=0 B=0 C=0 D=0 E=0'
	unit "$far/web.service.d/10-a.conf" 'Environment=A=10 B=10 C=10'
	unit "$near/web.service.d/20-b.conf" 'Environment=B=20 C=20'
	unit "$far/web.service.d/20-b.conf" 'Environment=B=far D=far'
	unit "$far/service.d/15-c.conf" 'Environment=C=15 E=15'
	says web '10 20 20 0 15'
}

@test "drop-ins of a template, of an instance and of a prefix apply to it" {
	unit "$far/a-b@.service" "ExecStart=$echoing \$A \$B \$C" \
		'Environment=A=0 B=0 C=0'
	unit "$far/a-b@.service.d/1.conf" 'Environment=A=1'
	unit "$far/a-b@x.service.d/2.conf" 'Environment=B=2'
	unit "$far/a-.service.d/3.conf" 'Environment=C=3'
	says a-b@x '1 2 3'
	says a-b@y '1 0 3'
}

@test "a drop-in can take a command back and give another one" {
	unit "$far/web.service" 'ExecStart=/bin/false'
	unit "$near/web.service.d/x.conf" 'ExecStart=' "ExecStart=$echoing other"
	says web other
}

@test "a drop-in that is masked is none, and hides what has its name" {
	unit "$far/web.service" "ExecStart=$echoing \$A" 'Environment=A=0'
	unit "$far/web.service.d/a.conf" 'Environment=A=1'
	mkdir -p "$near/web.service.d"
	ln -s /dev/null "$near/web.service.d/a.conf"
	says web 0
}

@test "a masked service is not started: 6" {
	unit "$far/web.service" 'ExecStart=/bin/sleep 1000'
	ln -s /dev/null "$near/web.service"
	hf 6 start web
	match "$stderr" "^holdfast: web: it is masked, by $near/web.service\$"
	rm "$near/web.service"
	: >"$near/web.service"
	hf 6 start web
	match "$stderr" 'it is masked'
}

@test "an instance is started by its template, unless it has a file itself" {
	unit "$far/web@.service" "ExecStart=$echoing %i %p"
	unit "$far/web@b.service" "ExecStart=$echoing own"
	says web@a 'a web'
	says web@b own
}

@test "a link to another unit file is an alias of that service" {
	unit "$far/web.service" 'ExecStart=/bin/sleep 1000'
	ln -s "$far/web.service" "$near/www.service"
	hf start www
	match "$output" '^web: running'
	hf start www
	match "$output" '^web: already running'
	hf status www
	hf restart www
	hf stop www
	hf 3 status web
	[ ! -e "$HOLDFAST_RUN_DIR/www" ]
}

@test "an alias of a template takes the instance along" {
	unit "$far/web@.service" "ExecStart=$echoing %i"
	ln -s web@.service "$far/www@.service"
	hf start www@x
	match "$output" '^web@x: running'
	hf stop www@x
}

@test "aliases in a circle are said, and nothing hangs: 6" {
	ln -s b.service "$far/a.service"
	ln -s a.service "$far/b.service"
	hf 6 start a
	match "$stderr" '^holdfast: [ab]: cannot follow alias .*: Too many'
}

@test "a unit file is a service by its path, in either order" {
	unit "$T/own/web.service" 'ExecStart=/bin/sleep 1000'
	unit "$near/web.service.d/x.conf" 'Environment=X=1'
	cd "$T/own"
	hf start ./web.service
	match "$output" '^web: running'
	hf ./web.service status
	hf "$T/own/web.service" restart
	hf show web
	match "$output" 'X=1'
	hf ./web.service stop
	hf 3 ./web.service status
	hf 2 ./web.service
	match "$stderr" 'expected a command after it'
	hf 2 ./web.service nonsense
	hf 2 start ./web.service -- sleep 1000
	hf 6 start ./none.service
	match "$stderr" '^holdfast: ./none.service: no definition: No such file'
	cp web.service web@.service
	hf 2 start ./web@.service
	match "$stderr" 'expected the name of an instance'
}

@test "an executable unit file is a script that starts and stops its service" {
	mkdir "$T/own"
	printf '%s\n' "#!$(command -v "$HOLDFAST")" '[Service]' \
		'ExecStart=/bin/sleep 1000' >"$T/own/web"
	chmod 755 "$T/own/web"
	run -0 "$T/own/web" start 3>&-
	match "$output" '^web: running'
	run -0 "$T/own/web" status 3>&-
	run -0 "$T/own/web" stop 3>&-
	run -3 "$T/own/web" status 3>&-
}

@test "variables are replaced at the start, by what the files have then" {
	unit "$far/web.service" "EnvironmentFile=-$T/env" \
		"ExecStart=$echoing \$LIST \${LIST} \$\$LIST x\$LIST"
	echo "LIST='a  \"b c\"'" >"$T/env"
	says web 'a b c a  "b c" $LIST x$LIST'
	echo "LIST=" >"$T/env"
	says web ' $LIST x$LIST'
}

@test "a variable that is not set is said" {
	unit "$far/web.service" "ExecStart=$echoing \$NOT_SET end"
	hf start web
	match "$stderr" '^holdfast: web: NOT_SET is not set'
	hf stop web
}

@test "what the service does not get is said once, at its start" {
	unit "$far/web.service" 'ExecStart=/bin/sleep 1000' PrivateTmp=yes \
		PrivateDevices=no ProtectSystem=full ProtectSystem=strict \
		ReadWritePaths=/x
	hf start web
	is "$stderr" "holdfast: web: runs without: PrivateTmp ProtectSystem ReadWritePaths"
	hf start web
	is "$stderr" ""
	hf stop web
}

@test "a program without a path is looked for where systemd does" {
	unit "$far/web.service" 'ExecStart=sleep 1000' Environment=PATH=/nowhere
	hf start web
	hf show web
	match "$output" 'ExecStart=/.*/sleep 1000'
	hf stop web
	unit "$far/web.service" 'ExecStart=no-such-program'
	hf 5 start web
	match "$stderr" 'cannot execute no-such-program: not found in PATH'
}

@test "the - before a program makes its failure a success" {
	unit "$far/web.service" "ExecStart=-/bin/bash -c 'exit 3'" \
		X-HoldfastReady=exec Restart=on-failure
	hf start web
	wait_until 5 field_is web ActiveState inactive
	is "$(field web Result)" success
	is "$(field web ExecMainStatus)" 3
}

@test "the + and the ! before a program leave it its user" {
	requires root
	for prefix in + !; do
		unit "$far/web.service" User=nobody \
			"ExecStart=$prefix/bin/bash -c 'id -u; exec sleep 1000'"
		says web 0
	done
	unit "$far/web.service" User=nobody \
		"ExecStart=/bin/bash -c 'id -u; exec sleep 1000'"
	says web "$(id -u nobody)"
}

@test "what is wrong is said with file and line, and nothing is started: 6" {
	unit "$far/web.service" 'ExecStart=/bin/sleep 1000'
	unit "$near/web.service.d/x.conf" 'UMask=9'
	hf 6 start web
	match "$stderr" "^holdfast: web: $near/web.service.d/x.conf:2: UMask: '9'"
	nothing_left web
}

@test "verify says all that is wrong, with its lines, and exits with 6" {
	printf '%s\n' '[Unit]' 'After=x' 'Colour=red' '[Service]' 'UMask=9' \
		'ExecStart=/bin/sleep 1000' 'PrivateTmp=yes' 'PrivateTmp=no' \
		'nonsense' '[Other]' 'x=y' >"$far/web.service"
	unit "$near/web.service.d/x.conf" 'Nice=50' 'ProtectSystem=full'
	hf 6 verify web
	is "$output" "$far/web.service:3: Colour: 'red': unknown directive
$far/web.service:5: UMask: '9': expected an octal mode from 0 to 777
$far/web.service:7: PrivateTmp: 'yes': is not applied
$far/web.service:9: line: 'nonsense': expected KEY=VALUE or [SECTION]
$far/web.service:10: section: 'Other': expected Unit, Service or Install
$near/web.service.d/x.conf:2: Nice: '50': expected a number from -20 to 19
$near/web.service.d/x.conf:3: ProtectSystem: 'full': is not applied"
	is "$stderr" ""
	nothing_left web
}

@test "verify of what is right is silent but for what is not applied: 0" {
	unit "$far/web.service" 'ExecStart=/bin/sleep 1000' PrivateTmp=yes
	hf verify web "$far/web.service"
	is "$(wc -l <<<"$output")" 2
	hf verify --quiet web
	is "$output" ""
}

@test "verify of the whole: a command must be there, and nothing contradict" {
	unit "$far/web.service" UMask=077
	hf 6 verify web
	is "$output" "$far/web.service: expected a command (ExecStart=)"
	unit "$far/web.service" 'ExecStart=/bin/true' X-HoldfastKeeper=no \
		Restart=always
	hf 6 verify "$far/web.service"
	match "$output" 'contradict each other'
	hf 6 verify none
	match "$stderr" '^holdfast: none: not known'
	ln -s /dev/null "$far/masked.service"
	hf 6 verify masked
	hf 2 verify
}
