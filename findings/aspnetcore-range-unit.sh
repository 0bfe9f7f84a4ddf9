#!/usr/bin/env bash
# Expected: a server ignores a Range field with a unit that it does not understand (RFC 9110, section 14.2), and
# answers 200 with all of it; the only unit of ASP.NET Core is bytes.
# Seen (ASP.NET Core 10.0): the unit is not looked at. `Range: lines=1-2` or `seconds=10-20` is answered 206 with
# bytes 1 to 2 or 10 to 20, by static files and by Results.File alike.
# Cost: a client that asks for lines, items or seconds, and knows servers without them by their 200, takes a few
# bytes for the part that it asked for; only Content-Range tells.
# Instead: in the client, compare the unit in Content-Range; in the server, remove a Range of another unit.
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
<Project Sdk="Microsoft.NET.Sdk.Web">
  <PropertyGroup>
    <OutputType>Exe</OutputType>
    <TargetFramework>net10.0</TargetFramework>
    <UseAppHost>false</UseAppHost>
    <ImplicitUsings>enable</ImplicitUsings>
    <NuGetAudit>false</NuGetAudit>
  </PropertyGroup>
</Project>
END

mkdir wwwroot
printf 'first line\nsecond line\nthird line\n' >wwwroot/f.txt
cat >finding.cs <<'END'
using System.Net.Sockets;
using System.Text;

var socketPath = Path.GetFullPath("s");
var builder = WebApplication.CreateSlimBuilder();
builder.Logging.ClearProviders();
builder.WebHost.ConfigureKestrel(kestrel => kestrel.ListenUnixSocket(socketPath));
await using var app = builder.Build();
app.UseStaticFiles();
app.MapGet("/result", () => Results.File(Path.GetFullPath("wwwroot/f.txt"), "text/plain", enableRangeProcessing: true));
await app.StartAsync();
Console.WriteLine($"runtime {Environment.Version}");
using var client = new HttpClient(new SocketsHttpHandler
{
    ConnectCallback = async (_, cancellation) =>
    {
        var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        await socket.ConnectAsync(new UnixDomainSocketEndPoint(socketPath), cancellation);
        return new NetworkStream(socket, ownsSocket: true);
    },
});
foreach (var path in new[] { "/f.txt", "/result" })
{
    foreach (var range in new[] { "bytes=1-2", "lines=1-2", "seconds=10-20" })
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, "http://local" + path);
        request.Headers.TryAddWithoutValidation("Range", range);
        using var response = await client.SendAsync(request);
        var body = await response.Content.ReadAsByteArrayAsync();
        Console.WriteLine($"{path} {range}: {(int)response.StatusCode}, {body.Length} bytes, {response.Content.Headers.ContentRange}");
    }
}
END

dotnet build -v q -c Release -o out >build.log 2>&1 || {
	cat build.log >&2
	exit 2
}

timeout 120 dotnet out/finding.dll | tee seen.txt
for path in /f.txt /result; do
	grep -qx "$path bytes=1-2: 206, 2 bytes, bytes 1-2/34" seen.txt || changed 'a range of bytes.'
	grep -qx "$path lines=1-2: 206, 2 bytes, bytes 1-2/34" seen.txt || changed 'a range of lines.'
	grep -qx "$path seconds=10-20: 206, 11 bytes, bytes 10-20/34" seen.txt || changed 'a range of seconds.'
done
echo 'Lines and seconds are taken for bytes.'
