# What is given to both: each function adds to inputs[].  The values are those
# at which readers of text differ: where a number ends, what may stand between
# two parts, the largest and one more, nothing at all.
# shellcheck shell=bash
# shellcheck disable=SC1003,SC2016 # in single quotes all stands for itself
# shellcheck disable=SC2054 # a comma is one of the values

add() { inputs+=("$@"); }

# repeat COUNT TEXT: into $repeated.
repeat() {
	printf -v repeated '%*s' "$1" ''
	repeated=${repeated// /$2}
}

# --- times ------------------------------------------------------------------

add_spans() {
	local unit number
	local units=(us usec µs μs ms msec s sec second seconds m min
	    minute minutes h hr hour hours d day days w week weeks M month
	    months y year years)

	inputs=()
	for unit in "${units[@]}"; do
		add "1$unit" "2 $unit" "1.5$unit" "0.3 $unit" "3$unit 4" \
		    "1$unit 1$unit" "7${unit}7"
		# A refusal costs a process.
		case $unit in us | µs | m | M | sec | months)
			add "$unit" "1${unit}x" ;;
		esac
		# The largest of it, and one more.
		for number in 18446744073709551614 9223372036854775807 \
		    5124095576030431 307445734561825 5124095576030 \
		    18446744073709 213503982334 30500568904 7014504553 \
		    584542046 584541 1001 1000 146000; do
			case $unit in us | ms | s | min | h | d | w | M | y)
				add "$number$unit" ;;
			esac
		done
	done
	for unit in S Sec SEC MS Ms US H Hour D W Y Min mins hrs secs mo ns \
	    usecs msecs u n sss ss mm 'm s' k K e E x % ',' ';' '/' '\' '"' \
	    '-' '+' '_' '.'; do
		add "5$unit"
	done
	add 0 00 000005 5 1 59 60 61 3600 86400 999999999 18446744073708 \
	    18446744073709 18446744073710 99999999999999999999 0s 0us 0y \
	    1.5 .5 1. . .. 1..5 1.2.3 1.2s.3 '1.2 .3' 12.34.56 5s.5 .5.5 \
	    '.5 .5' .5s.5s 0.0000001 0.000001 0.0000019 1.9999999us \
	    0.999999999999999999999s 0.1234567890123 1.0 0.0 .0 0.5us 1.5ms \
	    '1. 5' 1.s 1.-5 1.+5 0.-0 1,5 1e3 1E3 0x10 0b11 0o17 1_000 '1 000' \
	    -1 -0 --1 -.5 -infinity '- 1' '5 -1' 5-1 '5s -1s' +1 ++1 +-1 +.5 \
	    '+ 1' +0 5+5 '5 +5' 5s+5s 5s++5s +infinity '' ' ' $'\t' $'\n' \
	    ' 5' '5 ' '  5  s  ' $'\t5\t' $'5\n' $'\n5' $'\r5\r' $'5\rs' \
	    $'5\v' $'5\f' '5s 5' '5 s s' '5 5' '5 5 5 5' '1h 2min 3s 4ms 5us' \
	    1h2min3s4ms5us '1us 2ms 3s 4min 5h 6d 7w 8M 9y' \
	    9y8M7w6d5h4min3s2ms1us '2 h' '2hours' '48hr' '1y 12month' \
	    '55s500ms' '300ms20s 5day' '1min30' '90 min' '1h -30min' 's5' \
	    's 5' 'a' 'five' '5 five' '5five' 'infinit' 'infinity' ' infinity' \
	    'infinity ' ' infinity ' 'infinitys' 'infinity s' 'infinity 5' \
	    '5 infinity' '5s infinity' 'Infinity' 'INFINITY' 'inf' '∞' \
	    'infinityinfinity' 'never' 'now' 'today' '5s ago' 'in 5s' '5µ' \
	    $'5\302s' $'5\265s' $'5\377' '١s' '５s' '5 µs' '1000y' '1000y 1us' \
	    '999y 365d' '584541y 11M' '584542y' '292471y' '292472y' '1000000y' \
	    '500000y 500000y' '584541y 584541y' \
	    '18446744073709551615us' '18446744073709551616us' \
	    '9223372036854775808us' '9223372036854775807us 9223372036854775807us' \
	    '9223372036854775807us 9223372036854775807us 1us'
	repeat 40 0
	add "${repeated}5" "0.${repeated}5"
	repeat 100 '1s '
	add "$repeated"
	repeat 400 9
	add "$repeated" "0.$repeated"
}

