#!/usr/bin/env bash
# Expected: nbdkit-tar-filter serves the file that `tar -x` would unpack under the name; its manual asks for the name
# as `tar -t` prints it, no more.
# Seen (nbdkit 1.32.5 with GNU tar 1.34): a file that is in the archive as a hard link to an earlier member is a disk of
# 0 bytes; of a file that `tar -r` appended again, in a newer version, the old one is served. Neither is an error.
# An owner whose name has a blank makes any file of the archive "not found".
# Cost: a virtual machine starts from last week's disk, or a copy of it is empty; of the names of owners nobody thinks.
# Instead: unpack, or make archives with --hard-dereference and --numeric-owner, and never append to them.
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
debian nbdkit=1.32.5-1 libnbd-bin=1.14.2-1 libnbd0=1.14.2-1 tar=1.34+dfsg-1.2+deb12u1
export LD_LIBRARY_PATH=$dir/root/usr/lib/x86_64-linux-gnu

nbdkit=root/usr/bin/nbdkit modules=root/usr/lib/x86_64-linux-gnu/nbdkit
# Prints what nbdkit serves of a member, and what tar unpacks.
both() {
	rm -rf copy out
	mkdir out
	root/bin/tar -C out -xf "$1" --no-same-owner
	timeout 60 "$nbdkit" -U - --readonly "--filter=$modules/filters/nbdkit-tar-filter.so" \
		"$modules/plugins/nbdkit-file-plugin.so" "$1" "tar-entry=$2" "tar=$dir/root/bin/tar" \
		--run "root/usr/bin/nbdcopy \"\$uri\" copy" 2>error.log || echo 'no disk' >copy
	printf '%s: tar %s, nbdkit %s\n' "$1" "$(head -c 8 "out/$2" | tr '\0' .)" "$(head -c 8 copy | tr '\0' .)"
}

"$nbdkit" --version
root/bin/tar --version | sed -n 1p
disk() {
	printf '%s' "$1" >disk.img
	truncate -s 65536 disk.img
}
disk original
root/bin/tar -cf plain.tar disk.img
cp plain.tar appended.tar
ln disk.img link.img
root/bin/tar -cf linked.tar disk.img link.img
root/bin/tar --owner='two words' --group=staff -cf owner.tar disk.img
disk newer...
root/bin/tar -rf appended.tar disk.img
{
	both plain.tar disk.img
	both linked.tar link.img
	both appended.tar disk.img
	both owner.tar disk.img
} | tee seen.txt
cat >expected.txt <<'END'
plain.tar: tar original, nbdkit original
linked.tar: tar original, nbdkit 
appended.tar: tar newer..., nbdkit original
owner.tar: tar original, nbdkit no disk
END
cmp -s seen.txt expected.txt || changed 'see above.'
echo 'An empty disk, an old one and none, where tar unpacks a file each time.'
