#!/usr/bin/env bash
# Expected: Linux user numbers are unsigned, 32 bits; PAX and GNU tar write all of them (user namespaces
# and directory services give out numbers above 2147483647 as a matter of course).
# Seen: .NET 10's TarReader keeps them in an Int32 and throws OverflowException for an archive of GNU tar
# 1.34 in either format; the entry cannot be skipped. bsdtar 3.6.2 lists the number.
# Cost: one file of such an owner makes a valid archive unreadable to a .NET program.
# Instead: pack with --owner=0 --numeric-owner, or read the archive with a reader of your own.
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
foreach (var archive in args)
{
    try
    {
        using var reader = new TarReader(File.OpenRead(archive));
        Console.WriteLine($"{archive}: uid {reader.GetNextEntry()!.Uid}");
    }
    catch (OverflowException)
    {
        Console.WriteLine($"{archive}: OverflowException");
    }
}
END

dotnet build -v q -c Release -o out >build.log 2>&1 || {
	cat build.log >&2
	exit 2
}

echo text >f
for format in posix gnu; do
	root/bin/tar --format=$format --owner=:3000000000 --numeric-owner -cf $format.tar f
	root/usr/bin/bsdtar -tvf $format.tar --numeric-owner
	[[ $(root/usr/bin/bsdtar -tvf $format.tar --numeric-owner) == *' 3000000000 '* ]] || changed 'bsdtar shows another owner.'
done
dotnet out/finding.dll posix.tar gnu.tar | tee seen.txt
grep -qx 'posix.tar: OverflowException' seen.txt || changed 'TarReader reads the PAX one.'
grep -qx 'gnu.tar: OverflowException' seen.txt || changed 'TarReader reads the GNU one.'
echo 'The owner 3000000000, which bsdtar shows, makes TarReader throw in both formats.'
