#!/usr/bin/env bash
# Expected: NetworkInterface.GetAllNetworkInterfaces lists the interfaces of a machine whose configuration is valid;
# of its exceptions the manual names NetworkInformationException, for a failed call of the system.
# Seen (.NET 10): where the kernel itself has labelled an address at a rename (see linux-renamed-interface.sh)
# and the name has 14 or 15 characters, as udev's enx0123456789ab, the label is the name cut short and :2.
# .NET looks for an interface by what stands before the colon, finds none, and throws an ArgumentException
# about "an invalid IP address": no interface is listed at all. With a shorter name it works.
# Cost: agents and servers that list interfaces at their start end there, with a message that leads away.
# Instead: catch it and read /sys/class/net; or take the label off: delete the address and add it again.
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

try
{
    var names = NetworkInterface.GetAllNetworkInterfaces().Select(one => one.Name).Order(StringComparer.Ordinal);
    Console.WriteLine($"listed: {string.Join(' ', names)}");
}
catch (ArgumentException exception)
{
    Console.WriteLine($"ArgumentException: {exception.Message}");
}
END

dotnet build -v q -c Release -o out >build.log 2>&1 || {
	cat build.log >&2
	exit 2
}

cat >inside.sh <<'END'
set -eu
ip=root/bin/ip
"$ip" link add lan0 type veth peer name other
"$ip" addr add 192.0.2.1/24 dev lan0
"$ip" addr add 198.51.100.1/24 dev lan0
for name in wan0 enx0123456789ab; do
	"$ip" link set lan0 name "$name"
	labels=$("$ip" -json -4 addr show dev "$name" | grep -o '"label":"[^"]*"' | cut -d '"' -f 4 | tr '\n' ' ')
	echo "$name, labels $labels- $(dotnet out/finding.dll)"
	"$ip" link set "$name" name lan0
done
END
echo "Linux $(uname -r | cut -d . -f 1-2)"
dotnet --list-runtimes | grep '^Microsoft.NETCore.App 10' | tail -n 1 | cut -d ' ' -f 1,2
# A network of its own, so that no interface of the machine is renamed.
unshare --net bash inside.sh | tee seen.txt
grep -qx 'wan0, labels wan0 wan0:2 - listed: lo other wan0' seen.txt || changed 'the short name.'
grep -qx 'enx0123456789ab, labels enx0123456789ab enx0123456789:2 - ArgumentException: An invalid IP address.*' seen.txt ||
	changed 'the name of 15 characters.'
echo 'A network card with a full-length name, renamed with two addresses, hides all interfaces from .NET.'
