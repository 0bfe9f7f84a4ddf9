using GuestAgent.Linux;
using GuestAgent.Linux.Io;
using GuestAgent.Linux.Native;
using Microsoft.Win32.SafeHandles;

namespace GuestAgent.Execution;

/// <summary>
/// What every start of a child needs, asked of the kernel before the first one and kept. Many agents never start a child, and
/// all would come up later for it.
/// </summary>
/// <param name="openCgroups">Finds where cgroups of commands can be made; null for none.</param>
internal sealed class SpawnResources(Func<CommandCgroups?>? openCgroups) : IDisposable
{
    private readonly Lock _gate = new();
    private SafeFileHandle? _nullDevice;
    private OomProtection? _protection;
    private CommandCgroups? _cgroups;
    private bool _disposed;

    /// <summary>What children have in place of a pipe.</summary>
    /// <exception cref="LinuxException">The agent has run out of descriptors or memory; another time it may work.</exception>
    public SafeFileHandle NullDevice
    {
        get
        {
            Open();
            return _nullDevice!;
        }
    }

    /// <summary>What children must not inherit; null where there is nothing.</summary>
    /// <exception cref="LinuxException">As for <see cref="NullDevice"/>.</exception>
    public OomProtection? Protection
    {
        get
        {
            Open();
            return _protection;
        }
    }

    /// <summary>Gives commands cgroups; null where that is not possible.</summary>
    /// <exception cref="LinuxException">As for <see cref="NullDevice"/>.</exception>
    public CommandCgroups? Cgroups
    {
        get
        {
            Open();
            return _cgroups;
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        lock (_gate)
        {
            _disposed = true;
            _protection?.Dispose();
            _nullDevice?.Dispose();
        }
    }

    private void Open()
    {
        lock (_gate)
        {
            if (_nullDevice is not null)
            {
                return;
            }

            ObjectDisposedException.ThrowIf(_disposed, this);
            // Nothing is kept of an attempt that failed, as when descriptors have run out.
            _protection ??= OomProtection.TryFind();
            _cgroups ??= openCgroups?.Invoke();
            // Ignored, as a careless init may leave it, SIGCHLD makes the kernel throw every exit status away.
            SignalDispositions.ResetIfIgnored(LibC.SIGCHLD);
            _nullDevice = NativeMethods.open("/dev/null", LibC.O_RDWR | LibC.O_CLOEXEC, 0).OrThrow("open /dev/null");
        }
    }
}
