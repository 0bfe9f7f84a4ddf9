namespace GuestAgent.Sparse;

/// <summary>
/// Finds data and holes of a sparse file, as lseek(2) tells of them with SEEK_DATA and SEEK_HOLE. A short hole is taken for data:
/// telling of it would cost more than its zeros.
/// </summary>
public static class HoleMap
{
    /// <summary>Shortest hole that is one.</summary>
    public const int ShortestBytes = 64 * 1024;

    /// <summary>What begins at an offset.</summary>
    /// <param name="offset">Where; before <paramref name="size"/>.</param>
    /// <param name="size">Size of the file.</param>
    /// <param name="most">How much data the caller can use: more is not looked for. From 1.</param>
    /// <param name="nextData">Where data begins, at an offset or behind it; null when none follows.</param>
    /// <param name="nextHole">Where a hole begins, at an offset or behind it; the end of the file is one.</param>
    /// <returns>
    /// How many bytes of data there are, at most <paramref name="most"/>, and how long the hole behind them is; 0 where there is none,
    /// or it was not looked for.
    /// </returns>
    public static (long Data, long Hole) At(
        long offset, long size, long most, Func<long, long?> nextData, Func<long, long> nextHole)
    {
        ArgumentNullException.ThrowIfNull(nextData);
        ArgumentNullException.ThrowIfNull(nextHole);
        long end = offset;
        while (end < size && end - offset < most)
        {
            long hole = Math.Clamp(nextHole(end), end, size);
            long data = hole < size ? Math.Clamp(nextData(hole) ?? size, hole, size) : size;
            if (data - hole >= ShortestBytes)
            {
                return hole - offset >= most ? (most, hole - offset > most ? 0 : data - hole) : (hole - offset, data - hole);
            }

            // A file that is changed meanwhile may have neither.
            end = data > end ? data : size;
        }

        return (Math.Min(end - offset, most), 0);
    }
}
