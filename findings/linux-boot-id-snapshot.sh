#!/usr/bin/env bash
# Expected: /proc/sys/kernel/random/boot_id names one boot: it stays the same until the next one, and a snapshot of a
# virtual machine that is restored any number of times is the same boot each time, with the same name.
# Seen: Linux 6.1.192 makes the name up when the file is first read. Of a snapshot that was taken before that, each
# restoration has a name of its own, which differs from what the machine itself said after the snapshot was taken; of
# one that was taken after it, all have the same.
# Cost: a guest seems to have been rebooted, and waits for programs that it thinks are gone, where it was only taken
# back; or clones cannot be told apart by it where somebody has happened to read the file. systemd reads it early,
# so that only small guests without it, as those that are started from snapshots, are met by the first.
# Instead: read the file once before the snapshot where restorations are to be the same boot. To tell restorations
# apart ask for what is meant for that: the generation counter of the virtual machine (vmgenid).
set -euo pipefail
dir=$(mktemp -d)
qemu=
trap '[ -z "$qemu" ] || kill "$qemu"; rm -rf "$dir"' EXIT
cd "$dir"

changed() {
	printf 'The behaviour is another one now: %s\n' "$1" >&2
	exit 1
}

for tool in qemu-system-x86_64 qemu-img socat cpio; do
	command -v "$tool" >/dev/null || {
		printf '%s is needed: apt-get install qemu-system-x86 qemu-utils socat cpio\n' "$tool" >&2
		exit 2
	}
done

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
debian linux-image-6.1.0-57-cloud-amd64=6.1.192-3 busybox-static=1:1.35.0-4+deb12u1+b1

# A guest that reads the file for each line that it gets on its console, and says so.
mkdir -p guest/bin guest/proc guest/dev
cp root/bin/busybox guest/bin/
cat >guest/init <<'INIT'
#!/bin/busybox sh
/bin/busybox mount -t proc proc /proc
/bin/busybox mount -t devtmpfs dev /dev
exec <>/dev/ttyS0 >&0 2>&0
/bin/busybox stty -echo
echo guest-ready
while read -r number; do
	read -r name </proc/sys/kernel/random/boot_id
	echo "answer $number $name"
done
INIT
chmod +x guest/init
(cd guest && find . | cpio --quiet -o -H newc >../initrd)
qemu-img create -q -f qcow2 snapshots.qcow2 1M

qemu-system-x86_64 -M q35 -accel tcg -m 256 -nodefaults -no-user-config -display none \
	-kernel root/boot/vmlinuz-* -initrd initrd -append 'console=ttyS0 quiet panic=-1' \
	-serial unix:console,server=on,wait=off -monitor unix:monitor,server=on,wait=off \
	-drive if=none,id=snapshots,file=snapshots.qcow2,format=qcow2 -device virtio-blk-pci,drive=snapshots &
qemu=$!
until [[ -S console && -S monitor ]]; do
	kill -0 "$qemu"
	sleep 0.1
done
coproc console { exec socat - UNIX-CONNECT:console; }

mkfifo to from
socat - UNIX-CONNECT:monitor <to >from &
exec 3>to 4<from

# Waits for the monitor's prompt, which ends in no line end.
prompt() {
	local text
	while read -r -t 120 -d ')' text <&4; do
		[[ $text != *'(qemu' ]] || return 0
	done
	printf 'QEMU does not answer.\n' >&2
	exit 2
}

monitor() {
	printf '%s\n' "$1" >&3
	prompt
}
prompt

number=0
ask() {
	local line
	number=$((number + 1))
	printf '%s\n' "$number" >&"${console[1]}"
	while read -r -t 60 line <&"${console[0]}"; do
		line=${line%$'\r'}
		[[ $line != "answer $number "* ]] || { name=${line##* }; return; }
	done
	printf 'The guest does not answer.\n' >&2
	exit 2
}

while read -r -t 120 line <&"${console[0]}"; do
	[[ $line != guest-ready* ]] || break
done

names=()
monitor 'savevm before'
ask && names+=("$name")
monitor 'savevm after'
ask && names+=("$name")
monitor 'loadvm before'
ask && names+=("$name")
monitor 'loadvm before'
ask && names+=("$name")
monitor 'loadvm after'
ask && names+=("$name")
monitor 'loadvm after'
ask && names+=("$name")

printf 'first boot, read twice:                      %s %s\n' "${names[0]}" "${names[1]}"
printf 'snapshot of before it was read, restored:    %s %s\n' "${names[2]}" "${names[3]}"
printf 'snapshot of after it was read, restored:     %s %s\n' "${names[4]}" "${names[5]}"
[[ ${names[0]} == "${names[1]}" ]] || changed 'one boot has two names.'
[[ ${names[2]} != "${names[0]}" && ${names[3]} != "${names[0]}" ]] || changed 'a name is there before it is read.'
[[ ${names[2]} != "${names[3]}" ]] || changed 'two restorations have one name.'
[[ ${names[4]} == "${names[0]}" && ${names[5]} == "${names[0]}" ]] || changed 'a name that was read does not stay.'
