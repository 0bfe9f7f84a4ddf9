#!/usr/bin/env bash
# Expected: a reader that does not know GNU tar's sparse extensions says so, as tar(5) archives
# mark them: by a type of their own (GNU format) or by vendor records (PAX).
# Seen: BusyBox 1.35 and npm tar 7.5.23 unpack a PAX sparse archive with exit code 0 as another file,
# GNUSparseFile.N/disk, that holds the map and then the parts without the holes; .NET 10's TarReader
# names it so too. Of a GNU sparse archive npm tar leaves the file out, without an error.
# Cost: a backup restored inside a small guest lacks its images while every exit code says success.
# Instead: look for GNUSparseFile in the listing, or write archives without --sparse.
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
debian tar=1.34+dfsg-1.2+deb12u1 busybox-static=1:1.35.0-4+deb12u1+b1

npm install --ignore-scripts --no-audit --no-fund --save-exact tar@7.5.23 >install.log 2>&1 || {
	cat install.log >&2
	exit 2
}

export DOTNET_CLI_TELEMETRY_OPTOUT=1 DOTNET_NOLOGO=1
cat >finding.csproj <<'END'
<Project Sdk="Microsoft.NET.Sdk">
  <PropertyGroup>
    <OutputType>Exe</OutputType>
    <TargetFramework>net10.0</TargetFramework>
    <UseAppHost>false</UseAppHost>
    <ImplicitUsings>enable</ImplicitUsings>
    <NuGetAudit>false</NuGetAudit>
  </PropertyGroup>
</Project>
END

cat >finding.cs <<'END'
using System.Formats.Tar;

Console.WriteLine($"runtime {Environment.Version}");
using var reader = new TarReader(File.OpenRead(args[0]));
while (reader.GetNextEntry() is { } entry)
{
    Console.WriteLine($"{entry.EntryType} {entry.Name} {entry.Length}");
}
END

dotnet build -v q -c Release -o out >build.log 2>&1 || {
	cat build.log >&2
	exit 2
}

truncate -s 1M disk
printf data | dd of=disk bs=1 seek=500000 conv=notrunc status=none
echo text >note
root/bin/tar --sparse --format=posix -cf pax.tar disk note
root/bin/tar --sparse --format=gnu -cf gnu.tar disk note
root/bin/tar --version | sed -n 1p
root/bin/busybox | sed -n 1p
mkdir box npm-pax npm-gnu
root/bin/busybox tar -C box -xf pax.tar || changed 'BusyBox reports an error.'
files=$(cd box && find . -type f -printf '%P %s\n' | sort)
echo "BusyBox made of a PAX sparse file of 1048576 bytes, exit code 0: ${files//$'\n'/; }"
[[ ! -e box/disk && $files == GNUSparseFile.*/disk* ]] || changed 'BusyBox knows PAX sparse files.'
for format in pax gnu; do
	node -e 'require("tar").x({ file: process.argv[1], cwd: process.argv[2] })' "$format.tar" "npm-$format" ||
		changed 'npm tar reports an error.'
	files=$(cd "npm-$format" && find . -type f -printf '%P %s\n' | sort)
	echo "npm tar 7.5.23 made of the same file in $format format, no error: ${files//$'\n'/; }"
	[[ ! -e npm-$format/disk && -e npm-$format/note ]] || changed 'npm tar knows sparse files.'
done
dotnet out/finding.dll pax.tar | tee seen.txt
grep -q '^RegularFile .*GNUSparseFile\.' seen.txt || changed 'TarReader knows PAX sparse files.'
echo 'TarReader calls the PAX sparse file a regular file below GNUSparseFile.N.'
