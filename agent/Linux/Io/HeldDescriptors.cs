using System.Runtime.InteropServices;

namespace GuestAgent.Linux.Io;

/// <summary>Keeps handles open for the time of one call that needs their plain numbers.</summary>
internal readonly ref struct HeldDescriptors : IDisposable
{
    private readonly SafeHandle _workingDirectory;
    private readonly ReadOnlySpan<SafeHandle> _handles;
    private readonly int[] _numbers;

    public HeldDescriptors(SafeHandle workingDirectory, ReadOnlySpan<SafeHandle> handles)
    {
        _workingDirectory = workingDirectory;
        _handles = handles;
        _numbers = new int[handles.Length];
        WorkingDirectory = Hold(workingDirectory);
        for (int i = 0; i < handles.Length; i++)
        {
            _numbers[i] = Hold(handles[i]);
        }
    }

    public int WorkingDirectory { get; }

    public ReadOnlySpan<int> Descriptors => _numbers;

    public void Dispose()
    {
        _workingDirectory.DangerousRelease();
        foreach (SafeHandle handle in _handles)
        {
            handle.DangerousRelease();
        }
    }

    private static int Hold(SafeHandle handle)
    {
        // SAFETY: matched by the release in Dispose; throws, instead of handing out a reused number, when closed.
        bool held = false;
        handle.DangerousAddRef(ref held);
        return (int)handle.DangerousGetHandle();
    }
}
