#!/usr/bin/env bash
# Expected: a PAX record whose value is empty deletes what a global header said of that key, and what
# the archive says in the ustar header stands no longer (POSIX, pax, "pax Extended Header").
# Seen: for the global `mtime=1000000000` and the file's own `mtime=`, GNU tar 1.34 says
# "Malformed extended header: invalid mtime=", exits with 2 and uses the global value; npm tar 7.5.23
# uses the global value without a word. BusyBox, bsdtar and tarfile do not use it.
# Cost: an archive that POSIX allows fails in a script that heeds exit codes.
# Instead: write no empty records; repeat the value of the ustar header.
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

npm install --ignore-scripts --no-audit --no-fund --save-exact tar@7.5.23 >install.log 2>&1 || {
	cat install.log >&2
	exit 2
}

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
    out.write(pax(b"g", (b"mtime", b"1000000000")) + pax(b"x", (b"mtime", b""))
              + header(b"f", 3, b"0") + padded(b"hi\n") + END_OF_ARCHIVE)
END
mkdir gnu bsd npm
root/bin/tar --version | sed -n 1p
root/usr/bin/bsdtar --version
code=0
root/bin/tar -C gnu -xf a.tar 2>errors.txt || code=$?
cat errors.txt
echo "GNU tar exits with $code; its file is dated $(stat -c %Y gnu/f)."
[[ $code = 2 && $(stat -c %Y gnu/f) = 1000000000 ]] || changed 'GNU tar takes an empty value.'
grep -q 'invalid mtime=' errors.txt || changed 'GNU tar says something else.'
node -e 'require("tar").x({ file: "a.tar", cwd: "npm", strict: true })'
echo "npm tar 7.5.23 (strict) has no error; its file is dated $(stat -c %Y npm/f)."
[[ $(stat -c %Y npm/f) = 1000000000 ]] || changed 'npm tar deletes the global value.'
root/usr/bin/bsdtar -C bsd -xf a.tar
echo "bsdtar has no error; its file is dated $(stat -c %Y bsd/f)."
[[ $(stat -c %Y bsd/f) != 1000000000 ]] || changed 'bsdtar uses the global value.'
