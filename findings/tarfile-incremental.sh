#!/usr/bin/env bash
# Expected: where the header magic says GNU (`ustar`, two blanks), bytes 345 to 356 are the access time
# (GNU tar's manual, "oldgnu"), not the ustar prefix; GNU tar fills it for --listed-incremental.
# Seen: Python 3.11's tarfile takes these digits for the prefix of the name: inc/sub/f becomes
# 15303356472/inc/sub/f (another number at each run), and the D members (directories) are no directories to it.
# bsdtar 3.6.2 unpacks the same archive as it is.
# Cost: incremental backups cannot be unpacked by it, and names change with the time of day.
# Instead: empty that prefix yourself when the magic is GNU's, or use another reader.
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
debian tar=1.34+dfsg-1.2+deb12u1 libarchive-tools=3.6.2-1+deb12u5 \
	python3.11-minimal=3.11.2-6+deb12u9 libpython3.11-minimal=3.11.2-6+deb12u9 libpython3.11-stdlib=3.11.2-6+deb12u9

mkdir -p inc/sub out bsd
echo text >inc/sub/f
root/bin/tar --format=gnu --listed-incremental=state -cf a.tar inc
root/bin/tar --version | sed -n 1p
root/usr/bin/bsdtar -C bsd -xf a.tar
[[ $(cat bsd/inc/sub/f) = text ]] || changed 'bsdtar does not unpack it.'
root/usr/bin/bsdtar --version
echo 'bsdtar unpacks inc/sub/f.'
PYTHONHOME="$dir/root/usr" root/usr/bin/python3.11 - <<'END' | tee seen.txt
import sys
import tarfile

print("Python", sys.version.split()[0])
for member in tarfile.open("a.tar"):
    print("file" if member.isreg() else "directory" if member.isdir() else member.type, member.name)
END
grep -qE '^file [0-9]{11}/inc/sub/f$' seen.txt || changed 'tarfile knows the field.'
echo 'tarfile puts all below a folder named by the octal digits of a time.'
