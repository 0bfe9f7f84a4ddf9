#!/usr/bin/env bash
# Expected: a client that has sent a whole request and shuts down its sending side (shutdown(SHUT_WR), as nc -N,
# socat and many proxies do) is a client that waits for its answer: RFC 9112 leaves TCP's half-close to it.
# Seen (Kestrel of ASP.NET Core 10.0): the end of the input is the end of the request. A handler that takes 200 ms sees
# RequestAborted cancelled, and the client reads nothing, no status and no error, and the connection ends in order.
# Cost: a health check through `nc -N` or a proxy that half-closes finds an empty answer, the faster the rarer.
# Instead: keep the end from Kestrel until the answer is written (a PipeReader of one's own in the transport), or have
# clients not half-close.
set -euo pipefail
dir=$(mktemp -d)
server=''
trap '[ -z "$server" ] || kill "$server" 2>/dev/null; rm -rf "$dir"' EXIT
cd "$dir"

changed() {
	printf 'The behaviour is another one now: %s\n' "$1" >&2
	exit 1
}

export DOTNET_CLI_TELEMETRY_OPTOUT=1 DOTNET_NOLOGO=1
cat >finding.csproj <<'END'
<Project Sdk="Microsoft.NET.Sdk.Web">
  <PropertyGroup>
    <TargetFramework>net10.0</TargetFramework>
    <UseAppHost>false</UseAppHost>
    <ImplicitUsings>enable</ImplicitUsings>
    <NuGetAudit>false</NuGetAudit>
  </PropertyGroup>
</Project>
END

cat >finding.cs <<'END'
var builder = WebApplication.CreateSlimBuilder();
builder.Logging.ClearProviders();
builder.WebHost.ConfigureKestrel(kestrel => kestrel.ListenUnixSocket(Path.GetFullPath("socket")));
var app = builder.Build();
app.MapPost("/", async context =>
{
    await Task.WhenAny(Task.Delay(200), Task.Delay(-1, context.RequestAborted));
    File.WriteAllText("aborted", context.RequestAborted.IsCancellationRequested.ToString());
    await context.Response.WriteAsync("answer");
});
Console.WriteLine($"ASP.NET Core {Environment.Version}");
app.Run();
END

cat >client.py <<'END'
import socket, sys
client = socket.socket(socket.AF_UNIX)
client.connect("socket")
client.sendall(b"POST / HTTP/1.1\r\nHost: x\r\nConnection: close\r\nContent-Length: 2\r\n\r\n{}")
if sys.argv[1] == "finished":
    client.shutdown(socket.SHUT_WR)
answer = b""
while part := client.recv(65536):
    answer += part
print(answer.split(b"\r\n")[0].decode() or "nothing")
END

dotnet build -v q -c Release -o out >build.log 2>&1 || {
	cat build.log >&2
	exit 2
}
dotnet out/finding.dll >server.log &
server=$!
for _ in {1..300}; do [ -S socket ] && break; sleep 0.1; done
cat server.log

open=$(python3 client.py open)
echo "a client that keeps its side open reads: $open"
[ "$open" = 'HTTP/1.1 200 OK' ] || changed 'an ordinary client gets no answer.'
[ "$(cat aborted)" = False ] || changed 'its request is aborted.'
finished=$(python3 client.py finished)
echo "one that has finished sending reads: $finished; RequestAborted: $(cat aborted)"
[ "$finished" = nothing ] || changed 'a client that has finished sending gets an answer.'
[ "$(cat aborted)" = True ] || changed 'the request is not aborted.'
