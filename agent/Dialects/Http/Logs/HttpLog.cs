using System.Buffers;
using GuestAgent.Contracts.Files;
using GuestAgent.Dispatch;
using GuestAgent.Errors;
using Microsoft.AspNetCore.Http;

namespace GuestAgent.Dialects.Http.Logs;

/// <summary>
/// A file whose lines are told as they are written: <c>file_read</c>, which keeps the file open and goes on at its end, and
/// <c>file_stat</c>, which tells whether another file has taken its name.
/// </summary>
/// <param name="context">The request.</param>
/// <param name="host">Whose it is.</param>
/// <param name="path">The file.</param>
/// <param name="fromEnd">Whether only lines are told that are written from now on.</param>
internal sealed class HttpLog(HttpContext context, HttpHost host, string path, bool fromEnd) : IContentSink
{
    /// <summary>A line is told so much later than it is written; nothing is looked at while nobody reads.</summary>
    public static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(500);

    // Pauses without a line before the name is looked at, and before a sign of life.
    private const int QuietPauses = 4;
    private const int SilentPauses = 30;

    private readonly LogLines _lines = new(path, TimeProvider.System);
    private byte[] _piece = [];
    private string? _file;
    private long _position;
    private int _quiet;
    private bool _isLast;

    /// <summary>True when the response has begun.</summary>
    public bool HasBegun => context.Response.HasStarted;

    /// <inheritdoc/>
    public async ValueTask<ContentPart> BeginAsync(ContentFacts facts, CancellationToken cancellationToken)
    {
        _position = fromEnd && _file is null ? facts.Size ?? 0 : 0;
        _file = facts.File;
        _isLast = false;
        if (!HasBegun)
        {
            context.Response.ContentType = "text/event-stream";
            context.Response.Headers.CacheControl = "no-store";
            await context.Response.StartAsync(cancellationToken);
            await WriteAsync(":\n\n"u8.ToArray(), cancellationToken);
        }

        return new ContentPart(_position, null);
    }

    /// <inheritdoc/>
    public Memory<byte> GetMemory(int bytes)
    {
        if (_piece.Length < bytes)
        {
            _piece = new byte[bytes];
        }

        return _piece;
    }

    /// <inheritdoc/>
    public async ValueTask SendAsync(int bytes, CancellationToken cancellationToken)
    {
        _position += bytes;
        _quiet = bytes > 0 ? 0 : _quiet;
        ReadOnlyMemory<byte> rest = _piece.AsMemory(0, bytes);
        while (_lines.Next(ref rest) is { } line)
        {
            await TellAsync(line, cancellationToken);
        }
    }

    /// <inheritdoc/>
    public async ValueTask<bool> WaitForMoreAsync(CancellationToken cancellationToken)
    {
        if (_isLast)
        {
            // The next file begins with a line of its own.
            await (_lines.Finish() is { } line ? TellAsync(line, cancellationToken) : Task.CompletedTask);
            return false;
        }

        await Task.Delay(Pause, cancellationToken);
        _quiet++;
        if (_quiet % SilentPauses == 0)
        {
            await WriteAsync(":\n\n"u8.ToArray(), cancellationToken);
        }

        if (_quiet % QuietPauses == 0)
        {
            using HttpAnswer answer = await HttpRequest.CallAsync(context, host, FileStat.Contract.Name, new FileStatRequest(path));
            // What was written before the name was given to another is read to its end.
            _isLast = answer.Result is FileStatResult found
                ? $"{found.Device}/{found.Inode}" != _file || found.SizeBytes < _position
                : answer.Failure?.Code is ErrorCode.NotFound or ErrorCode.PermissionDenied or ErrorCode.Conflict;
        }

        return true;
    }

    /// <summary>Tells that nothing more will come, and why.</summary>
    public Task FailAsync(Failure failure, CancellationToken cancellationToken)
    {
        var json = new ArrayBufferWriter<byte>();
        HttpJson.Write(json, failure);
        return WriteAsync([.. "event: error\ndata: "u8, .. json.WrittenSpan, .. "\n\n"u8], cancellationToken);
    }

    private Task TellAsync(byte[] line, CancellationToken cancellationToken) =>
        WriteAsync([.. "data: "u8, .. line, .. "\n\n"u8], cancellationToken);

    private Task WriteAsync(byte[] text, CancellationToken cancellationToken) => HttpStream.SendAsync(context, text, cancellationToken);
}
