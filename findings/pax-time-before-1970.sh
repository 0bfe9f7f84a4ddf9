#!/usr/bin/env bash
# Expected: PAX times are decimal numbers, negative ones too (POSIX, pax): -1.25 is 1.25 s before 1970.
# Seen: bsdtar 3.6.2 (libarchive) keeps the fraction positive on both ways: it unpacks -10.5, written by
# GNU tar 1.34 for that time, as 9.5 s before 1970, and writes -11.5 for a file that is 10.5 s before
# 1970. By itself it returns what it put in; between the two programs a second is lost each way.
# Cost: `--newer`, rsync and make see a changed file after every passage; sums of times differ.
# Instead: cut the times to whole seconds before archiving (touch -d @N), or keep to one program.
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

touch -d '1969-12-31 23:59:49.5 UTC' old
nanoseconds() {
	python3 -c 'import os, sys; print(os.stat(sys.argv[1]).st_mtime_ns)' "$1"
}
[[ $(nanoseconds old) = -10500000000 ]] || {
	echo 'This file system does not keep such a time; nothing can be shown here.' >&2
	exit 2
}
root/bin/tar --version | sed -n 1p
root/usr/bin/bsdtar --version
root/bin/tar --format=posix -cf gnu.tar old
root/usr/bin/bsdtar --format=pax -cf bsd.tar old
grep -aq 'mtime=-10\.5' gnu.tar || changed 'GNU tar writes another time.'
mkdir out
root/usr/bin/bsdtar -C out -xf gnu.tar
read_back=$(nanoseconds out/old)
written=$(grep -ao 'mtime=[-.0-9]*' bsd.tar | sed -n 1p)
echo "The file is dated -10.5 s; GNU tar writes mtime=-10.5, which bsdtar unpacks as $read_back ns."
echo "bsdtar itself writes $written for the file."
[[ $read_back = -9500000000 ]] || changed 'bsdtar reads the time right.'
[[ $written = mtime=-11.5* ]] || changed 'bsdtar writes the time right.'
