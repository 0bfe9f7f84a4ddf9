#!/usr/bin/env bash
# Expected: flock(2) locks are advisory: who only reads a file without asking for a lock is not held up (cat,
# cp and Python are not), and reading takes none.
# Seen (.NET 10, Linux): opening for reading takes a shared flock without waiting, so File.ReadAllText, File.Copy
# and FileStream, even with FileShare.ReadWrite | Delete, throw IOException while another process has the file
# locked by flock(1); and while .NET reads, `flock --nonblock` of another fails.
# Cost: files under flock (locks of cron jobs, package tools, state files) cannot be read by a .NET program.
# Instead: set System.IO.DisableFileLocking (or DOTNET_SYSTEM_IO_DISABLEFILELOCKING=1).
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
using System.Diagnostics;

Console.WriteLine($"runtime {Environment.Version}");
Console.WriteLine($"ReadAllText: {Try(() => File.ReadAllText("state"))}");
Console.WriteLine($"Copy: {Try(() => File.Copy("state", "copy"))}");
Console.WriteLine($"FileStream, all shared: {Try(() => Open("state").Dispose())}");
using var free = Open("free");
using var flock = Process.Start("flock", ["--nonblock", "free", "true"]);
flock.WaitForExit();
Console.WriteLine($"flock --nonblock while .NET reads: exit code {flock.ExitCode}");

static FileStream Open(string path) =>
    new(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);

static string Try(Action action)
{
    try
    {
        action();
        return "done";
    }
    catch (IOException)
    {
        return "IOException";
    }
}
END

dotnet build -v q -c Release -o out >build.log 2>&1 || {
	cat build.log >&2
	exit 2
}

echo text >state
echo text >free
exec 9<state
flock --exclusive 9
[[ $(cat state) = text ]] || changed 'cat cannot read the file.'
echo 'cat reads the file that is locked exclusively.'
dotnet out/finding.dll 9<&- | tee seen.txt
[[ $(grep -c ': IOException$' seen.txt) = 3 ]] || changed '.NET reads the locked file.'
grep -qx 'flock --nonblock while .NET reads: exit code 1' seen.txt || changed 'reading takes no lock.'
DOTNET_SYSTEM_IO_DISABLEFILELOCKING=1 dotnet out/finding.dll 9<&- >without.txt
[[ $(grep -c ': done$' without.txt) = 3 ]] || changed 'the setting does not help.'
echo '.NET does not, holds up others while it reads, and does neither with file locking disabled.'
