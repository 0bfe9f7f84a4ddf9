using System.Globalization;
using System.Text;
using Microsoft.AspNetCore.Http;

namespace GuestAgent.Dialects.Http.Streams;

/// <summary>
/// A response of <c>text/event-stream</c> (HTML, server-sent events). The id of an event is the agent's instance and a number that goes
/// on where the host says it was.
/// </summary>
internal sealed class EventStream
{
    private readonly HttpContext _context;
    private readonly string _instance;
    private long _last;

    /// <summary>Begins it, as far as it is not sent.</summary>
    /// <param name="context">The request.</param>
    /// <param name="instance">The agent's instance: numbers of another one mean nothing.</param>
    public EventStream(HttpContext context, string instance)
    {
        _context = context;
        _instance = instance;
        string[] last = context.Request.Headers["Last-Event-ID"].ToString().Split('.');
        IsResumed = last is not [""];
        _last = last is [{ } before, { } number] && before == instance
            && long.TryParse(number, NumberStyles.None, CultureInfo.InvariantCulture, out long value) && value < long.MaxValue / 2
            ? value
            : 0;
    }

    /// <summary>True when the host has had one before, of this agent or a former one.</summary>
    public bool IsResumed { get; }

    /// <summary>Sends its head, and so tells that it has begun.</summary>
    public async Task StartAsync(CancellationToken cancellationToken)
    {
        _context.Response.ContentType = "text/event-stream";
        _context.Response.Headers.CacheControl = "no-store";
        await _context.Response.StartAsync(cancellationToken);
        await WaitAsync(cancellationToken);
    }

    /// <summary>Sends a comment: shows each side that the other is there.</summary>
    public Task WaitAsync(CancellationToken cancellationToken) =>
        HttpStream.SendAsync(_context, ":\n\n"u8.ToArray(), cancellationToken);

    /// <summary>Sends an event.</summary>
    public Task SendAsync(StreamEvent sent, CancellationToken cancellationToken)
    {
        string head = string.Create(CultureInfo.InvariantCulture, $"id: {_instance}.{++_last}\nevent: {sent.Name}\ndata: ");
        return HttpStream.SendAsync(_context, [.. Encoding.ASCII.GetBytes(head), .. sent.Json.Span, .. "\n\n"u8], cancellationToken);
    }
}
