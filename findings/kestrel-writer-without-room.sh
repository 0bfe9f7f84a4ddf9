#!/usr/bin/env bash
# Expected: IBufferWriter<byte>.GetSpan() never returns an empty span (its contract says so), so that
# HttpResponse.BodyWriter.Write(bytes) works before the response has started as well as after it.
# Seen (Kestrel of ASP.NET Core 10.0 on a transport of one's own that sets no IMemoryPoolFeature): before the start
# BodyWriter.GetSpan() has no bytes, and the extension method Write throws ArgumentOutOfRangeException("writer"); after
# StartAsync both work. With the socket transport, which sets the feature, there is room from the beginning.
# Cost: what works with sockets fails with another transport (vsock, pipes, tests in memory) for the first write alone.
# Instead: StartAsync before writing to BodyWriter, or a MemoryPool among the features of the connection.
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
    <TargetFramework>net10.0</TargetFramework>
    <UseAppHost>false</UseAppHost>
    <ImplicitUsings>enable</ImplicitUsings>
    <NuGetAudit>false</NuGetAudit>
  </PropertyGroup>
</Project>
END

cat >finding.cs <<'END'
using System.Buffers;
using System.IO.Pipelines;
using System.Net;
using System.Text;
using System.Threading.Channels;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Connections.Features;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;

Console.WriteLine($"ASP.NET Core {Environment.Version}");
foreach (bool pool in (bool[])[false, true])
{
    var transport = new InMemory();
    var options = new KestrelServerOptions();
    options.Listen(new Nowhere());
    using var server = new KestrelServer(Options.Create(options), transport, NullLoggerFactory.Instance);
    var seen = new TaskCompletionSource<string>();
    await server.StartAsync(new Application(seen), default);
    await transport.RequestAsync(pool);
    Console.WriteLine($"memory pool {(pool ? "set" : "not set")}: {await seen.Task}");
    await server.StopAsync(default);
}

sealed class Application(TaskCompletionSource<string> seen) : IHttpApplication<IFeatureCollection>
{
    public IFeatureCollection CreateContext(IFeatureCollection features) => features;

    public async Task ProcessRequestAsync(IFeatureCollection features)
    {
        var body = features.GetRequiredFeature<IHttpResponseBodyFeature>();
        string before = Try(body.Writer);
        await body.StartAsync();
        seen.SetResult($"before the start {before}, after it {Try(body.Writer)}");
    }

    public void DisposeContext(IFeatureCollection features, Exception? exception)
    {
    }

    private static string Try(PipeWriter writer)
    {
        int room = writer.GetSpan().Length;
        try
        {
            writer.Write("x"u8);
            return $"room {(room > 0 ? "yes" : "none")} and written";
        }
        catch (ArgumentOutOfRangeException e)
        {
            return $"room {(room > 0 ? "yes" : "none")} and ArgumentOutOfRangeException({e.ParamName})";
        }
    }
}

sealed class Nowhere : EndPoint;

sealed class InMemory : IConnectionListenerFactory, IConnectionListener
{
    private readonly Channel<ConnectionContext> _connections = Channel.CreateUnbounded<ConnectionContext>();

    public EndPoint EndPoint { get; } = new Nowhere();

    public ValueTask<IConnectionListener> BindAsync(EndPoint endpoint, CancellationToken token) => new(this);

    public async ValueTask<ConnectionContext?> AcceptAsync(CancellationToken token)
    {
        try
        {
            return await _connections.Reader.ReadAsync(token);
        }
        catch (ChannelClosedException)
        {
            return null;
        }
    }

    public ValueTask UnbindAsync(CancellationToken token)
    {
        _connections.Writer.TryComplete();
        return default;
    }

    public ValueTask DisposeAsync() => default;

    public async Task RequestAsync(bool pool)
    {
        var pair = DuplexPipe.CreateConnectionPair(PipeOptions.Default, PipeOptions.Default);
        var connection = new DefaultConnectionContext("1", pair.Transport, pair.Application);
        if (pool)
        {
            connection.Features.Set<IMemoryPoolFeature>(new Pool());
        }

        _connections.Writer.TryWrite(connection);
        await pair.Application.Output.WriteAsync(Encoding.ASCII.GetBytes("GET / HTTP/1.1\r\nHost: x\r\n\r\n"));
    }

    private sealed class Pool : IMemoryPoolFeature
    {
        private readonly SocketLike _pool = new();

        public MemoryPool<byte> MemoryPool => _pool;
    }

    // As the socket transport's: pieces of one size, whatever is asked for.
    private sealed class SocketLike : MemoryPool<byte>
    {
        public override int MaxBufferSize => 4096;

        public override IMemoryOwner<byte> Rent(int size = -1) => Shared.Rent(4096);

        protected override void Dispose(bool disposing)
        {
        }
    }
}

sealed class DuplexPipe(PipeReader input, PipeWriter output) : IDuplexPipe
{
    public PipeReader Input => input;

    public PipeWriter Output => output;

    public static (IDuplexPipe Transport, IDuplexPipe Application) CreateConnectionPair(PipeOptions one, PipeOptions two)
    {
        var (a, b) = (new Pipe(one), new Pipe(two));
        return (new DuplexPipe(a.Reader, b.Writer), new DuplexPipe(b.Reader, a.Writer));
    }
}
END

dotnet build -v q -c Release -o out >build.log 2>&1 || {
	cat build.log >&2
	exit 2
}
dotnet out/finding.dll | tee seen.txt
grep -qx 'memory pool not set: before the start room none and ArgumentOutOfRangeException(writer), after it room yes and written' seen.txt ||
	changed 'there is room without a memory pool.'
grep -q '^memory pool set: before the start room yes and written, ' seen.txt || changed 'there is none with one.'
