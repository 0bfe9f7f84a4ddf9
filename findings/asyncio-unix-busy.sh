#!/usr/bin/env bash
# Expected: asyncio's open_unix_connection returns connected streams or raises (Python's asyncio documentation).
# connect(2): a non-blocking Unix socket whose server has a full backlog is EAGAIN, which is not EINPROGRESS.
# Seen: Python 3.11.2 (3.13.0 too) waits after EAGAIN until the socket, which was never connected, is "writable",
# finds its SO_ERROR to be 0, and returns streams of a socket without a peer. What is done with them raises
# ConnectionResetError. Node.js 20 reports EAGAIN.
# Cost: against a busy agent or daemon a client believes that it was connected and lost the connection, and does
# not repeat what is not idempotent, though the server has never seen a byte; a retry on refusal never runs.
# Instead: connect a blocking socket (in a thread, with a timeout) and hand it over by sock=.
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
debian python3.11-minimal=3.11.2-6+deb12u9 libpython3.11-minimal=3.11.2-6+deb12u9 libpython3.11-stdlib=3.11.2-6+deb12u9

cat >finding.py <<'END'
import asyncio
import errno
import signal
import socket
import subprocess
import sys

signal.alarm(60)
print("Python", sys.version.split()[0])
server = socket.socket(socket.AF_UNIX)
server.bind("s")
server.listen(0)
held = []
while True:
    client = socket.socket(socket.AF_UNIX)
    client.setblocking(False)
    error = client.connect_ex("s")
    if error:
        print("plain connect:", errno.errorcode[error])
        break
    held.append(client)


async def main():
    try:
        reader, writer = await asyncio.open_unix_connection("s")
    except OSError as error:
        print("asyncio:", repr(error))
        return
    print("asyncio: connected")
    try:
        writer.get_extra_info("socket").getpeername()
    except OSError as error:
        print("peer:", errno.errorcode[error.errno])
    writer.write(b"request")
    try:
        await writer.drain()
        print("then:", await reader.read(1))
    except OSError as error:
        print("then:", type(error).__name__)
    writer.transport.abort()


asyncio.run(main())
print(subprocess.run(["node", "finding.js"], capture_output=True, text=True, timeout=30).stdout, end="")
server.setblocking(False)
seen = []
for client in held:
    seen.append(server.accept()[0])
try:
    server.accept()
    print("server: one more connection")
except BlockingIOError:
    print("server: no such connection")
END
cat >finding.js <<'END'
const socket = require('net').connect('s', () => console.log('Node.js: connected'));
socket.on('error', (error) => console.log(`Node.js: ${error.code}`));
END
PYTHONHOME="$dir/root/usr" root/usr/bin/python3.11 finding.py | tee seen.txt
printf '%s\n' 'Python 3.11.2' 'plain connect: EAGAIN' 'asyncio: connected' 'peer: ENOTCONN' \
	'then: ConnectionResetError' 'Node.js: EAGAIN' 'server: no such connection' | cmp -s - seen.txt || changed 'see above.'
echo 'asyncio returns a connection that the server has never seen, and then says that it was reset.'