# --- names ------------------------------------------------------------------

# add_bytes PREFIX SUFFIX: each byte, between these.
add_bytes() {
	local i byte

	for ((i = 1; i < 256; i++)); do
		printf -v byte '\\x%02x' "$i"
		printf -v byte '%b' "$byte"
		add "$1$byte$2"
	done
}

add_texts() {
	repeat 300 x
	add '' ' ' a ab a-b a.b . .. ... .a ..a a. a.. / // /a a/ a/b /a/b -a a- \
	    --a -- '\' '\\' 'a\b' '\x2d' '\x' 'é' '日本' '😀' $'\303' \
	    $'\355\240\200' $'\300\200' $'a\nb' 'a b' '@' 'a@b' '@a' 'a@' ':' _ \
	    'foo@bar.service' "it's" '"' '$HOME' '%i' '100%' 'A=B' '[x]' '*' \
	    'Hallöchen, Meister' '/dev/disk/by-id/usb-1' '~' '#' \
	    "${repeated}"
}

add_escape() {
	local n

	add_bytes '' ''
	add_texts
	for n in 242 243 254 255 256 1000; do
		repeat "$n" a
		add "$repeated"
		repeat "$n" /
		add "$repeated"
	done
}

add_instantiate() {
	local n

	add_bytes a ''
	add_texts
	add bar
	for n in 240 241 242 243 244 245 254 255 256; do
		repeat "$n" a
		add "$repeated"
	done
	for n in 59 60 61 62; do
		repeat "$n" -
		add "$repeated" "a$repeated" "ab$repeated" "abc$repeated"
	done
}

add_escape_path() {
	local n

	add_bytes /a/ b
	add_bytes '' ''
	add_texts
	add /. /./ /./. ./ ./. .//. ./a a/. ./a/. a/./b a/../b /.. /../ /../a ../a \
	    a/.. /a/.. /a/../b ... /... /.../a //a ///a//b/// a//b /a/b/ /.a \
	    /..a /a../b .a/b a/.b /.a/.b .//a '/ ' '/a b' /a./b /-/- /a-b/c '/\' \
	    '/\x2d' '//./' '/.//.' /a/ a/// '/./a' '/.b/' '/@' '/é/ß'
	for n in 254 255 256 257; do
		repeat "$n" a
		add "/$repeated" "$repeated" "/x/$repeated/y" "/./$repeated/"
	done
	for n in 2046 2047 2048; do
		repeat "$n" /a
		add "$repeated" "${repeated#/}" "$repeated/" "${repeated}b" \
		    "${repeated#/}b" "/$repeated"
	done
	repeat 3000 //
	add "$repeated" "${repeated}a"
}

add_escapes() {
	add '\' 'a\' 'a\x' 'a\x2' 'a\x2d' 'a\x2D' 'a\X2d' 'a\x2g' 'a\xg2' 'a\n' \
	    '\\' 'a\\b' '\x5c' '\x5cx2d' '\x00' 'a\x00b' '\x01' '\xff' '\xc3\xa9' \
	    '\x2f' 'a\x2fb' '\x2e' '\x2e\x2e' '\x2e-a' 'a\x2db-c' '\x-d' '\x2-' \
	    '\x 2' '\055' '\u002d' 'a\x2dx' 'a\x2d\x2d' '\xé' 'a\xab' 'a\xAB' \
	    'a\xaB' '\x20' '\x0a' '\x7f'
}

