# The daemons whose init scripts are run: which packages they need, how a client
# asks them for something, and what has to be configured before they run at all.
# run.sh reads it outside of the Debian root, daemon.sh within.
#
# shellcheck shell=bash
# shellcheck disable=SC2034 # those who read it use them

# The services in the order of the list below, and by name their packages and
# the client's command, quoted for eval.
service_names=()
declare -A service_packages service_client

# service NAME PACKAGES CLIENT [ARGUMENT...]: /etc/init.d/NAME comes with
# PACKAGES (separated by commas), and is up when CLIENT succeeds.
service()
{
	service_names+=("$1")
	service_packages[$1]=$2
	printf -v "service_client[$1]" '%q ' "${@:3}"
}

# --- services ----------------------------------------------------------------

# Those whose scripts wait long come first, so that they wait beside the others.
service ngircd ngircd speak tcp 6667 'NICK me\r\nUSER me 0 * :me\r\n' ':'
service squid squid http 3128 400
service nbd-server nbd-server speak tcp 10809 '' NBDMAGIC
service opendkim opendkim runs opendkim
service munin-node munin-node speak tcp 4949 '' '# munin'

service redis-server redis-server,redis-tools says PONG redis-cli ping
service nginx nginx http 80
service ssh openssh-server speak tcp 22 '' 'SSH-2.0-OpenSSH'
service cron cron runs cron
service memcached memcached speak tcp 11211 'version\r\n' 'VERSION 1.'
service dnsmasq dnsmasq dns
service rsync rsync speak tcp 873 '' '@RSYNCD: '
service apache2 apache2 http 80
service atd at runs atd
service exim4 exim4-daemon-light speak tcp 25 '' '220 '
service lighttpd lighttpd http 80
service haproxy haproxy http 8080
service named bind9 dns
service unbound unbound dns
service openbsd-inetd openbsd-inetd speak tcp 7 'echo\r\n' 'echo'
service dbus dbus says 'boolean true' dbus-send --system --print-reply \
    --dest=org.freedesktop.DBus / org.freedesktop.DBus.NameHasOwner \
    string:org.freedesktop.DBus
service mosquitto mosquitto speak tcp 1883 \
    '\x10\x0d\0\x04MQTT\x04\x02\0\x3c\0\x01a' '\x20\x02\0\0'
service tor tor speak tcp 9050 '\x05\x01\0' '\x05\0'
service privoxy privoxy http 8118 400
service tinyproxy tinyproxy speak tcp 8888 'GET / HTTP/1.0\r\n\r\n' 'HTTP/1.0 '
service proftpd proftpd-core speak tcp 21 '' '220 '
service snmpd snmpd speak udp 161 \
    '\x30\x26\x02\x01\x01\x04\x06public\xa0\x19\x02\x01\x07\x02\x01\0\x02'\
'\x01\0\x30\x0e\x30\x0c\x06\x08\x2b\x06\x01\x02\x01\x01\x05\0\x05\0' \
    '\x30'
service inetutils-syslogd inetutils-syslogd says hello sh -c \
    'busybox logger hello; busybox usleep 50000; cat /var/log/syslog'
service uptimed uptimed runs uptimed
service monit monit says uptime monit status
service stunnel4 stunnel4 connects 8443
service tftpd-hpa tftpd-hpa tftp_get
service rpcbind rpcbind says portmapper rpcinfo -p 127.0.0.1
service distcc distcc connects 3632
service icecast2 icecast2 speak tcp 8000 'GET / HTTP/1.0\r\n\r\n' 'HTTP/1.'
service beanstalkd beanstalkd speak tcp 11300 'list-tubes\r\n' 'OK '
service iperf3 iperf3 says 'iperf Done' iperf3 -c 127.0.0.1 -n 1K
service knot knot says Running knotc status
service chrony chrony says 'Reference ID' chronyc tracking
service slapd slapd speak tcp 389 \
    '\x30\x0c\x02\x01\x01\x60\x07\x02\x01\x03\x04\0\x80\0' \
    '\x30\x0c\x02\x01\x01\x61'
service sslh sslh connects 443
service lldpd lldpd says Global lldpcli show configuration
service acpid acpid runs acpid
service uuidd uuid-runtime says '[0-9a-f-]{36}' uuidd -r
service prometheus-node-exporter prometheus-node-exporter http 9100
service cups cups-daemon speak tcp 631 'GET / HTTP/1.0\r\n\r\n' 'HTTP/1.'
service transmission-daemon transmission-daemon speak tcp 9091 \
    'GET / HTTP/1.0\r\n\r\n' 'HTTP/1.'
