#!/usr/bin/env bash
# Expected: IPInterfaceProperties.DnsSuffix is the DNS suffix of the interface; on Linux that is /etc/resolv.conf's,
# where `search` lists suffixes in the order in which they are tried and `domain` names a single one
# (resolv.conf(5)). So it is the first of the list, or the domain.
# Seen (.NET 10): it is the last of the list, nothing at all if a blank follows the list, and nothing for `domain`.
# The name servers of the same files are read.
# Cost: a host is told a domain that the guest tries last, or that it has none, and builds full names with it.
# Instead: read /etc/resolv.conf yourself.
set -euo pipefail
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
cd "$dir"

changed() {
	printf 'The behaviour is another one now: %s\n' "$1" >&2
	exit 1
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
using System.Net.NetworkInformation;

var properties = NetworkInterface.GetAllNetworkInterfaces().First().GetIPProperties();
Console.WriteLine($"DnsSuffix '{properties.DnsSuffix}', DnsAddresses {string.Join(' ', properties.DnsAddresses)}");
END

dotnet build -v q -c Release -o out >build.log 2>&1 || {
	cat build.log >&2
	exit 2
}

# Prints what .NET says where /etc/resolv.conf is this text: a mount that only this process sees.
suffix() {
	printf '%b' "$1" >resolv.conf
	printf '%s: ' "$1"
	unshare --mount sh -c 'mount --bind resolv.conf /etc/resolv.conf && exec dotnet out/finding.dll'
}

dotnet --list-runtimes | grep '^Microsoft.NETCore.App 10' | tail -n 1 | cut -d ' ' -f 1,2
{
	suffix 'search first.example second.example third.example\nnameserver 192.0.2.1\n'
	suffix 'search only.example\nnameserver 192.0.2.1\n'
	suffix 'search only.example \nnameserver 192.0.2.1\n'
	suffix 'domain only.example\nnameserver 192.0.2.1\n'
} | tee seen.txt
printf '%s\n' third.example only.example '' '' >expected.txt
sed "s/.*DnsSuffix '\(.*\)', DnsAddresses 192\.0\.2\.1\$/\1/" seen.txt | cmp -s - expected.txt || changed 'see above.'
echo 'The suffix that is tried last is given for that of the interface; a blank or the keyword domain hides it.'
