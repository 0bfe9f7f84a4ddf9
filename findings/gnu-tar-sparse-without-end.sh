#!/usr/bin/env bash
# Expected: a PAX sparse file has the size that its record GNU.sparse.realsize (1.0) or
# GNU.sparse.size (0.1) gives; the map names the parts with data, all else is holes (GNU tar's manual).
# Seen: GNU tar 1.34 takes the end of the last part for the end of the file and exits with 0;
# bsdtar 3.6.2 gives the full size for the same bytes. GNU tar's own archives hide it, as
# they end each map with a part of length 0.
# Cost: a disk image from a writer without that last part comes out cut short, unnoticed.
# Instead: always write the last, empty part; after GNU tar compare the size.
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
debian tar=1.34+dfsg-1.2+deb12u1 libarchive-tools=3.6.2-1+deb12u5

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

sparse = [(b"GNU.sparse.name", b"disk")]
data = padded(b"1\n0\n512\n") + b"A" * 512
with open("1.0.tar", "wb") as out:
    out.write(pax(b"x", (b"GNU.sparse.major", b"1"), (b"GNU.sparse.minor", b"0"),
                  (b"GNU.sparse.realsize", b"10000"), *sparse)
              + header(b"GNUSparseFile.0/disk", len(data), b"0") + data + END_OF_ARCHIVE)
with open("0.1.tar", "wb") as out:
    out.write(pax(b"x", (b"GNU.sparse.size", b"10000"), (b"GNU.sparse.numblocks", b"1"),
                  (b"GNU.sparse.map", b"0,512"), *sparse)
              + header(b"GNUSparseFile.0/disk", 512, b"0") + b"A" * 512 + END_OF_ARCHIVE)
END
root/bin/tar --version | sed -n 1p
root/usr/bin/bsdtar --version
for format in 1.0 0.1; do
	mkdir "gnu-$format" "bsd-$format"
	root/bin/tar -C "gnu-$format" -xf "$format.tar" || changed 'GNU tar reports an error.'
	root/usr/bin/bsdtar -C "bsd-$format" -xf "$format.tar"
	gnu=$(stat -c %s "gnu-$format/disk")
	bsd=$(stat -c %s "bsd-$format/disk")
	echo "PAX sparse $format, real size 10000: GNU tar wrote $gnu bytes and exited with 0, bsdtar wrote $bsd."
	[[ $gnu = 512 && $bsd = 10000 ]] || changed 'other sizes.'
done
