# Clients of services: what daemon.sh, and tests/packages/unit.sh, ask with.
#
# shellcheck shell=bash

# Every client is asked again and again until it succeeds; none may wait long.

# speak PROTOCOL PORT REQUEST ANSWER: the answer to REQUEST begins with ANSWER;
# both may have the escapes of printf's %b.
speak()
{
	local want got

	want=$(printf '%b' "$4" | od -An -v -tx1 | tr -d ' \n')
	# shellcheck disable=SC2016 # the inner bash expands it
	got=$(timeout 2 bash -c '
		exec 3<>"/dev/$1/127.0.0.1/$2" || exit
		printf %b "$3" >&3
		od -An -v -tx1 -N "$4" <&3' \
	    - "$1" "$2" "$3" "$((${#want} / 2))" 2>/dev/null | tr -d ' \n')
	[ "$got" = "$want" ]
}

# http PORT [STATUS [PATH]]: the page comes with that status.
http()
{
	local request="GET ${3:-/} HTTP/1.1\r\nHost: localhost\r\n"

	speak tcp "$1" "${request}Connection: close\r\n\r\n" \
	    "HTTP/1.1 ${2:-200}"
}

# A question for the address of localhost; any answer to it will do, and it is
# known by its number.
dns()
{
	speak udp "${1:-53}" \
	    '\x12\x34\x01\0\0\x01\0\0\0\0\0\0\x09localhost\0\0\x01\0\x01' \
	    '\x12\x34'
}

# connects PORT: for those who say nothing unless they are asked in their own
# tongue.
connects()
{
	# shellcheck disable=SC2016 # the inner bash expands it
	timeout 2 bash -c ': <>"/dev/tcp/127.0.0.1/$1"' - "$1" 2>/dev/null
}

# says PATTERN COMMAND...: what COMMAND says has the (extended) pattern in it.
says()
{
	timeout 5 "${@:2}" 2>&1 | grep -qE -e "$1"
}

# runs NAME: for those who serve nobody.
runs()
{
	pidof -c "$1" >/dev/null
}

tftp_get()
{
	rm -f /tmp/got
	(cd /tmp && timeout 2 busybox tftp -g -r hello -l got 127.0.0.1 69) \
	    >/dev/null 2>&1
	[ "$(cat /tmp/got 2>/dev/null)" = hello ]
}
