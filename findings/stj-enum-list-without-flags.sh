#!/usr/bin/env bash
# Expected: JsonStringEnumConverter with allowIntegerValues: false, under JsonSerializerOptions.Strict,
# takes the names of the enum's members and nothing else; lists of names are for [Flags] enums.
# Seen (.NET 10): it refuses 3, "3" and "+1", but takes "One, Two" for an enum without [Flags] and makes
# of it the undefined value 3, which it then cannot write: the same converter throws JsonException.
# Cost: a checked request holds a value that no switch knows, and an answer that repeats it fails.
# Instead: test with Enum.IsDefined after reading.
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
using System.Text.Json;
using System.Text.Json.Serialization;

var options = new JsonSerializerOptions(JsonSerializerOptions.Strict)
{
    Converters = { new JsonStringEnumConverter(null, allowIntegerValues: false) },
};
Console.WriteLine($"runtime {Environment.Version}");
foreach (var json in new[] { "3", "\"3\"", "\"+1\"", "\"One\"", "\"One, Two\"" })
{
    Console.WriteLine($"read {json}: {Try(() => JsonSerializer.Deserialize<Plain>(json, options).ToString())}");
}

Console.WriteLine($"write it: {Try(() => JsonSerializer.Serialize((Plain)3, options))}");

static string Try(Func<string> action)
{
    try
    {
        return action();
    }
    catch (JsonException)
    {
        return "JsonException";
    }
}

enum Plain
{
    One = 1,
    Two = 2,
}
END

dotnet build -v q -c Release -o out >build.log 2>&1 || {
	cat build.log >&2
	exit 2
}

dotnet out/finding.dll | tee seen.txt
[[ $(grep -c '^read .*: JsonException' seen.txt) = 3 ]] || changed 'integers are taken.'
grep -qxF 'read "One, Two": 3' seen.txt || changed 'a list of names is refused.'
grep -qxF 'write it: JsonException' seen.txt || changed 'the undefined value is written.'
echo 'A list of two names gives 3, no member of the enum, which cannot be written again.'
