#!/usr/bin/env bash
# Expected: a TZif file ends in a rule for all times after its last entry (RFC 9636, section 3.3). In "slim" files,
# the default of tzcode's zic (zic(8); Debian's writes "fat" ones), what the rule gives has no entries of its own.
# Both mean the same.
# Seen (.NET 10): the hour of a rule is taken modulo a day: "24 hours after the start of the first Sunday" (/24) is
# taken for its start. With slim files Santiago's and Cairo's clocks change a day early in 2026, Jerusalem's too
# (/26), and Nuuk's (/-1) a day late; with fat ones the same begins in 2038. glibc 2.36 reads all of them right.
# Cost: for a day, once or twice a year, local times are wrong by an hour, and nothing else looks wrong.
# Instead: build the files with zic -b fat, and convert times after 2037 with another library.
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
debian tzdata=2026f-0+deb12u1 libc-bin=2.36-9+deb12u14

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
using System.Globalization;

var zone = TimeZoneInfo.FindSystemTimeZoneById(args[0]);
var offset = zone.GetUtcOffset(DateTimeOffset.Parse(args[1], CultureInfo.InvariantCulture));
Console.WriteLine($"{(offset < TimeSpan.Zero ? '-' : '+')}{offset:hh\\:mm}");
END

dotnet build -v q -c Release -o out >build.log 2>&1 || {
	cat build.log >&2
	exit 2
}

for form in slim fat; do
	root/usr/sbin/zic -b "$form" -d "$form" root/usr/share/zoneinfo/tzdata.zi
done
root/usr/sbin/zic --version
dotnet --list-runtimes | grep '^Microsoft.NETCore.App 10' | tail -n 1 | cut -d ' ' -f 1,2
while read -r zone time; do
	for form in slim fat; do
		export TZDIR="$dir/$form"
		glibc=$(TZ=$zone date -d "$time" +%:z)
		printf '%s %s %s: glibc %s, .NET %s\n' "$form" "$zone" "$time" "$glibc" "$(dotnet out/finding.dll "$zone" "$time")"
	done
done <<'END' | tee seen.txt
America/Santiago 2026-04-04T12:00Z
Africa/Cairo 2026-10-29T12:00Z
Asia/Jerusalem 2026-03-26T12:00Z
America/Nuuk 2026-03-29T12:00Z
Asia/Jerusalem 2040-03-22T12:00Z
END
cat >expected.txt <<'END'
slim America/Santiago 2026-04-04T12:00Z: glibc -03:00, .NET -04:00
fat America/Santiago 2026-04-04T12:00Z: glibc -03:00, .NET -03:00
slim Africa/Cairo 2026-10-29T12:00Z: glibc +03:00, .NET +02:00
fat Africa/Cairo 2026-10-29T12:00Z: glibc +03:00, .NET +03:00
slim Asia/Jerusalem 2026-03-26T12:00Z: glibc +02:00, .NET +03:00
fat Asia/Jerusalem 2026-03-26T12:00Z: glibc +02:00, .NET +02:00
slim America/Nuuk 2026-03-29T12:00Z: glibc -01:00, .NET -02:00
fat America/Nuuk 2026-03-29T12:00Z: glibc -01:00, .NET -01:00
slim Asia/Jerusalem 2040-03-22T12:00Z: glibc +02:00, .NET +03:00
fat Asia/Jerusalem 2040-03-22T12:00Z: glibc +02:00, .NET +03:00
END
cmp -s seen.txt expected.txt || changed 'see above.'
echo 'Four zones change their clocks on the wrong day when the files are slim, and all files have it after 2037.'
