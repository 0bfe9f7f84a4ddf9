#!/usr/bin/env bash
# Expected: .NET methods that take a token which is cancelled already do nothing (Task.Run, HttpClient and
# Process.WaitForExitAsync are like that), and a command is over when its process is (Process says so).
# Seen: CliWrap 3.10.5 starts the program all the same and then ends it; what it did until then stays
# done. And ExecuteAsync with a pipe for the output goes on while a grandchild holds that output.
# Cost: a cancelled queue still changes things, and a command that leaves a daemon is over only with it.
# Instead: call token.ThrowIfCancellationRequested first; give daemons an output of their own.
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
    <PackageReference Include="CliWrap" Version="[3.10.5]" />
  </ItemGroup>
</Project>
END

cat >finding.cs <<'END'
using System.Diagnostics;
using CliWrap;

var cancelled = new CancellationToken(true);
Console.WriteLine($"CliWrap {typeof(Cli).Assembly.GetName().Version}");
var started = 0;
for (var i = 0; i < 20 && started == 0; i++)
{
    try
    {
        await Cli.Wrap("sh").WithArguments(["-c", $"echo > started{i}; sleep 5"]).ExecuteAsync(cancelled);
    }
    catch (OperationCanceledException)
    {
        started += File.Exists($"started{i}") ? 1 : 0;
    }
}

Console.WriteLine($"started with a cancelled token: {(started > 0 ? "yes" : "no")}");
var watch = Stopwatch.StartNew();
await Cli.Wrap("sh").WithArguments(["-c", "sleep 3 & exit 0"])
    .WithStandardOutputPipe(PipeTarget.ToStream(Stream.Null)).ExecuteAsync();
Console.WriteLine($"CliWrap waits for the grandchild: {(watch.Elapsed.TotalSeconds > 2 ? "yes" : "no")}");
watch.Restart();
using var process = Process.Start(new ProcessStartInfo("sh", ["-c", "sleep 3 & exit 0"]) { RedirectStandardOutput = true });
await process.WaitForExitAsync();
Console.WriteLine($"Process waits for the grandchild: {(watch.Elapsed.TotalSeconds > 2 ? "yes" : "no")}");
END

dotnet build -v q -c Release -o out >build.log 2>&1 || {
	cat build.log >&2
	exit 2
}

dotnet out/finding.dll | tee seen.txt
grep -qx 'started with a cancelled token: yes' seen.txt || changed 'nothing is started with a cancelled token.'
grep -qx 'CliWrap waits for the grandchild: yes' seen.txt || changed 'CliWrap returns with the process.'
grep -qx 'Process waits for the grandchild: no' seen.txt || changed 'Process waits too.'
echo 'The program ran in spite of the token, and CliWrap waited for a process that it did not start.'
