#!/usr/bin/env bash
# Expected: getifaddrs(3) gives "the interface name" with each address, and a renamed interface keeps its addresses;
# so each address stands under the one interface that has it.
# Seen (Linux 6.18): at a rename the kernel gives all IPv4 addresses but the first a label, NAME:2, NAME:3, which
# nobody asked for. glibc puts the label in the place of the name, so Node.js 20, psutil 5.9.4 and qemu-ga
# 7.2.22 tell of interfaces wan0:2 and wan0:3 that do not exist (qemu-ga leaves their statistics out).
# Cost: an inventory has more network cards than the machine, counters looked up by the name are missing, and a
# firewall rule made for the name matches nothing.
# Instead: cut at the colon, or ask rtnetlink for the interface's index.
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
debian python3-psutil=5.9.4-1+b1 'qemu-guest-agent=1:7.2+dfsg-7+deb12u18+b3' iproute2=6.1.0-3

cat >finding.py <<'END'
import json
import os
import socket
import subprocess
import time

import psutil

MINE = "wan0"
print("psutil, addresses of:", *sorted(name for name in psutil.net_if_addrs() if name.startswith(MINE)))
print("psutil, interfaces:", *sorted(name for name in psutil.net_if_stats() if name.startswith(MINE)))
print("kernel, interfaces:", *sorted(name for _, name in socket.if_nameindex() if name.startswith(MINE)))
os.mkdir("state")
agent = subprocess.Popen(["root/usr/sbin/qemu-ga", "-m", "unix-listen", "-p", "agent.sock", "-t", "state"],
                         stderr=subprocess.DEVNULL)
try:
    for _ in range(600):
        if os.path.exists("agent.sock"):
            break
        time.sleep(0.05)
    connection = socket.socket(socket.AF_UNIX)
    connection.settimeout(30)
    connection.connect("agent.sock")
    connection.sendall(b'{"execute": "guest-network-get-interfaces"}\n')
    for one in json.loads(connection.makefile().readline())["return"]:
        if one["name"].startswith(MINE):
            addresses = [address["ip-address"] for address in one["ip-addresses"] if address["ip-address-type"] == "ipv4"]
            print("qemu-ga:", one["name"], *addresses, "statistics" if "statistics" in one else "no statistics")
finally:
    agent.terminate()
    agent.wait()
END
cat >inside.sh <<'END'
set -eu
ip=root/bin/ip
"$ip" link add lan0 type veth peer name other
"$ip" addr add 192.0.2.1/24 dev lan0
"$ip" addr add 198.51.100.1/24 dev lan0
"$ip" addr add 203.0.113.1/24 dev lan0
echo "labels before: $("$ip" -json -4 addr show dev lan0 | grep -o '"label":"[^"]*"' | tr '\n' ' ')"
"$ip" link set lan0 name wan0
"$ip" link set other up
"$ip" link set wan0 up
echo "labels after: $("$ip" -json -4 addr show dev wan0 | grep -o '"label":"[^"]*"' | tr '\n' ' ')"
node -p '`Node.js: ${Object.keys(os.networkInterfaces()).filter((name) => name.startsWith("wan0")).sort().join(" ")}`'
PYTHONPATH=root/usr/lib/python3/dist-packages /usr/bin/python3 finding.py
END
echo "Linux $(uname -r | cut -d . -f 1-2), Node.js $(node --version)"
# A network of its own, so that no interface of the machine is renamed.
unshare --net bash inside.sh | tee seen.txt
grep -qx 'labels before: "label":"lan0" "label":"lan0" "label":"lan0" ' seen.txt || changed 'the labels before.'
grep -qx 'labels after: "label":"wan0" "label":"wan0:2" "label":"wan0:3" ' seen.txt || changed 'the labels after the rename.'
grep -qx 'Node.js: wan0 wan0:2 wan0:3' seen.txt || changed 'Node.js.'
grep -qx 'psutil, addresses of: wan0 wan0:2 wan0:3' seen.txt || changed 'psutil.'
grep -qx 'psutil, interfaces: wan0' seen.txt || changed "psutil's interfaces."
grep -qx 'kernel, interfaces: wan0' seen.txt || changed 'the interfaces.'
grep -qx 'qemu-ga: wan0:2 198.51.100.1 no statistics' seen.txt || changed 'qemu-ga.'
echo 'After a rename one interface is reported as three.'
