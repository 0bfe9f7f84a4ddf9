using System.Globalization;
using GuestAgent.Contracts;

namespace GuestAgent.Host.Sessions;

/// <summary>The ids of one session's requests: the session's name and a number.</summary>
internal sealed class RequestIds
{
    private long _last;

    /// <summary>The session's name, random.</summary>
    public string Session { get; } = SessionName.Create();

    /// <summary>An id not used before.</summary>
    public CallId Next()
    {
        long number = Interlocked.Increment(ref _last);
        return CallId.FromText(string.Create(CultureInfo.InvariantCulture, $"{Session}-{number}"));
    }
}
