using GuestAgent.Linux.Files;
using GuestAgent.Linux.Io;
using GuestAgent.Linux.Native;
using GuestAgent.Settings;

namespace GuestAgent.Hosting;

/// <summary>
/// Notices changes of the configuration file and its drop-ins. Begun before the file is first read, so that nothing between is missed and nothing
/// has to be read twice.
/// </summary>
internal sealed class ConfigurationWatch : IDisposable
{
    private readonly NamedFileWatch? _watch;
    private readonly string? _obstacle;

    private ConfigurationWatch(NamedFileWatch? watch, string? obstacle)
    {
        _watch = watch;
        _obstacle = obstacle;
    }

    /// <summary>Begins to watch.</summary>
    /// <param name="path">The file; it need not exist.</param>
    /// <param name="loop">Waits for changes.</param>
    public static ConfigurationWatch Begin(string path, EpollLoop loop)
    {
        try
        {
            return new ConfigurationWatch(new NamedFileWatch(Path.GetFullPath(path), DropIns.DirectoryName, DropIns.Ending, loop), null);
        }
        catch (LinuxException e)
        {
            return new ConfigurationWatch(null, e.Message);
        }
    }

    /// <summary>Waits for the next change.</summary>
    /// <returns>Why no change will be seen any more; null when there was one.</returns>
    /// <exception cref="LinuxException">The kernel cannot watch it any more.</exception>
    public async Task<string?> WaitAsync(CancellationToken cancellationToken) =>
        _watch is null ? _obstacle : await _watch.WaitAsync(cancellationToken) ? null : "its directory is gone";

    /// <inheritdoc/>
    public void Dispose() => _watch?.Dispose();
}
