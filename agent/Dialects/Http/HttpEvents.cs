using System.Buffers;
using System.Text;
using GuestAgent.Contracts;
using Microsoft.AspNetCore.Http;

namespace GuestAgent.Dialects.Http;

/// <summary>
/// A response that is written as things happen: events, and behind them the result or the error; each a line of JSON
/// (<c>application/x-ndjson</c>) or an event of <c>text/event-stream</c>. A host that does not read makes the events wait.
/// </summary>
internal sealed class HttpEvents : IDisposable
{
    private const string Lines = "application/x-ndjson";
    private const string EventStream = "text/event-stream";

    private readonly HttpContext _context;
    private readonly string _type;
    private readonly SemaphoreSlim _turn = new(1, 1);

    private HttpEvents(HttpContext context, string type)
    {
        _context = context;
        _type = type;
    }

    /// <summary>True when something has been sent: a status can say nothing any more.</summary>
    public bool HasBegun => _context.Response.HasStarted;

    /// <summary>The form of events that the request accepts; null for none.</summary>
    public static HttpEvents? Of(HttpContext context)
    {
        foreach (string? accept in context.Request.Headers.Accept)
        {
            foreach (string part in (accept ?? "").Split(','))
            {
                // Media types do not depend on case, RFC 9110 section 8.3.1.
                switch (part.Split(';')[0].Trim().ToLowerInvariant())
                {
                    case Lines: return new HttpEvents(context, Lines);
                    case EventStream: return new HttpEvents(context, EventStream);
                }
            }
        }

        return null;
    }

    /// <summary>Writes an event, when those before it are written.</summary>
    public async ValueTask WriteAsync<T>(EventContract<T> contract, T content, CancellationToken cancellationToken)
        where T : class
    {
        var json = new ArrayBufferWriter<byte>();
        HttpJson.Write(json, content, contract.Shape);
        await WriteAsync(contract.Name, json.WrittenMemory, cancellationToken);
    }

    /// <summary>Writes what the call has come to.</summary>
    public async Task FinishAsync(HttpAnswer answer, CancellationToken cancellationToken)
    {
        if (answer.Json is { } json)
        {
            await WriteAsync("result", json.Memory, cancellationToken);
            return;
        }

        var failure = new ArrayBufferWriter<byte>();
        HttpJson.Write(failure, answer.Failure!);
        await WriteAsync("error", failure.WrittenMemory, cancellationToken);
    }

    /// <inheritdoc/>
    public void Dispose() => _turn.Dispose();

    private async Task WriteAsync(string name, ReadOnlyMemory<byte> json, CancellationToken cancellationToken)
    {
        await _turn.WaitAsync(cancellationToken);
        try
        {
            if (!HasBegun)
            {
                _context.Response.ContentType = _type;
                _context.Response.Headers.CacheControl = "no-store";
                // Before that, Kestrel's writer may have no room at all.
                await _context.Response.StartAsync(cancellationToken);
            }

            (string before, string after) = _type == Lines ? ($"{{\"{name}\":", "}\n") : ($"event: {name}\ndata: ", "\n\n");
            byte[] bytes = [.. Encoding.ASCII.GetBytes(before), .. json.Span, .. Encoding.ASCII.GetBytes(after)];
            await HttpStream.SendAsync(_context, bytes, cancellationToken);
        }
        finally
        {
            _turn.Release();
        }
    }
}
