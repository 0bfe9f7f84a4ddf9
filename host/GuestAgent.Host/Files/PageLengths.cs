namespace GuestAgent.Host.Files;

/// <summary>
/// How many entries the next page of a listing has. For each page the agent looks through the whole directory, so that pages of
/// one length would cost the square of its size.
/// </summary>
/// <param name="fixedLength">The one length that was asked for; null when there is none.</param>
internal sealed class PageLengths(int? fixedLength)
{
    private const int First = 1000;

    private bool _mayGrow = fixedLength is null;

    /// <summary>Entries of the next page.</summary>
    public int Next { get; private set; } = fixedLength ?? First;

    /// <summary>A page was answered.</summary>
    public void Lengthen()
    {
        if (_mayGrow)
        {
            Next = Math.Min(2 * Next, GuestFiles.MaxPageLength);
        }
    }

    /// <summary>The agent has no memory for a page of this length now.</summary>
    /// <returns>False when a shorter one makes no difference.</returns>
    public bool TryShorten()
    {
        if (fixedLength is not null || Next == First)
        {
            return false;
        }

        _mayGrow = false;
        Next = First;
        return true;
    }
}