add_unescape() {
	add_bytes '' ''
	add_texts
	add_escapes
}

add_unescape_path() {
	local n

	add_bytes a b
	add_texts
	add_escapes
	add - -- --- -a a- -a- a--b a-b a-b-c .-a a-. a-.-b ..-a a-.. a-..-b ... \
	    a-... ...-a a/b /a a/ '\x2fa' 'a\x2f' 'a\x2f\x2fb' 'a\x2f.\x2fb' \
	    '\x2e\x2e' 'a-\x2e\x2e-b' '\x2e' 'a-\x2e' '\x2ea' '.a' '..a'
	for n in 254 255 256; do
		repeat "$n" a
		add "$repeated" "x-$repeated" "$repeated-x"
	done
	for n in 2046 2047 2048; do
		repeat "$n" a-
		add "${repeated%-}" "${repeated}bc"
	done
}

add_templates() {
	local name suffix n

	for suffix in service socket target device mount automount swap timer \
	    path slice scope snapshot busname Service servic services '' ; do
		add "foo@.$suffix"
	done
	for name in foo foo@bar foo@@ @ a@ .@ ..@ -@ '\@' 'a\x2d@' a.b@ a:b@ a_b@ \
	    'a b@' 'é@' 'a/b@' 'a%@' 'a@b@' '' ' foo@' 'foo@ ' a.service@ 9@ \
	    'a*@' 'a"@' "a'@" 'a@@' 'a,@' 'a~@' 'a+@' 'a=@' 'a#@' $'a\n@'; do
		add "$name.service"
	done
	add foo@ foo . .service service @.service foo@service foo@.service. \
	    foo@.service.service foo@.service@ 'foo@.service '
	for n in 245 246 247 248 255 256; do
		repeat "$n" a
		add "$repeated@.service"
	done
}

add_instance() {
	local name n

	for name in foo@bar foo@ foo @ @bar foo@@ foo@a@b foo@a.b foo@. foo@.. \
	    foo@-a foo@a-b 'foo@\x2d' 'foo@a\x2fb' 'foo@\' 'foo@\x' 'foo@a\xzz' \
	    'foo@a b' 'foo@é' 'foo@a/b' 'foo@%i' foo@: foo@_ foo@1 \
	    'a\x2db@c' -@a .@a 'a b@c' foo@.service foo@service '' foo@a.b.c \
	    'foo@\xc3\xa9' 'foo@\x0a' foo@a. foo..@a; do
		add "$name.service"
	done
	add foo@bar foo@bar. foo@bar.x foo@bar.socket foo@bar.mount \
	    foo@bar.timer foo@bar.service.target foo@bar.Service bar.service \
	    @.service .service ''
	for n in 240 241 242 243 244 245 246 247 248; do
		repeat "$n" a
		add "foo@$repeated.service" "$repeated@b.service"
	done
}

# --- words ------------------------------------------------------------------

