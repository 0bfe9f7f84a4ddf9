using GuestAgent.Linux.Files;
using Microsoft.Win32.SafeHandles;

namespace GuestAgent.Workloads;

/// <summary>
/// Enters the directories of a tree by names, one held open after the other, and stays where the last path went: archives have
/// what is in one directory in a row. What was entered must keep its name.
/// </summary>
/// <param name="top">The directory that paths begin in.</param>
/// <param name="open">How one directory is opened.</param>
internal sealed class TreeCursor(SafeFileHandle top, TreeCursor.Opening open) : IDisposable
{
    private SafeFileHandle? _entered;
    private FileName[] _path = [];
    private int _names;

    /// <summary>Opens the directory that the last of the first <paramref name="names"/> names of a path stands for.</summary>
    /// <param name="directory">Where it is.</param>
    /// <param name="path">The whole path.</param>
    /// <param name="names">How many of its names lead there.</param>
    /// <returns>It; null when there is none.</returns>
    internal delegate SafeFileHandle? Opening(SafeFileHandle directory, FileName[] path, int names);

    /// <summary>The directory that the first names of a path lead to, open until the next is entered.</summary>
    /// <param name="path">The path.</param>
    /// <param name="names">How many of its names.</param>
    /// <returns>It; null when it, or one on the way, is not there.</returns>
    public SafeFileHandle? Enter(FileName[] path, int names)
    {
        if (names < _names || !BeginsAsEntered(path))
        {
            _entered?.Dispose();
            (_entered, _names) = (null, 0);
        }

        _path = path;
        while (_names < names)
        {
            SafeFileHandle? next = open(_entered ?? top, path, _names + 1);
            if (next is null)
            {
                return null;
            }

            _entered?.Dispose();
            (_entered, _names) = (next, _names + 1);
        }

        return _entered ?? top;
    }

    /// <inheritdoc/>
    public void Dispose() => _entered?.Dispose();

    private bool BeginsAsEntered(FileName[] path)
    {
        for (int i = 0; i < _names; i++)
        {
            if (!path[i].Bytes.SequenceEqual(_path[i].Bytes))
            {
                return false;
            }
        }

        return true;
    }
}
