#!/usr/bin/env bash
# Expected: fuser, lsof and `ss -p` tell which processes have a file or socket open, ps and psutil what a process
# is doing (their manuals).
# Seen (Linux 6.18): where the first thread has ended (pthread_exit in main is allowed; the others go on), the kernel
# calls the process a zombie and shows no descriptors below /proc/PID/fd, only below /proc/PID/task/TID/fd
# (proc(5)). So fuser 23.6, lsof 4.95 and psutil 5.9.4 find nobody, `ss -p` names no process for a port that
# is served, and ps and psutil report a zombie without arguments and memory.
# Cost: umount says "busy" and no tool knows why; a supervisor takes a serving daemon for dead, waits for a parent
# to reap it, or starts it twice.
# Instead: when the state is Z and Threads above 1, look below /proc/PID/task.
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
debian psmisc=23.6-1 lsof=4.95.0-1 iproute2=6.1.0-3 procps=2:4.0.2-3 python3-psutil=5.9.4-1+b1

cat >daemon.py <<'END'
import ctypes
import os
import signal
import socket
import threading

signal.alarm(300)
held = open("held", "w")
server = socket.create_server(("127.0.0.1", 0))


def serve():
    # Answers until the other side has nothing more to ask.
    connection = server.accept()[0]
    while connection.recv(1):
        connection.sendall(b"alive")
    os._exit(0)


threading.Thread(target=serve).start()
with open("started.new", "w") as out:
    print(os.getpid(), server.getsockname()[1], file=out)
os.rename("started.new", "started")
# exit of the calling thread alone, which pthread_exit ends in.
ctypes.CDLL(None).syscall(60, 0)
END
cat >finding.py <<'END'
import os
import sys

import psutil

process = psutil.Process(int(sys.argv[1]))
listening = [one.pid for one in psutil.net_connections("tcp") if one.laddr.port == int(sys.argv[2]) and one.status == "LISTEN"]
print("psutil:", process.status(), process.cmdline(), process.open_files(), "memory", process.memory_info().rss)
print("psutil, listening:", listening)
print("its threads' descriptors:", sum("held" in os.readlink(f"/proc/{process.pid}/task/{thread}/fd/{name}")
                                       for thread in os.listdir(f"/proc/{process.pid}/task") if int(thread) != process.pid
                                       for name in os.listdir(f"/proc/{process.pid}/task/{thread}/fd")))
END
cat >inside.sh <<'END'
set -u
python3 daemon.py &
for _ in $(seq 600); do
	[[ -e started ]] && break
	sleep 0.1
done
read -r pid port <started
for _ in $(seq 600); do
	grep -q '^State:.*Z' "/proc/$pid/status" && break
	sleep 0.1
done
exec 3<>"/dev/tcp/127.0.0.1/$port"
printf x >&3
read -r -n 5 -u 3 -t 60 answer
echo "the daemon answers: $answer"
echo "kernel: $(grep -E '^(State|Threads)' "/proc/$pid/status" | tr -s '\t\n' ' ')"
echo "ps: $(root/bin/ps -o s= -o args= -p "$pid")"
root/bin/fuser held >/dev/null 2>fuser.log
echo "fuser held: exit code $?"
root/usr/bin/lsof held >lsof.log 2>&1
echo "lsof held: exit code $?, $(wc -l <lsof.log) lines"
echo "ss: $(root/bin/ss -H -ltnp "sport = :$port" | sed -E 's/ +/ /g; s/:[0-9]+ /:PORT /')"
PYTHONPATH=root/usr/lib/python3/dist-packages /usr/bin/python3 finding.py "$pid" "$port"
exec 3>&-
wait
END
# Process numbers of its own, so that fuser and lsof look at no other process.
unshare --pid --fork --mount-proc bash inside.sh | tee seen.txt
cat >expected.txt <<'END'
the daemon answers: alive
kernel: State: Z (zombie) Threads: 2 
ps: Z [python3] <defunct>
fuser held: exit code 1
lsof held: exit code 1, 0 lines
ss: LISTEN 0 128 127.0.0.1:PORT 0.0.0.0:*
psutil: zombie [] [] memory 0
psutil, listening: [None]
its threads' descriptors: 1
END
cmp -s seen.txt expected.txt || changed 'see above.'
echo 'A daemon that answers is a zombie without files and sockets to every tool.'
