#!/usr/bin/env bash
# Expected: guest-exec looks a bare program name up in the agent's PATH, and `env` is what the started program
# gets (QEMU's guest agent reference describes them so).
# Seen: qemu-ga 7.2.22 looks the name up in the PATH of the request's `env` where it has one: PATH=/none makes
# `env` itself unknown, and a PATH with a folder of one's own starts the program there. An `env` without PATH
# is looked up in the agent's, but the program has then no PATH at all: `env` replaces the environment.
# Cost: a host that passes a PATH for the program's children gets "No such file or directory" for the program.
# Instead: name the program by its full path whenever `env` is given.
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

os.mkdir("own")
with open("own/greet", "w") as out:
    out.write("#!/bin/sh\necho hello\n")
os.chmod("own/greet", 0o755)
os.mkdir("state")
agent = subprocess.Popen(["root/usr/sbin/qemu-ga", "-m", "unix-listen", "-p", "agent.sock",
                          "-t", "state"], stderr=subprocess.DEVNULL)
try:
    for _ in range(100):
        if os.path.exists("agent.sock"):
            break
        time.sleep(0.05)
    connection = socket.socket(socket.AF_UNIX)
    connection.settimeout(10)
    connection.connect("agent.sock")
    lines = connection.makefile("rw")

    def call(name, **arguments):
        lines.write(json.dumps({"execute": name, "arguments": arguments}) + "\n")
        lines.flush()
        return json.loads(lines.readline())

    def run(**arguments):
        reply = call("guest-exec", **{"capture-output": True}, **arguments)
        if "error" in reply:
            return "error"
        for _ in range(100):
            state = call("guest-exec-status", pid=reply["return"]["pid"])["return"]
            if state["exited"]:
                return base64.b64decode(state.get("out-data", "")).decode().strip()
            time.sleep(0.05)

    print("greet:", run(path="greet"))
    print("greet, PATH=own:", run(path="greet", env=["PATH=" + os.path.abspath("own")]))
    print("env, PATH=/none:", run(path="env", env=["PATH=/none"]))
    print("env, A=1:", run(path="env", env=["A=1"]))
finally:
    agent.terminate()
    agent.wait()
END
root/usr/sbin/qemu-ga --version
python3 finding.py | tee seen.txt
printf '%s\n' 'greet: error' 'greet, PATH=own: hello' 'env, PATH=/none: error' 'env, A=1: A=1' |
	cmp -s - seen.txt || changed 'see above.'
echo 'The PATH that was meant for the program decides which program is started.'
