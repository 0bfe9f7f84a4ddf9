#!/usr/bin/env bash
# Expected: a proto3 double or float of -0.0 is not the default value and is written (the language guide:
# +0 is left out, -0 is distinct and serialised), so it comes back as -0.0.
# Seen: Google.Protobuf 3.36.2 (C#) writes nothing for a plain field; what it parsed from another
# language's bytes it does not write again, though Equals calls the message different from one with 0.
# In a oneof, where the presence is kept, the same value is written.
# Cost: a relay in C# changes messages, and two messages that differ have the same bytes (and sum).
# Instead: mark the field optional, or compare bits before trusting a round trip.
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
  <ItemGroup>
    <PackageReference Include="Google.Protobuf" Version="[3.36.2]" />
  </ItemGroup>
</Project>
END

cat >finding.cs <<'END'
using Google.Protobuf;
using Google.Protobuf.WellKnownTypes;

var bytes = Convert.FromHexString("090000000000000080");
var parsed = DoubleValue.Parser.ParseFrom(bytes);
Console.WriteLine($"Google.Protobuf {typeof(IMessage).Assembly.GetName().Version}");
Console.WriteLine($"parsed 090000000000000080: {parsed.Value}, equal to 0: {parsed.Equals(new DoubleValue { Value = 0.0 })}");
Console.WriteLine($"written again: {parsed.CalculateSize()} bytes");
Console.WriteLine($"in a oneof: {Convert.ToHexString(Value.ForNumber(-0.0).ToByteArray())}");
END

dotnet build -v q -c Release -o out >build.log 2>&1 || {
	cat build.log >&2
	exit 2
}

dotnet out/finding.dll | tee seen.txt
grep -qx 'parsed 090000000000000080: -0, equal to 0: False' seen.txt || changed 'it parses something else.'
grep -qx 'written again: 0 bytes' seen.txt || changed 'it writes -0.0.'
grep -qx 'in a oneof: 110000000000000080' seen.txt || changed 'the oneof is written otherwise.'
echo 'The nine bytes of a double of -0.0 are parsed as -0 and written again as nothing.'
