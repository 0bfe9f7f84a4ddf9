#!/usr/bin/env bash
# Expected: `ip -json` prints a JSON array of what was found, so of nothing an empty array, and an object for
# each match (ip(8) promises JSON for each command).
# Seen: iproute2 6.1.0 prints for nothing found `[{}]`, one empty object for each interface that the filter
# left out (link show type), `[]` for `neigh show` of an interface without neighbours, and no byte at
# all for `ip -json netns` where no namespace was ever named. A lifetime of "forever" is 4294967295.
# Cost: a count of the array is wrong, `.ifname` is missing, and a strict parser fails on no output.
# Instead: drop empty objects, take no output for an empty array.
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
debian iproute2=6.1.0-3

ip=root/bin/ip
"$ip" -V
kind=$("$ip" -json link show type vxcan)
neighbours=$("$ip" -json neigh show dev lo)
# An empty /run, as on a machine where no network namespace was ever given a name.
names=$(unshare --mount sh -c "mount -t tmpfs none /run && exec $ip -json netns")
lifetime=$("$ip" -json -4 addr show dev lo)
echo "link show type vxcan, where there is none: $kind"
echo "neigh show dev lo: $neighbours"
echo "netns: '$names'"
[[ $kind =~ ^\[\{\}(,\{\})*\]$ ]] || changed 'the empty objects are gone.'
[[ $neighbours =~ ^\[\ *\]$ ]] || changed 'the list of neighbours.'
[[ -z $names ]] || changed 'netns prints JSON.'
[[ $lifetime == *'"valid_life_time":4294967295'* ]] || changed 'for ever is written otherwise.'
echo 'Three kinds of nothing: an array of empty objects, an empty array, and no byte.'
