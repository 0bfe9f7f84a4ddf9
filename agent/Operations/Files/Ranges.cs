using GuestAgent.Errors;

namespace GuestAgent.Operations.Files;

/// <summary>Checks the range of a file that a request names.</summary>
internal static class Ranges
{
    /// <summary>Checks it.</summary>
    /// <param name="offset">First byte.</param>
    /// <param name="length">Most bytes; null for all that follow.</param>
    /// <param name="shortest">Smallest length that makes sense.</param>
    /// <exception cref="OperationException">There is no such range.</exception>
    public static void Check(long offset, long? length, long shortest)
    {
        if (offset < 0)
        {
            throw OperationException.InvalidParameter("offset", "An offset is 0 or more.", "range");
        }

        if (length < shortest)
        {
            throw OperationException.InvalidParameter("length", $"A length is {shortest} or more.", "range");
        }
    }
}
