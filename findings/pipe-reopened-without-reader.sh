#!/usr/bin/env bash
# Expected: open(2): ENXIO for O_NONBLOCK | O_WRONLY on a FIFO that no process has open for reading (POSIX too);
# without O_NONBLOCK the open waits for a reader (fifo(7)).
# Seen (Linux): for an anonymous pipe, reopened by /proc/self/fd/N after its reader has gone, both forms
# succeed at once; only the write says EPIPE. A named FIFO, reopened by the same kind of path, is ENXIO.
# Cost: a program that is handed /dev/stdout or /proc/self/fd/1 cannot learn from open that nobody reads.
# Instead: ask poll(2) for POLLERR after the open.
set -euo pipefail
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
cd "$dir"

changed() {
	printf 'The behaviour is another one now: %s\n' "$1" >&2
	exit 1
}

cat >finding.py <<'END'
import errno
import os
import select
import signal

signal.alarm(10)


def reopen(path, flags):
    try:
        return os.open(path, os.O_WRONLY | flags)
    except OSError as error:
        return errno.errorcode[error.errno]


reader, writer = os.pipe()
os.close(reader)
path = f"/proc/self/fd/{writer}"
plain = reopen(path, 0)
again = reopen(path, os.O_NONBLOCK)
print("pipe:", "opened" if isinstance(plain, int) else plain)
print("pipe, O_NONBLOCK:", "opened" if isinstance(again, int) else again)
if isinstance(again, int):
    poll = select.poll()
    poll.register(again, select.POLLOUT)
    print("poll says POLLERR:", bool(poll.poll(0)[0][1] & select.POLLERR))
    try:
        os.write(again, b"x")
    except OSError as error:
        print("write:", errno.errorcode[error.errno])
os.mkfifo("fifo")
reader = os.open("fifo", os.O_RDONLY | os.O_NONBLOCK)
writer = os.open("fifo", os.O_WRONLY)
os.close(reader)
print("FIFO, O_NONBLOCK:", reopen(f"/proc/self/fd/{writer}", os.O_NONBLOCK))
END
echo "Linux $(uname -r | cut -d . -f 1-2)"
python3 finding.py | tee seen.txt
printf '%s\n' 'pipe: opened' 'pipe, O_NONBLOCK: opened' 'poll says POLLERR: True' 'write: EPIPE' 'FIFO, O_NONBLOCK: ENXIO' |
	cmp -s - seen.txt || changed 'see above.'
echo 'The pipe without a reader can be opened for writing, the FIFO in the same state cannot.'
