using System.Text;
using System.Text.Unicode;
using GuestAgent.Cli.Output;

namespace GuestAgent.Cli.Local;

/// <summary>A name in a directory of this host: bytes of any kind.</summary>
internal sealed class SourceName
{
    /// <summary>Copies the bytes, which have no NUL.</summary>
    public SourceName(ReadOnlySpan<byte> bytes)
    {
        Terminated = [.. bytes, 0];
        Text = Utf8.IsValid(bytes) ? Encoding.UTF8.GetString(bytes) : null;
        Shown = Text ?? FileNameText.Of(bytes);
    }

    /// <summary>The bytes, with a NUL behind them.</summary>
    public byte[] Terminated { get; }

    /// <summary>The name; null when it is not UTF-8.</summary>
    public string? Text { get; }

    /// <summary>The name for messages.</summary>
    public string Shown { get; }
}
