#!/usr/bin/env bash
# Expected: `--name=` gives an option the empty value, as with getopt_long(3), and leaves the next word to
# the operands; with `--name ""` System.CommandLine does just that.
# Seen: System.CommandLine 3.0.0 drops the empty value: `--name= x` takes x for the name, and no operand
# is left; `--name= -v x` makes `-v` the name and not an option; `--name=` alone is an error.
# Cost: a script's --name="$UNSET" file changes what the command acts on, without an error.
# Instead: write the option and its value as two words, or refuse words that end in `=` first.
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
    <PackageReference Include="System.CommandLine" Version="[3.0.0]" />
  </ItemGroup>
</Project>
END

cat >finding.cs <<'END'
using System.CommandLine;

var operands = new Argument<string[]>("operands") { Arity = ArgumentArity.ZeroOrMore };
var name = new Option<string>("--name");
var verbose = new Option<bool>("-v");
var root = new RootCommand { operands, name, verbose };
Console.WriteLine($"System.CommandLine {typeof(RootCommand).Assembly.GetName().Version}");
foreach (var words in new string[][] { ["--name", "", "x"], ["--name=", "x"], ["--name=", "-v", "x"], ["--name="] })
{
    var parsed = root.Parse(words);
    Console.WriteLine($"{string.Join(' ', words.Select(word => word.Length == 0 ? "''" : word))}: " + (parsed.Errors.Count > 0
        ? "error"
        : $"name '{parsed.GetValue(name)}', verbose {parsed.GetValue(verbose)}, operands '{string.Join(' ', parsed.GetValue(operands)!)}'"));
}
END

dotnet build -v q -c Release -o out >build.log 2>&1 || {
	cat build.log >&2
	exit 2
}

dotnet out/finding.dll | tee seen.txt
grep -qxF -- "--name '' x: name '', verbose False, operands 'x'" seen.txt || changed 'two words are read otherwise.'
grep -qxF -- "--name= x: name 'x', verbose False, operands ''" seen.txt || changed 'the empty value is kept.'
grep -qxF -- "--name= -v x: name '-v', verbose False, operands 'x'" seen.txt || changed 'the empty value is kept before an option.'
grep -qxF -- '--name=: error' seen.txt || changed 'the empty value alone is taken.'
echo 'An empty value behind = is dropped, and the next word, even an option, becomes the value.'
