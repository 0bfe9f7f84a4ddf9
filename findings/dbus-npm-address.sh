#!/usr/bin/env bash
# Expected: in a D-Bus address a byte may be written %XX, and most must be; of several addresses, separated by
# semicolons, the client tries one after the other (D-Bus specification, "Server Addresses").
# Seen: dbus-next 0.10.2 and @homebridge/dbus-native 0.7.9 (npm) look for a directory with %20 in its name where
# dbus-daemon 1.14 itself prints the address so, and give up after the first of two addresses. dbus-send
# connects with both. jeepney 0.8.0 (Python) decodes %20, and gives up after the first address as well.
# Cost: with a socket below a path that has a blank, @ or other such bytes there is no bus, though other programs
# with the same DBUS_SESSION_BUS_ADDRESS have one.
# Instead: decode and split the address, and hand over the first that exists.
set -euo pipefail
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
cd "$dir"

changed() {
	printf 'The behaviour is another one now: %s\n' "$1" >&2
	exit 1
}

# Unpacks Debian packages, each pinned to one version, below the folder root.
debian() {
	local package
	for package in "$@"; do
		apt-get -q -o APT::Sandbox::User=root download "$package" >download.log 2>&1 || {
			printf 'Debian 12 does not offer %s; this finding is about that version.\n' "$package" >&2
			exit 2
		}
	done
	for package in ./*.deb; do
		dpkg -x "$package" root
		rm "$package"
	done
}
debian dbus-daemon=1.14.10-1~deb12u1 dbus-bin=1.14.10-1~deb12u1 libdbus-1-3=1.14.10-1~deb12u1 \
	dbus-session-bus-common=1.14.10-1~deb12u1 python3-jeepney=0.8.0-3
export LD_LIBRARY_PATH=$dir/root/lib/x86_64-linux-gnu:$dir/root/usr/lib/x86_64-linux-gnu

npm install --ignore-scripts --no-audit --no-fund --save-exact dbus-next@0.10.2 @homebridge/dbus-native@0.7.9 >install.log 2>&1 || {
	cat install.log >&2
	exit 2
}

cat >finding.js <<'END'
const [library, busAddress] = process.argv.slice(2);
const end = (text) => {
	console.log(text.replaceAll(process.cwd(), 'DIR'));
	process.exit();
};
setTimeout(() => end('time-out'), 60000);
if (library === 'dbus-next') {
	const bus = require('dbus-next').sessionBus({ busAddress });
	bus.once('connect', () => end('connected'));
	bus.on('error', (error) => end(error.message));
} else {
	const { connection } = require('@homebridge/dbus-native').createClient({ busAddress });
	connection.once('connect', () => end('connected'));
	connection.on('error', (error) => end(error.message));
}
END
cat >finding.py <<'END'
import sys

from jeepney.io.blocking import open_dbus_connection

try:
    open_dbus_connection(sys.argv[1])
    print("connected")
except OSError as error:
    print(type(error).__name__)
END
mkdir plain 'my bus'
cat >both.conf <<END
<busconfig>
  <type>session</type>
  <listen>unix:path=$dir/plain/bus</listen>
  <listen>unix:path=$dir/my%20bus/bus</listen>
  <auth>EXTERNAL</auth>
  <policy context="default"><allow send_destination="*"/><allow receive_sender="*"/><allow own="*"/></policy>
</busconfig>
END
root/usr/bin/dbus-daemon --version | sed -n 1p
root/usr/bin/dbus-daemon --config-file=both.conf --nofork --print-address=3 3>address 2>daemon.log &
daemon=$!
trap 'kill "$daemon"; wait "$daemon" || true; rm -rf "$dir"' EXIT
for _ in $(seq 600); do
	[[ -s address ]] && break
	sleep 0.1
done
printed=$(<address)
printf 'dbus-daemon prints: %s\n' "$(tr ';' '\n' <<<"${printed//$dir/DIR}" | cut -d , -f 1 | sort -r | paste -s -d ' ')" | tee seen.txt
while read -r name address; do
	address=${address//DIR/$dir}
	send=connected
	root/usr/bin/dbus-send --bus="$address" --dest=org.freedesktop.DBus / org.freedesktop.DBus.GetId 2>send.log || send=$(<send.log)
	jeepney=$(PYTHONPATH=root/usr/lib/python3/dist-packages /usr/bin/python3 finding.py "$address")
	printf '%s: dbus-send %s, jeepney %s\n' "$name" "$send" "$jeepney"
	for library in dbus-next dbus-native; do
		printf '%s: %s: %s\n' "$name" "$library" "$(node finding.js "$library" "$address")"
	done
done <<'END' | tee -a seen.txt
plain unix:path=DIR/plain/bus
blank unix:path=DIR/my%20bus/bus
second unix:path=DIR/none/bus;unix:path=DIR/plain/bus
END
cat >expected.txt <<'END'
dbus-daemon prints: unix:path=DIR/plain/bus unix:path=DIR/my%20bus/bus
plain: dbus-send connected, jeepney connected
plain: dbus-next: connected
plain: dbus-native: connected
blank: dbus-send connected, jeepney connected
blank: dbus-next: connect ENOENT DIR/my%20bus/bus
blank: dbus-native: connect ENOENT DIR/my%20bus/bus
second: dbus-send connected, jeepney FileNotFoundError
second: dbus-next: connect ENOENT DIR/none/bus
second: dbus-native: connect ENOENT DIR/none/bus
END
cmp -s seen.txt expected.txt || changed 'see above.'
echo 'dbus-send connects with three valid addresses, the npm libraries with one of them.'
