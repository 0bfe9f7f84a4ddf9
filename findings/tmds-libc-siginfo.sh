#!/usr/bin/env bash
# Expected: in Tmds.LibC's siginfo_t for linux-x64 and linux-arm64 the fields lie where sigaction(2)'s structure has
# them: si_signo, si_errno, si_code, from the beginning on.
# Seen: Tmds.LibC 0.5.0 has si_code at 4 and si_errno at 8, as MIPS has them; the times of a child are off as well.
# Cost: what waitid(2) fills is read as code 0, so that no end of a child is known as an exit or a signal.
# Instead: a structure of one's own for what waitid(2) fills. poll of the package does not save errno either.
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
    <NuGetAudit>false</NuGetAudit>
    <AllowUnsafeBlocks>true</AllowUnsafeBlocks>
  </PropertyGroup>
  <ItemGroup>
    <PackageReference Include="Tmds.LibC" Version="[0.5.0]" />
  </ItemGroup>
</Project>
END

cat >finding.cs <<'END'
using System;
using System.Diagnostics;
using System.Runtime.InteropServices;
using Tmds.Linux;

unsafe
{
    nint errno = Marshal.OffsetOf<siginfo_t>("si_errno"), code = Marshal.OffsetOf<siginfo_t>("si_code");
    Console.WriteLine($"si_errno at {errno}, si_code at {code}");
    // waitid(2) of a child that stops itself: code 5, CLD_STOPPED, by signal 19. The framework reaps those that have ended.
    using Process child = Process.Start("sh", ["-c", "kill -STOP $$"]);
    siginfo_t info = default;
    int result = Calls.waitid(1, child.Id, &info, 2);
    child.Kill();
    Console.WriteLine($"waitid {result}: status {info.si_status}, by the package code {info.si_code}");
    Console.WriteLine($"at 8 the kernel wrote code {*(int*)((byte*)&info + 8)}");
}

internal static unsafe class Calls
{
    [DllImport("libc", SetLastError = true)]
    internal static extern int waitid(int type, int id, siginfo_t* info, int options);
}
END

dotnet build -v q -c Release -o out >build.log 2>&1 || {
	cat build.log >&2
	exit 2
}

dotnet out/finding.dll | tee seen.txt
grep -qx 'si_errno at 8, si_code at 4' seen.txt || changed 'the fields have other places.'
grep -qx 'waitid 0: status 19, by the package code 0' seen.txt || changed 'the code is read.'
grep -qx 'at 8 the kernel wrote code 5' seen.txt || changed 'the kernel writes elsewhere.'
echo 'The code of a child is where the package has the error number.'
