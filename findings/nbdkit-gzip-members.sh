#!/usr/bin/env bash
# Expected: a gzip file may have several members, which mean one after the other (RFC 1952, section 2.2); gzip -d and
# each common reader give all of them. nbdkit-gzip-filter(1) "transparently decompresses a gzip-compressed file".
# Seen (nbdkit 1.32.5): the disk is the first member alone, without an error or a warning. nbdkit's xz filter reads
# the same in xz (several streams) as a whole.
# Cost: images that were compressed in parts (bgzip, a backup written block by block, cat a.gz b.gz) are served cut short, and
# nbdcopy or a virtual machine takes the short disk for the disk.
# Instead: compare with `gzip -cd FILE | wc -c`, or compress again as one member; or use xz.
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
debian nbdkit=1.32.5-1 libnbd-bin=1.14.2-1 libnbd0=1.14.2-1
export LD_LIBRARY_PATH=$dir/root/usr/lib/x86_64-linux-gnu

nbdkit=root/usr/bin/nbdkit modules=root/usr/lib/x86_64-linux-gnu/nbdkit
"$nbdkit" --version
head -c 65536 /dev/urandom >first
head -c 131072 /dev/urandom >second
cat first second >whole
for program in gzip xz; do
	"$program" -c first >"disk.$program"
	"$program" -c second >>"disk.$program"
	"$program" -cd <"disk.$program" | cmp - whole || changed "$program."
	timeout 60 "$nbdkit" -U - --readonly "--filter=$modules/filters/nbdkit-$program-filter.so" \
		"$modules/plugins/nbdkit-file-plugin.so" "disk.$program" \
		--run "root/usr/bin/nbdcopy \"\$uri\" copy.$program" || changed "nbdkit reports an error of $program."
	echo "$program: file of $(stat -c %s whole) bytes, disk of $(stat -c %s "copy.$program")"
done
cmp copy.xz whole || changed 'the xz filter.'
cmp copy.gzip first || changed 'the gzip filter.'
echo 'The gzip filter serves the first member as the whole disk.'