service dovecot dovecot-imapd speak tcp 143 '' '* OK'
service bitlbee bitlbee speak tcp 6667 'NICK me\r\nUSER me 0 * :me\r\n' ':'
service haveged haveged runs haveged
service nscd nscd says 'nscd configuration' nscd -g
service rinetd rinetd connects 8080
service zabbix-agent zabbix-agent speak tcp 10050 \
    'ZBXD\x01\x0a\0\0\0\0\0\0\0agent.ping' ZBXD
service p910nd p910nd connects 9100
service danted dante-server speak tcp 1080 '\x05\x01\0' '\x05\0'

service postgrey postgrey connects 10023
service nslcd nslcd runs nslcd
service dictd dictd speak tcp 2628 '' '220 '

# --- configuration -----------------------------------------------------------

# prepare_NAME: run within the root, before the script's first start.  The
# scripts themselves stay as they are.

prepare_haproxy()
{
	cat >>/etc/haproxy/haproxy.cfg <<-'END'

		frontend here
		    bind 127.0.0.1:8080
		    http-request return status 200
	END
}

prepare_rsync()
{
	printf '[here]\npath = /etc\n' >/etc/rsyncd.conf
	echo 'RSYNC_ENABLE=true' >>/etc/default/rsync
}

prepare_openbsd_inetd()
{
	echo 'echo stream tcp nowait root internal' >>/etc/inetd.conf
}

prepare_stunnel4()
{
	printf '%s\n' 'pid = /run/stunnel4/here.pid' '[here]' 'client = yes' \
	    'accept = 127.0.0.1:8443' 'connect = 127.0.0.1:9' \
	    >/etc/stunnel/here.conf
	echo 'ENABLED=1' >>/etc/default/stunnel4
}

prepare_tftpd_hpa()
{
	echo hello >/srv/tftp/hello
	chmod 644 /srv/tftp/hello
}

prepare_nbd_server()
{
	: >/srv/disk
	truncate -s 1M /srv/disk
	printf '[here]\nexportname = /srv/disk\n' >>/etc/nbd-server/config
}

prepare_distcc()
{
	sed -i 's/^STARTDISTCC=.*/STARTDISTCC="true"/' /etc/default/distcc
}

prepare_icecast2()
{
	echo 'ENABLE=true' >>/etc/default/icecast2
}

# No clock is set here: this namespace has that right no more than any other.
prepare_chrony()
{
	echo 'DAEMON_OPTS="-x"' >>/etc/default/chrony
}

prepare_sslh()
{
	cat >>/etc/default/sslh <<-'END'
		RUN=yes
		DAEMON_OPTS="--user sslh --listen 127.0.0.1:443"
		DAEMON_OPTS="$DAEMON_OPTS --ssh 127.0.0.1:22"
		DAEMON_OPTS="$DAEMON_OPTS --pidfile /var/run/sslh/sslh.pid"
	END
}

prepare_rinetd()
{
	echo '127.0.0.1 8080 127.0.0.1 9' >>/etc/rinetd.conf
}

prepare_danted()
{
	cat >/etc/danted.conf <<-'END'
		internal: 127.0.0.1 port = 1080
		external: 127.0.0.1
		socksmethod: none
		clientmethod: none
		client pass { from: 0/0 to: 0/0 }
		socks pass { from: 0/0 to: 0/0 }
	END
}

prepare_iperf3()
{
	echo 'START_DAEMON=yes' >>/etc/default/iperf3
}

prepare_monit()
{
	printf '%s\n' 'set httpd port 2812 and' '  use address localhost' \
	    '  allow localhost' >/etc/monit/conf.d/here
}

prepare_squid()
{
	printf '%s\n' 'shutdown_lifetime 1 seconds' 'pinger_enable off' \
	    >/etc/squid/conf.d/here.conf
}

prepare_p910nd()
{
	echo 'P910ND_START=1' >>/etc/default/p910nd
}

# Nothing makes the directory but systemd; and the daemon may not write to the
# pidfile that start-stop-daemon has made for it.
prepare_mosquitto()
{
	mkdir /run/mosquitto
	sed -i '/^pid_file/d' /etc/mosquitto/mosquitto.conf
}
