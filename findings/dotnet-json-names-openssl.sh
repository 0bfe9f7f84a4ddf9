#!/usr/bin/env bash
# Expected: reading JSON needs no cryptography. AllowDuplicateProperties=false refuses an object in which a name occurs
# twice (documentation of JsonDocumentOptions), and how many names it has makes no difference but time.
# Seen (.NET 10 on Linux): an object with more than some names makes System.Text.Json seed its hashes with random
# bytes of OpenSSL, and the process loads libssl and libcrypto in the middle of reading. With few names, and with
# duplicates allowed, it does not. Types with known members and dictionaries find duplicates without it.
# Cost: a container or an initramfs without OpenSSL reads small documents and ends at the first large one; a single
# file that was linked statically must not load it at all. Tests with short documents see nothing of it.
# Instead: have OpenSSL where the option is used, or look for duplicates yourself.
set -euo pipefail
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
cd "$dir"

changed() {
	printf 'The behaviour is another one now: %s\n' "$1" >&2
	exit 1
}

export DOTNET_CLI_TELEMETRY_OPTOUT=1 DOTNET_NOLOGO=1
dotnet --list-runtimes | grep -q '^Microsoft.NETCore.App 10\.' || {
	echo 'This finding is about .NET 10.' >&2
	exit 2
}
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

bool IsLoaded() => File.ReadLines("/proc/self/maps").Any(line => line.Contains("libssl") || line.Contains("libcrypto."));

void Read(int names, bool allow)
{
    string json = "{" + string.Join(",", Enumerable.Range(0, names).Select(i => $"\"n{i}\":{i}")) + "}";
    using var document = JsonDocument.Parse(json, new JsonDocumentOptions { AllowDuplicateProperties = allow });
    Console.WriteLine($"{names} names, duplicates {(allow ? "allowed" : "refused")}: {(IsLoaded() ? "OpenSSL" : "no OpenSSL")}");
}

Read(1000, true);
Read(5, false);
var known = JsonSerializer.Deserialize<Dictionary<string, int>>(
    "{" + string.Join(",", Enumerable.Range(0, 1000).Select(i => $"\"n{i}\":{i}")) + "}",
    new JsonSerializerOptions { AllowDuplicateProperties = false })!;
Console.WriteLine($"dictionary of {known.Count}, duplicates refused: {(IsLoaded() ? "OpenSSL" : "no OpenSSL")}");
Read(100, false);
END

dotnet build -v q -c Release -o out >build.log 2>&1 || {
	cat build.log >&2
	exit 2
}
dotnet out/finding.dll | tee seen.txt
cat >expected.txt <<'END'
1000 names, duplicates allowed: no OpenSSL
5 names, duplicates refused: no OpenSSL
dictionary of 1000, duplicates refused: no OpenSSL
100 names, duplicates refused: OpenSSL
END
cmp -s seen.txt expected.txt || changed 'see above.'
echo 'A large object without duplicates made a JSON reader load OpenSSL.'
