#!/usr/bin/env bash
# Expected: ProtoJSON takes numbers and strings for 64-bit fields, and both base64 alphabets, padded or
# not, for bytes (the ProtoJSON page of the protobuf documentation).
# Seen: Google.Protobuf 3.36.2 (C#) reads a number through a double: 9007199254740993 becomes ...992
# without an error, and the largest int64 and uint64 are "out of range"; as strings they are exact. It
# refuses base64 without padding and the URL-safe alphabet.
# Cost: ids and sizes from a writer in C++, Go or Python change by one, or the message is refused.
# Instead: always write 64-bit numbers as strings, and padded, standard base64.
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

Console.WriteLine($"Google.Protobuf {typeof(IMessage).Assembly.GetName().Version}");
Show<Int64Value>("9007199254740993");
Show<Int64Value>("\"9007199254740993\"");
Show<Int64Value>("9223372036854775807");
Show<UInt64Value>("18446744073709551615");
Show<BytesValue>("\"YQ==\"");
Show<BytesValue>("\"YQ\"");
Show<BytesValue>("\"-_-_\"");

static void Show<T>(string json) where T : IMessage, new()
{
    string seen;
    try
    {
        seen = JsonParser.Default.Parse<T>(json).ToString()!;
    }
    catch (InvalidProtocolBufferException exception)
    {
        seen = $"refused ({exception.Message})";
    }

    Console.WriteLine($"{typeof(T).Name} {json}: {seen}");
}
END

dotnet build -v q -c Release -o out >build.log 2>&1 || {
	cat build.log >&2
	exit 2
}

dotnet out/finding.dll | tee seen.txt
grep -qxF 'Int64Value 9007199254740993: "9007199254740992"' seen.txt || changed 'the number is kept.'
grep -qxF 'Int64Value "9007199254740993": "9007199254740993"' seen.txt || changed 'the string is not kept.'
[[ $(grep -c '64Value .*: refused' seen.txt) = 2 ]] || changed 'the largest numbers are taken.'
[[ $(grep -c 'BytesValue .*: refused' seen.txt) = 2 ]] || changed 'the other forms of base64 are taken.'
echo 'A number is changed by one in silence, the largest are refused, as are two of three base64 forms.'
