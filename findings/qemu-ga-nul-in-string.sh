#!/usr/bin/env bash
# Expected: \u0000 in a JSON string is the character U+0000 (RFC 8259). No path and no argument of a Linux program
# holds one, so it is refused where they are named, as the agent refuses other values that cannot be.
# Seen (qemu-ga 7.2.22): the string gets the bytes C0 80, which are no UTF-8. guest-file-open creates a file with
# these two bytes in its name, and guest-exec hands them to the program; both report success.
# Cost: a host that mistakes a length (a buffer of C characters, padded by zeros) makes files that it cannot name
# again in JSON without the zeros, and that most languages cannot decode.
# Instead: refuse U+0000 before the request is sent.
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
import base64
import json
import os
import socket
import subprocess
import time

os.mkdir("state")
os.mkdir("files")
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

    def call(name, **arguments):
        lines.write(json.dumps({"execute": name, "arguments": arguments}) + "\n")
        lines.flush()
        return json.loads(lines.readline())

    reply = call("guest-file-open", path=os.path.abspath("files/a\0\0"), mode="w")
    print("guest-file-open:", "handle" if isinstance(reply.get("return"), int) else reply)
    print("created:", *(name.hex(" ") for name in os.listdir(b"files")))
    reply = call("guest-exec", path="/bin/echo", arg=["x\0y"], **{"capture-output": True})
    for _ in range(600):
        state = call("guest-exec-status", pid=reply["return"]["pid"])["return"]
        if state["exited"]:
            break
        time.sleep(0.05)
    print("echo:", base64.b64decode(state["out-data"]).hex(" "), "exit code", state["exitcode"])
finally:
    agent.terminate()
    agent.wait()
END
root/usr/sbin/qemu-ga --version
python3 finding.py | tee seen.txt
printf '%s\n' 'guest-file-open: handle' 'created: 61 c0 80 c0 80' 'echo: 78 c0 80 79 0a exit code 0' |
	cmp -s - seen.txt || changed 'see above.'
echo 'U+0000 becomes the bytes C0 80 in the name of a file and in an argument.'
