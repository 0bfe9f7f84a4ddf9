#!/usr/bin/env bash
# Expected: in FileSystemName.MatchesSimpleExpression a backslash takes the meaning from the
# character behind it (the documentation names \*, \? and \\), and `*` matches nothing too.
# Seen (.NET 10): that holds for `\*` and `\\`, but `\?` matches any one character, an expression
# that ends in a backslash lets it match one more, and `*` does not match the empty name.
# Cost: a list of allowed names built on it lets through names that nobody wrote down.
# Instead: match `?` and the end of the expression yourself, or refuse a backslash.
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
using System.IO.Enumeration;

Console.WriteLine($"runtime {Environment.Version}");
foreach (var (expression, name) in new[] { (@"\*", "x"), (@"\\", "x"), (@"\?", "x"), (@"a\", "ab"), ("*", "") })
{
    Console.WriteLine($"{expression} and '{name}': {FileSystemName.MatchesSimpleExpression(expression, name, false)}");
}
END

dotnet build -v q -c Release -o out >build.log 2>&1 || {
	cat build.log >&2
	exit 2
}

dotnet out/finding.dll | tee seen.txt
grep -qxF "\\* and 'x': False" seen.txt || changed 'an escaped * matches x.'
grep -qxF "\\\\ and 'x': False" seen.txt || changed 'an escaped backslash matches x.'
grep -qxF "\\? and 'x': True" seen.txt || changed 'an escaped ? is literal.'
grep -qxF "a\\ and 'ab': True" seen.txt || changed 'a last backslash matches no character.'
grep -qxF "* and '': False" seen.txt || changed '* matches the empty name.'
echo 'An escaped * and an escaped backslash are literal; an escaped ? is not: it matches x.'
echo 'A backslash at the end matches the b of ab, and * does not match the empty name.'
