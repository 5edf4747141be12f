# The units that are run: which packages they need, how a client asks them for
# something, and what has to be configured before they run at all.  The unit
# files stay as they are.  run.sh reads it outside of the Debian root, unit.sh
# within, where the clients are (tests/init-scripts/clients.bash).
#
# What is on the list can run in a cage: nothing that needs a kernel's module, a
# disk, or a socket that systemd opens for it (dbus, uuidd).  Nor is there what
# its own unit file ends (prometheus-node-exporter, by its ExecReload).
#
# shellcheck shell=bash
# shellcheck disable=SC2034 # those who read it use them

# The units in the order of the list below, and by name their packages and the
# client's command, quoted for eval.
unit_names=()
declare -A unit_packages unit_client

# unit NAME PACKAGES CLIENT [ARGUMENT...]: NAME.service comes with PACKAGES
# (separated by commas), and does what it is for when CLIENT succeeds.  What is
# over when its start is has a client that looks at what it did.
unit()
{
	unit_names+=("$1")
	unit_packages[$1]=$2
	printf -v "unit_client[$1]" '%q ' "${@:3}"
}

# --- clients that are needed here only ---------------------------------------

# at_runs: a job for now is done now.
at_runs()
{
	rm -f /tmp/done
	echo 'touch /tmp/done' | at now 2>/dev/null
	await 3 test -e /tmp/done
}

# logs: a line arrives.
logs()
{
	local line="line $EPOCHREALTIME"

	busybox logger "$line" && await 2 grep -qs "$line" /var/log/syslog
}

# bus DESTINATION PATH METHOD [ARGUMENT...]: the method returns.
bus()
{
	timeout 5 dbus-send --system --print-reply --dest="$1" "$2" "${@:3}" \
	    >/dev/null 2>&1
}

# fpm: the page for such questions, through its socket.
fpm()
{
	says pong env REQUEST_METHOD=GET SCRIPT_NAME=/ping SCRIPT_FILENAME=/ping \
	    cgi-fcgi -bind -connect /run/php/php8.2-fpm.sock
}

# radius: nobody is refused, but by a server.
radius()
{
	says 'Access-Reject' sh -c 'echo User-Name=nobody,User-Password=none |
	    radclient -r 1 -t 3 127.0.0.1 auth testing123'
}

# --- notify -----------------------------------------------------------------

unit redis-server redis-server,redis-tools says PONG redis-cli ping
unit redis-server@second redis-server,redis-tools \
    says PONG redis-cli -p 6380 ping
unit ssh openssh-server,openssh-client says ssh-ed25519 \
    ssh-keyscan -T 2 -t ed25519 127.0.0.1
unit haproxy haproxy http 8080
unit named bind9,bind9-dnsutils says 127.0.0.1 \
    dig +short +time=2 +tries=1 @127.0.0.1 localhost
unit unbound unbound dns
unit knot knot says Running knotc status
unit nsd nsd dns
unit pdns pdns-server,pdns-backend-bind dns
unit pdns-recursor pdns-recursor dns
unit kresd@1 knot-resolver dns
unit mosquitto mosquitto speak tcp 1883 \
    '\x10\x0d\0\x04MQTT\x04\x02\0\x3c\0\x01a' '\x20\x02\0\0'
unit dovecot dovecot-imapd speak tcp 143 '' '* OK'
unit cups cups-daemon speak tcp 631 'GET / HTTP/1.0\r\n\r\n' 'HTTP/1.'
unit snmpd snmpd speak udp 161 \
    '\x30\x26\x02\x01\x01\x04\x06public\xa0\x19\x02\x01\x07\x02\x01\0\x02'\
'\x01\0\x30\x0e\x30\x0c\x06\x08\x2b\x06\x01\x02\x01\x01\x05\0\x05\0' \
    '\x30'
unit munin-node munin-node speak tcp 4949 '' '# munin'
unit lldpd lldpd says Global lldpcli show configuration
unit rpcbind rpcbind says portmapper rpcinfo -p 127.0.0.1
unit rsyslog rsyslog logs
unit coturn coturn speak udp 3478 \
    '\0\x01\0\0\x21\x12\xa4\x42abcdefghijkl' '\x01\x01'
unit freeradius freeradius,freeradius-utils radius
unit pgbouncer pgbouncer speak tcp 6432 '\0\0\0\x08\x04\xd2\x16\x2f' N
unit php8.2-fpm php8.2-fpm,libfcgi-bin fpm
unit transmission-daemon transmission-daemon speak tcp 9091 \
    'GET / HTTP/1.0\r\n\r\n' 'HTTP/1.'
unit tor@default tor speak tcp 9050 '\x05\x01\0' '\x05\0'
unit squid squid http 3128 400

