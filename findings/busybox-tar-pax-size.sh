#!/usr/bin/env bash
# Expected: a PAX record `size` overrides the size in the ustar header behind it (POSIX, pax), so that a
# streaming writer may leave that field 0, and must when the size has no room there.
# Seen: BusyBox 1.35 tar ignores it: it creates the file empty, takes its data for the next header, says
# "invalid tar magic" and ends with 1; GNU tar 1.34 and bsdtar 3.6.2 unpack both files.
# Cost: a file of 8 GiB or more in a PAX archive cannot get into a small guest by BusyBox, and the error
# names neither the file nor the size.
# Instead: use the GNU format (base-256 sizes), which BusyBox reads.
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
debian tar=1.34+dfsg-1.2+deb12u1 busybox-static=1:1.35.0-4+deb12u1+b1 libarchive-tools=3.6.2-1+deb12u5

# One header block of a tar archive, and a PAX record, by the book.
cat >tarparts.py <<'END'
def padded(data):
    return data + bytes(-len(data) % 512)


def header(name, size, kind):
    block = bytearray(512)
    block[0:len(name)] = name
    block[100:108] = b"0000644\0"
    block[108:124] = b"0000000\0" * 2
    block[124:136] = b"%011o\0" % size
    block[136:148] = b"00000000000\0"
    block[148:156] = b" " * 8
    block[156:157] = kind
    block[257:265] = b"ustar\00000"
    block[148:156] = b"%06o\0 " % sum(block)
    return bytes(block)


def record(key, value):
    rest = b" " + key + b"=" + value + b"\n"
    size = len(rest)
    while len(str(size)) + len(rest) != size:
        size = len(str(size)) + len(rest)
    return str(size).encode() + rest


def pax(kind, *pairs):
    data = b"".join(record(key, value) for key, value in pairs)
    return header(b"PaxHeaders/f", len(data), kind) + padded(data)


END_OF_ARCHIVE = bytes(10240)
END

python3 - <<'END'
from tarparts import *

with open("a.tar", "wb") as out:
    out.write(pax(b"x", (b"size", b"3")) + header(b"one", 0, b"0") + padded(b"hi\n")
              + header(b"two", 3, b"0") + padded(b"yo\n") + END_OF_ARCHIVE)
END
mkdir box gnu bsd
root/bin/tar -C gnu -xf a.tar
root/usr/bin/bsdtar -C bsd -xf a.tar
[[ $(cat gnu/one bsd/one gnu/two bsd/two) = $'hi\nhi\nyo\nyo' ]] || changed 'GNU tar or bsdtar fails.'
root/bin/tar --version | sed -n 1p
root/usr/bin/bsdtar --version
echo 'Both of them unpack two files of 3 bytes.'
root/bin/busybox | sed -n 1p
code=0
root/bin/busybox tar -C box -xf a.tar 2>errors.txt || code=$?
cat errors.txt
echo "BusyBox exits with $code, has $(stat -c %s box/one) bytes in the first file, and not the second."
[[ $code = 1 && ! -s box/one && ! -e box/two ]] || changed 'BusyBox heeds the record.'