# Each word begins with a minus sign: see theirs_words.  Nothing ends in a
# backslash, which is about lines and not about words.
add_words() {
	local c

	add '' '-a' '-a -b' '  -a   -b  ' $'-a\t-b' '"-a b"' "'-a b'" '-"a b"' \
	    "-'a b'c" '-a"b"c' '-"a"'"'b'" '"-a"-b' '-""' "-''" '-a "-" -b' \
	    '"-it'"'"'s"' "'-\"'" '-"' "-'" '"-a' "'-a" '-a "-b' '-"a'"'" \
	    "'-a\\'b'" '"-a\"b"' '-\"' "-\\'" '-\\' '-\s' '-a\sb' '-\n-' \
	    '-\x41' '-\x4' '-\x' '-\xg1' '-\x00' '-\xff' '-\xC3\xA9' '-\xc3\xa9' \
	    '-\101' '-\1' '-\10' '-\18' '-\000' '-\001' '-\377' '-\400' '-\777' \
	    '-\u00e9' '-\u00E9' '-\u20ac' '-\u0041' '-\u0000' '-\u41' '-\u' \
	    '-\ud7ff' '-\ue000' '-\uffff' '-\uZZZZ' '-\u00e9x' '-\U0001f600' \
	    '-\U00000041' '-\U0010ffff' '-\U00110000' '-\U0000d800' '-\U00000000' \
	    '-\U1f600' '-\Uffffffff' '-\u07ff' '-\u0800' '-\u007f' '-\u0080' \
	    '-\ ' '-\ a' '"-\ "' '-\;' '"-\;"' '"-;"' '-;' '-;-' '-#' '-# -b' \
	    '-é' '-日本' '-😀' '-$HOME' '-${HOME}' '-`a`' '-*' '-~' '-[a]' '-{a,b}' \
	    '-a=b' '"-a" "-b" "-c"' "'-a' \"-b\" -c" '-a\tb' '"-a\tb"' "'-a\\tb'" \
	    '-\u00e9\u00e9' '-\x41\u0042\103' '-\\x41' '-\\\x41' "-'\"'" '-"\\"' \
	    '-a""' '-""a' '-a"" ""-b' '-"  "' $'-a\v-b' $'-a\f-b' \
	    $'"-a\tb"' '"-a"  '
	# No \r, for which the log begins a new line.
	for c in a b c d e f g h i j k l m n o p q s t v w y z A B N X Z 0 8 9 \
	    '!' '#' '$' '&' '(' ')' '*' '+' ',' '-' '.' '/' ':' '<' '=' '>' '?' \
	    '@' '[' ']' '^' '_' '`' '{' '|' '}' '~'; do
		add "-\\${c}-"
	done
}

# Commands of which no program is there.
add_programs() {
	add /nix/a '/nix/a b' '"/nix/a b"' "'/nix/a b' c" '/nix/"a b"' '/nix/\x41' \
	    '/nix/\101' '/nix/\u00e9' '/nix/é' '/nix/a\sb' '/nix/a;b' '/nix/a ";"' \
	    '/nix/a \;' '/nix/a "b' "/nix/a 'b" '/nix/a \n' '/nix/a "b c" d' \
	    '/nix/%%' '/nix/a %%' '/nix/a $$' '/nix/a $$x' '/nix/a x$y' \
	    'nix-a' 'nix-a b' 'nix-é' './nix' 'nix/a' '../nix' '""' '"" a' \
	    '/nix//a' '/nix/./a' '/nix/a/' '/nix/../a' '"/nix/a"b' '/nix/a""' \
	    '/nix/a\q' '/nix/a \q' '/nix/\x00' '/nix/a \x00' '/nix/\n' \
	    '"/nix/a\tb"' '"/nix/a\"b"' "\"/nix/a'b\"" '/nix/a\\b' '/nix/$x' \
	    '/nix/$$' '/nix/a # b' '#' '/nix/a = b' '/nix/a=b' '/nix/a*' \
	    "/nix/a \\x41\\102 '\\u0043'" '/nix/a ""' '/nix/~' \
	    '"/nix/a" "b" "c"' '/nix/a \u12' '/nix/a \777'
}

# --- lines ------------------------------------------------------------------

# add_key KEY VALUE...
add_key() {
	local key=$1 value
	shift

	for value; do
		add "$key=$value"
	done
}

numbers=('' 0 1 5 07 08 010 +5 ++5 -5 -0 +0 0x10 0X1f 0x 0xg -0x5 +0x5 0b11 0b2
    0b 0o17 0o8 017 1.5 1e2 ' 5' '5 ' '5 5' 5x x . - + 1k 1K ٣
    99999999999999999999 18446744073709551615 18446744073709551616
    18446744073709551614 9223372036854775807 9223372036854775808 4294967295
    4294967296 2147483647 2147483648 -2147483648 infinity Infinity inf none
    0000000000000000000000000000000000000000000000000000000000000000000000000007)