# --- forking ----------------------------------------------------------------

unit nginx nginx,curl says 'Server: nginx' curl -sSI http://localhost/
unit apache2 apache2,curl says 'Server: Apache' curl -sSI http://localhost/
unit apache-htcacheclean apache2-utils,apache2 runs htcacheclean
unit chrony chrony says 'Reference ID' chronyc tracking
unit dnsmasq dnsmasq dns
unit privoxy privoxy http 8118 400
unit rinetd rinetd connects 8080
unit nscd nscd says 'nscd configuration' nscd -g
unit opendkim opendkim runs opendkim
unit gearman-job-server gearman-job-server speak tcp 4730 'version\n' 'OK '
unit oidentd oidentd speak tcp 113 '1, 1\r\n' 1
unit postgresql@15-main postgresql-15 says 42 \
    setpriv --reuid postgres --regid postgres --init-groups \
    psql -tAc 'select 41 + 1'
unit postfix@- postfix speak tcp 25 '' '220 '

# --- simple and exec --------------------------------------------------------

unit cron cron runs cron
unit atd at at_runs
unit memcached memcached speak tcp 11211 'version\r\n' 'VERSION 1.'
unit rsync rsync speak tcp 873 '' '@RSYNCD: '
unit lighttpd lighttpd,curl says 'Server: lighttpd' curl -sSI http://localhost/
unit danted dante-server speak tcp 1080 '\x05\x01\0' '\x05\0'
unit tinyproxy tinyproxy speak tcp 8888 'GET / HTTP/1.0\r\n\r\n' 'HTTP/1.0 '
unit uptimed uptimed runs uptimed
unit beanstalkd beanstalkd speak tcp 11300 'list-tubes\r\n' 'OK '
unit iperf3 iperf3 says 'iperf Done' iperf3 -c 127.0.0.1 -n 1K
unit zabbix-agent zabbix-agent speak tcp 10050 \
    'ZBXD\x01\x0a\0\0\0\0\0\0\0agent.ping' ZBXD
unit bird bird2 says 'Daemon is up' birdc show status
unit fail2ban fail2ban says pong fail2ban-client ping
unit atop atop sh -c 'test -s /var/log/atop/atop_*'
unit vnstat vnstat,iproute2 says here0 vnstat --dbiflist
unit varnish varnish http 6081 503
unit prosody prosody speak tcp 5222 "<stream:stream to='localhost' \
xmlns='jabber:client' xmlns:stream='http://etherx.jabber.org/streams'>" '<?xml'
unit inspircd inspircd speak tcp 6667 'NICK me\r\nUSER me 0 * :me\r\n' ':'
unit supervisor supervisor says '^[0-9]+$' supervisorctl pid
unit stunnel@here stunnel4 connects 8443
unit dropbear dropbear speak tcp 22 '' 'SSH-2.0-dropbear'
unit vsftpd vsftpd speak tcp 21 '' '220 '
unit ser2net ser2net,iproute2 speak tcp 2000 hello hello
unit stubby stubby connects 53
unit wsdd wsdd,curl,iproute2 says 'HTTP/1' curl -sSI http://192.0.2.1:5357/

# --- dbus -------------------------------------------------------------------

unit avahi-daemon avahi-daemon,dbus bus org.freedesktop.Avahi / \
    org.freedesktop.Avahi.Server.GetHostName
unit accounts-daemon accountsservice,dbus bus org.freedesktop.Accounts \
    /org/freedesktop/Accounts org.freedesktop.Accounts.ListCachedUsers
unit polkit polkitd,dbus bus org.freedesktop.PolicyKit1 \
    /org/freedesktop/PolicyKit1/Authority \
    org.freedesktop.PolicyKit1.Authority.EnumerateActions string:

# --- oneshot, and what it leaves --------------------------------------------

unit nftables nftables says 'chain input' nft list table inet filter
unit networking ifupdown,iproute2 says 192.0.2.1 ip address show here0
unit sysstat sysstat sh -c 'test -s /var/log/sysstat/sa*'
unit logrotate logrotate test -s /var/lib/logrotate/status
unit man-db man-db test -s /var/cache/man/index.db
unit plocate-updatedb plocate says /etc/passwd locate /etc/passwd
unit dpkg-db-backup dpkg sh -c 'test -s /var/backups/dpkg.status.0'
unit sysstat-collect sysstat sh -c 'test -s /var/log/sysstat/sa*'

# --- configuration -----------------------------------------------------------

# prepare_NAME: run within the root, before the unit's first start; what it
# starts is not counted among the unit's processes.  What is not a letter or a
# digit in NAME is _ here.

