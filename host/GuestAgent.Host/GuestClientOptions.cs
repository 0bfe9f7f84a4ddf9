using System.Runtime.CompilerServices;
using GuestAgent.Framing;
using Microsoft.Extensions.Logging;

namespace GuestAgent.Host;

/// <summary>
/// Time limits and sizes of a <see cref="GuestClient"/>. Every value is checked where it is set and throws
/// <see cref="ArgumentOutOfRangeException"/> outside its range.
/// </summary>
public sealed record GuestClientOptions
{
    /// <summary>All defaults.</summary>
    public static readonly GuestClientOptions Default = new();

    private static readonly TimeSpan MaxTime = TimeSpan.FromDays(1);

    /// <summary>
    /// Longest time for the transport's own connect; above 0, up to a day. 5 s by default: a local socket answers at
    /// once, so this only bounds a host that is overloaded.
    /// </summary>
    public TimeSpan ConnectTimeout { get; init => field = Time(value); } = TimeSpan.FromSeconds(5);

    /// <summary>How often a vsock or hybrid endpoint is dialled whose agent does not listen yet.</summary>
    public DialRetry DialRetry { get; init; } = DialRetry.Default;

    /// <summary>
    /// Longest time until the agent answers the opening hello; above 0, up to a day. 5 s by default. Connecting
    /// succeeds even if no agent runs, the guest is paused or another client holds the channel; only an answer proves
    /// the agent.
    /// </summary>
    public TimeSpan HelloDeadline { get; init => field = Time(value); } = TimeSpan.FromSeconds(5);

    /// <summary>
    /// After this time without a byte from the agent it is asked for a sign of life; above 0, up to a day, or
    /// <see cref="Timeout.InfiniteTimeSpan"/> for never. 10 s by default. A virtio port shows no end when the agent
    /// dies or the guest reboots, so without it a call could wait for its whole deadline. Switch it off for guests that
    /// are paused for longer than <see cref="HeartbeatDeadline"/>.
    /// </summary>
    public TimeSpan HeartbeatInterval
    {
        get;
        init => field = value == Timeout.InfiniteTimeSpan ? value : Time(value);
    } = TimeSpan.FromSeconds(10);

    /// <summary>
    /// Longest silence after the sign of life was asked for, before the connection counts as lost; above 0, up to a
    /// day. 10 s by default: a guest under heavy load answers later than that only when nothing works in it. Any byte
    /// counts, so a long reply that is still arriving is no silence.
    /// </summary>
    public TimeSpan HeartbeatDeadline { get; init => field = Time(value); } = TimeSpan.FromSeconds(10);

    /// <summary>
    /// Longest time that the channel may refuse to take a byte before the connection counts as lost; above 0, up to a
    /// day. 10 s by default, as for <see cref="HeartbeatDeadline"/>.
    /// </summary>
    public TimeSpan WriteDeadline { get; init => field = Time(value); } = TimeSpan.FromSeconds(10);

    /// <summary>
    /// What this host waits longer for an answer than the agent may take, so that the agent's own time-out with its
    /// partial result comes first; 0 to a day. 10 s by default: the agent ends a command within 2 s after its time
    /// limit.
    /// </summary>
    public TimeSpan CallMargin
    {
        get;
        init => field = value == TimeSpan.Zero ? value : Time(value);
    } = TimeSpan.FromSeconds(10);

    /// <summary>
    /// Longest message accepted from the agent, in bytes; 4 KiB to 1 GiB. 16 MiB by default
    /// (<see cref="FrameLimits.DefaultMaxMessageBytes"/>). A longer one is a protocol violation and ends the
    /// connection.
    /// </summary>
    public int MaxMessageBytes { get; init => field = Size(value, 4096, 1 << 30); } =
        FrameLimits.DefaultMaxMessageBytes;

    /// <summary>
    /// Bytes of a running command's output that may be on the way or wait here for a slow reader; 4 KiB to 16 MiB. 256
    /// KiB by default: eight pieces of the agent, enough to keep the channel busy.
    /// </summary>
    public int OutputWindowBytes { get; init => field = Size(value, 4096, 16 * 1024 * 1024); } = 256 * 1024;

    /// <summary>
    /// How the client comes back by itself after its connection was lost; null, the default, for not at all: calls then fail
    /// at once and <see cref="GuestClient.Closed"/> completes, which is what a program wants that does one thing and ends. A
    /// service that keeps its clients sets it. The first connection is never retried.
    /// </summary>
    public ReconnectOptions? Reconnect { get; init; }

    /// <summary>
    /// Where the client logs what becomes of its connections: made, lost and why, made again, calls and uploads that are
    /// repeated or go on. Category <c>GuestAgent.Host.GuestClient</c>. Null, the default, for nowhere. What calls carry is never
    /// logged, and what the guest says is escaped as by <see cref="GuestText.OneLine(string)"/>.
    /// </summary>
    public ILoggerFactory? LoggerFactory { get; init; }

    /// <summary>
    /// Sends the <c>traceparent</c> of the current <see cref="System.Diagnostics.Activity"/> with each request, which the agent
    /// names in its audit record. False by default: an agent does not tell whether it knows that member, and one that is older
    /// than this option refuses the request (-32600).
    /// </summary>
    public bool SendTraceContext { get; init; }

    /// <summary>The clock that all deadlines run on; the system's by default. For tests.</summary>
    public TimeProvider TimeProvider { get; init; } = TimeProvider.System;

    /// <summary>
    /// For a program that does one thing and ends: a thread of the connection waits for what comes, in place of the framework's
    /// for all sockets and the pool behind it, which have to be started first.
    /// </summary>
    internal bool ReadsByWaiting { get; init; }

    private static TimeSpan Time(TimeSpan value, [CallerMemberName] string? option = null) =>
        value > TimeSpan.Zero && value <= MaxTime
            ? value
            : throw new ArgumentOutOfRangeException(option, value, "must be above 0 and at most a day");

    private static int Size(int value, int least, int most, [CallerMemberName] string? option = null) =>
        value >= least && value <= most
            ? value
            : throw new ArgumentOutOfRangeException(option, value, $"must be {least} to {most}");
}