add_lines() {
	local key name i

	add_key SendSIGHUP '' yes no y n true false t f on off 1 0 Yes YES TRUE \
	    True On ON oFF N Y T F 2 -1 00 01 yess ye '"yes"' "'no'" yes,no \
	    'yes no' enabled disabled null 1.0
	add_key UMask '' 0 00 022 0022 22 077 777 0777 1000 1777 7777 07777 10000 \
	    8 9 0o22 0x12 0b1 +22 -22 -1 u=rwx a '022 ' '0 22' 22x 00000000000022 \
	    37777777777 40000000000 777777777777777777777777 '"022"'
	add_key Nice "${numbers[@]}" 19 20 -20 -21 023 024 -024 0x13 0x14 -0x14 \
	    0b10011 0b10100 -0b1 +19 +20 low
	add_key OOMScoreAdjust "${numbers[@]}" 999 1000 1001 -999 -1000 -1001 \
	    0x3e8 0x3e9 01750 01751 +1000 +1001 -0x3e8
	add_key StartLimitBurst "${numbers[@]}" 1000000 1000001
	for name in HUP INT QUIT ILL TRAP ABRT BUS FPE KILL USR1 SEGV USR2 PIPE \
	    ALRM TERM STKFLT CHLD CONT STOP TSTP TTIN TTOU URG XCPU XFSZ VTALRM \
	    PROF WINCH IO POLL PWR SYS IOT CLD UNUSED EMT INFO LOST; do
		add "KillSignal=$name" "KillSignal=SIG$name"
	done
	for i in 1 2 9 15 31 32 33 34 35 63 64 65 128 0 -1 +15 ++15 0x0f 017 018 \
	    0b1111 0o17 '15 ' 15x SIG15 +0 100000000000; do
		add "KillSignal=$i"
	done
	add_key KillSignal '' SIG sigterm term Term SIGSIGTERM 'TERM ' TERMX TER \
	    RTMIN SIGRTMIN RTMAX SIGRTMAX RTMIN+0 RTMIN+1 RTMIN+30 RTMIN+31 \
	    RTMIN+-1 RTMIN-1 RTMIN- RTMIN+ RTMINX RTMIN1 RTMIN+0x3 RTMIN+010 \
	    RTMIN+1x 'RTMIN +1' RTMAX-0 RTMAX-1 RTMAX-30 RTMAX-31 RTMAX+1 \
	    RTMAX+0 RTMAX- RTMAX--1 RTMAX-0x3 RTMAX1 rtmin rtmin+1 sigrtmin+1 \
	    RTMIN++1 TERM,KILL 'TERM KILL' none '"TERM"'
	add_limits
	add_times
	add_environment
}

sizes=(1K 1M 1G 1T 1P 1E 15E 16E 7E 8E 16383P 16384P 512B 1KB 1MB 1k 1m 1g 1e 1Ki
    1KiB '1 K' '1 B' 1BB 1KK 1.5G 1.5K 0.5K 0.3G 1.1K 1.999K .5K 1.K 10.M 1.5 1.5B
    0.9 0.9B 1..5K 1.5.5K '1G 512M' 1G512M '1G 1G' '1K 1G' '1G 1' '1G 5K 7'
    '1K 1K' '1 1' '1 1K' +1K -1K +-1K '1K -1' '1K +1' '1K ' '1K  1' 0K 0E
    00001K 0x1K 1E1 '1E 1' '15E 1023P' '15E 1024P' 18446744073709551615B
    17179869184G 17179869183G 18014398509481983K 18014398509481984K 0.0001K
    1023.9K 1.9375K 1.0625M 3.14159265358979G 1Y 1Z 10% infinityK 'infinity ')
pairs=(5:6 6:5 5:5 5: :5 : 5:6:7 ' 5:6' '5: 6' '5 :6' '5 : 6' 5:infinity
    infinity:5 infinity:infinity :infinity infinity: 5:x x:5 0:0 0:1 0x5:5 5:0x5
    -5:5 5:-5 +5:5 ::5 5:: '5:"6"' 5:infinity:7 5,6 5-6 5/6)

