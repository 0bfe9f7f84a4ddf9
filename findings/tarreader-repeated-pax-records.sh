#!/usr/bin/env bash
# Expected: a PAX header may give a key more than once; the last one counts (POSIX, pax: of two records
# with the same key the later one rules). GNU tar's sparse format 0.0 lives
# on that: it writes one GNU.sparse.offset and one GNU.sparse.numbytes for each part.
# Seen: .NET 10's TarReader throws InvalidDataException (duplicate extended attribute) for such an
# archive, fresh from GNU tar 1.34; no entry of the archive is reached. bsdtar 3.6.2 unpacks it.
# Cost: one sparse file makes a whole valid archive unreadable, although unknown keys may be ignored.
# Instead: read PAX headers yourself, or ask for --sparse-version=1.0.
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
try
{
    using var reader = new TarReader(File.OpenRead(args[0]));
    while (reader.GetNextEntry() is { } entry)
    {
        Console.WriteLine($"entry {entry.Name}");
    }
}
catch (InvalidDataException exception)
{
    Console.WriteLine($"InvalidDataException: {exception.Message}");
}
END

dotnet build -v q -c Release -o out >build.log 2>&1 || {
	cat build.log >&2
	exit 2
}

truncate -s 1M disk
printf data | dd of=disk bs=1 seek=500000 conv=notrunc status=none
root/bin/tar --sparse --sparse-version=0.0 --format=posix -cf sparse.tar disk
mkdir bsd
root/usr/bin/bsdtar -C bsd -xf sparse.tar
cmp disk bsd/disk || changed 'bsdtar does not restore the file.'
root/usr/bin/bsdtar --version
echo 'bsdtar restores the archive of GNU tar 1.34 byte for byte.'
dotnet out/finding.dll sparse.tar | tee seen.txt
grep -q '^InvalidDataException: .*duplicate' seen.txt || changed 'TarReader takes repeated records.'
grep -q '^entry' seen.txt && changed 'TarReader gives an entry.'
echo 'TarReader refuses it because a key appears twice.'
