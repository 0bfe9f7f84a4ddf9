#!/usr/bin/env bash
# Expected: where an archive has two entries of one name, the later one is what is there in the end.
# Seen: GNU tar 1.34 holds the place of a symbolic link that is absolute or has ".." with an empty file
# and makes the link at the end, if the file is still the same. It compares inode numbers alone, and a
# file system that gives the number of the removed file to the next one, as ext4, makes both the same:
# the later file is removed, the link takes its place, and the exit status is 0.
# Cost: the content of a file is lost, and what opens it goes where the link leads.
# Instead: never append an entry to such an archive, or unpack with -P and trust its links.
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
debian tar=1.34+dfsg-1.2+deb12u1

: >first
number=$(stat -c %i first)
rm first
: >second
if [[ $(stat -c %i second) != "$number" ]]; then
	printf 'The file system of %s does not use inode numbers again at once; TMPDIR may name one that does.\n' "$dir" >&2
	exit 2
fi

tar=$PWD/root/bin/tar
"$tar" --version | sed -n 1p
mkdir from to to-P
ln -s /nowhere from/name
"$tar" -C from -cf two.tar name
rm from/name
echo content >from/name
"$tar" -C from -rf two.tar name
"$tar" -tvf two.tar
"$tar" -C to -xf two.tar || changed 'GNU tar reports an error.'
"$tar" -C to-P -xPf two.tar
echo "tar -x: $(stat -c %F to/name), and with -P: $(stat -c %F to-P/name)."
[[ -L to/name && ! -L to-P/name ]] || changed 'the file is there.'