add_limits() {
	local name

	for name in NOFILE NICE; do
		add_key Limit$name "${numbers[@]}" "${pairs[@]}"
	done
	for name in NPROC LOCKS SIGPENDING RTPRIO; do
		add_key Limit$name 0 5 0x10 010 infinity '' -1 1K 5:6
	done
	add_key LimitFSIZE "${numbers[@]}" "${pairs[@]}" "${sizes[@]}"
	for name in DATA STACK CORE RSS AS MEMLOCK MSGQUEUE; do
		add_key Limit$name 0 5 1K 1.5G 1KB 0x10 010 infinity '' -1 5K:6K 6K:5K
	done
	add_key LimitFSIZE 1K:1M 1M:1K 1K:1024 1024:1K '1K :1M' '1K: 1M' \
	    '1G 1M:2G' 1M:infinity
	add_key LimitNICE +19 +20 -20 -21 +-5 -+5 --5 40 41 +0 -0 0 1 20 39 +010 \
	    -0x14 0x28 0x29 +5:-5 -5:+5 1:-20 -20:40 20:+0 ' -5' '5: -5'
	add_key LimitCPU "${numbers[@]}" "${pairs[@]}" 1s 1ms 999ms 1001ms 1min \
	    2min30 1h 1d 1w 1.5 1.0001 .5 '1 5' '5 s' 1y 1001y 584541y 584543y \
	    18446744073709 18446744073710 1min:2min 2min:1min 1s:infinity 1us \
	    ' 5' '1min : 2min' 5:-5 5S
	add_key LimitRTTIME "${numbers[@]}" "${pairs[@]}" 1s 1ms 1us 1.5 .5 1.5us \
	    '1s 500' '500 1s' 1min 1y 1001y 292471y 1s:2s 2s:1s 1s:infinity 5:5us
}

add_times() {
	local key

	# What becomes of each time is seen in add_spans.
	for key in RestartSec TimeoutStopSec TimeoutStartSec StartLimitInterval; do
		add_key "$key" '' 0 5 1.5 .5 +5 -5 5s '1min 30s' infinity 5x 100ms \
		    1000y 1001y 584541y 584543y '5 5' Infinity
	done
}

add_environment() {
	add_key Environment '' A=1 A= A A=1=2 =1 = 'A=1 B=2' 'A=1 B' 'B A=1' '"A=1 2"' \
	    "'A=1 2'" 'A="1 2"' 'A=1 2' '"A"=1' 'A"="1' 1A=1 A1=1 _=1 _A=1 A_=1 \
	    A-B=1 A.B=1 'A B=1' '"A B=1"' é=1 A=é 'A=\xff' \
	    'A=\xc3\xa9' 'A=\n' '"A=\n"' 'A=\x01' 'A=\x7f' 'A=\q' 'A="' "A='" 'A=\x' \
	    'A=\u00e9' 'A=\U0001f600' 'A=\ud800' 'A=\x00' $'A=\t1' $'A="\t1"' \
	    $'A=\0011' 'A=$B' 'A=${B}' 'A=$$' 'A=%%' '%%=1' 'A=1,B=2' 'A=#' '#' \
	    ' A=1' 'A =1' 'A= 1' '"A= 1"' 'a=b' 'A:=1' 'A+=1' 'export A=1' 'A=*' \
	    'A=1;' 'A=1;B=2' '"A=1" "B=2"' '"A=1"B=2' "A='a'\"b\"c" 'A=""' "A=''" \
	    '"" A=1' 'A=\"' 'A=\\' 'A=\s1' 'A=\101' 'A=\777' 'A[0]=1' 'A()=1' \
	    'é' '"A=' '\x41=1' '"\x41=1"' 'A\x42=1' '=' '==' 'A==' 'PATH=/bin:/usr' \
	    'A=é B=日本' 'A=1 1B=2 C=3' 'A=~' 'A=`x`' 'A=!'
}
