#!/usr/bin/env bash
# Expected: the id of a request may be any JSON value, and stands in the reply as it was sent (QMP specification,
# which is the guest agent's as well); replies are JSON.
# Seen (qemu-ga 7.2.22): a number that is no 64-bit integer passes through a double. 123456789.123456789 and
# 36893488147419103235 come back as other numbers, and of 1e400 the reply is `"id": inf`, which is no JSON.
# Cost: a host that finds the request by its id waits for ever; one that reads the reply strictly takes the agent
# for broken.
# Instead: send strings, or integers that fit 64 bits.
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
debian 'qemu-guest-agent=1:7.2+dfsg-7+deb12u18+b3'

cat >finding.py <<'END'
import os
import socket
import subprocess
import time

os.mkdir("state")
agent = subprocess.Popen(["root/usr/sbin/qemu-ga", "-m", "unix-listen", "-p", "agent.sock",
                          "-t", "state"], stderr=subprocess.DEVNULL)
try:
    for _ in range(600):
        if os.path.exists("agent.sock"):
            break
        time.sleep(0.05)
    connection = socket.socket(socket.AF_UNIX)
    connection.settimeout(30)
    connection.connect("agent.sock")
    lines = connection.makefile("rw")
    for number in ["1", "1.5", "18446744073709551615", "36893488147419103235", "123456789.123456789", "1e400"]:
        lines.write('{"execute": "guest-ping", "id": %s}\n' % number)
        lines.flush()
        print(number, "->", lines.readline().strip())
finally:
    agent.terminate()
    agent.wait()
END
root/usr/sbin/qemu-ga --version
python3 finding.py | tee seen.txt
cat >expected.txt <<'END'
1 -> {"return": {}, "id": 1}
1.5 -> {"return": {}, "id": 1.5}
18446744073709551615 -> {"return": {}, "id": 18446744073709551615}
36893488147419103235 -> {"return": {}, "id": 3.6893488147419103e+19}
123456789.123456789 -> {"return": {}, "id": 123456789.12345679}
1e400 -> {"return": {}, "id": inf}
END
cmp -s seen.txt expected.txt || changed 'see above.'
echo 'Two ids are changed, and one makes a reply that is no JSON.'