prepare_redis_server_second()
{
	sed 's/^port .*/port 6380/; s/redis-server\./redis-second./
	    s,/run/redis/,/run/redis-second/,' /etc/redis/redis.conf \
	    >/etc/redis/redis-second.conf
	chown redis:redis /etc/redis/redis-second.conf
}

# It binds that into its root, and a machine has somebody who reads it.
prepare_haproxy()
{
	: >/dev/log
	cat >>/etc/haproxy/haproxy.cfg <<-'CONFIGURATION'

		frontend here
		    bind 127.0.0.1:8080
		    http-request return status 200
	CONFIGURATION
}

prepare_pdns()
{
	: >/etc/powerdns/named.conf
	printf 'launch=bind\nbind-config=/etc/powerdns/named.conf\n' \
	    >/etc/powerdns/pdns.d/here.conf
}

# By itself it takes the addresses of all interfaces but lo.
prepare_coturn()
{
	echo 'listening-ip=127.0.0.1' >>/etc/turnserver.conf
}

prepare_php8_2_fpm()
{
	echo 'ping.path = /ping' >>/etc/php/8.2/fpm/pool.d/www.conf
}

prepare_squid()
{
	printf '%s\n' 'shutdown_lifetime 1 seconds' 'pinger_enable off' \
	    >/etc/squid/conf.d/here.conf
}

# No clock is set here: this namespace has that right no more than any other.
prepare_chrony()
{
	echo 'DAEMON_OPTS="-x"' >>/etc/default/chrony
}

prepare_rinetd()
{
	echo '127.0.0.1 8080 127.0.0.1 9' >>/etc/rinetd.conf
}

prepare_rsync()
{
	printf '[here]\npath = /etc\n' >/etc/rsyncd.conf
}

prepare_danted()
{
	cat >>/etc/danted.conf <<-'CONFIGURATION'
		internal: 127.0.0.1 port = 1080
		external: 127.0.0.1
		socksmethod: none
		clientmethod: none
		client pass { from: 0/0 to: 0/0 }
		socks pass { from: 0/0 to: 0/0 }
	CONFIGURATION
}

# It would take that from an interface's address.
prepare_bird()
{
	sed -i '1i router id 192.0.2.1;' /etc/bird/bird.conf
}

# What its jail is to read.
prepare_fail2ban()
{
	: >/var/log/auth.log
}

# add_network: for those to whom lo is none; nothing is at its other end.
add_network()
{
	ip link add here0 type veth peer name here1
	ip address add 192.0.2.1/24 dev here0
	ip link set here0 up
	ip link set here1 up
}

prepare_vnstat()
{
	add_network
}

prepare_stunnel_here()
{
	printf '%s\n' 'foreground = yes' '[here]' 'client = yes' \
	    'accept = 127.0.0.1:8443' 'connect = 127.0.0.1:9' \
	    >/etc/stunnel/here.conf
}

prepare_ser2net()
{
	add_network
	printf '%s\n' '%YAML 1.1' '---' 'connection: &here' \
	    '  accepter: tcp,127.0.0.1,2000' '  connector: echo' \
	    >/etc/ser2net.yaml
}

prepare_wsdd()
{
	add_network
}

# start_bus: as a machine has it when such units start; but it starts nothing
# itself, for that would answer where the unit does not.
start_bus()
{
	rm -f /usr/share/dbus-1/system-services/*.service
	mkdir -p /run/dbus
	dbus-daemon --system --fork --nopidfile
}

prepare_avahi_daemon()
{
	start_bus
}

prepare_accounts_daemon()
{
	start_bus
}

prepare_polkit()
{
	start_bus
}

prepare_networking()
{
	cat >/etc/network/interfaces <<-'CONFIGURATION'
		auto here0
		iface here0 inet static
			address 192.0.2.1/24
			pre-up ip link add here0 type veth peer name here1
			post-down ip link delete here0
	CONFIGURATION
}

prepare_sysstat()
{
	echo 'ENABLED="true"' >>/etc/default/sysstat
}

prepare_sysstat_collect()
{
	prepare_sysstat
}

# undo_NAME: run before the start and the restart of what does something once, so
# that it is to be seen that it does it, and again.

undo_nftables()
{
	nft flush ruleset
}

undo_sysstat()
{
	rm -f /var/log/sysstat/sa*
}

undo_sysstat_collect()
{
	undo_sysstat
}

undo_logrotate()
{
	rm -f /var/lib/logrotate/status
}

undo_man_db()
{
	rm -f /var/cache/man/index.db
}

undo_plocate_updatedb()
{
	rm -f /var/lib/plocate/plocate.db
}

undo_dpkg_db_backup()
{
	rm -f /var/backups/dpkg.status.0
}
