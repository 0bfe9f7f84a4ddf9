namespace GuestAgent.Benchmarks.Rivals;

/// <summary>Is a directory in memory for files that are copied, so that no disk is measured.</summary>
internal sealed class MemoryFiles : IDisposable
{
    private const int PieceBytes = 1 << 20;

    private readonly string _directory = Path.Combine("/dev/shm", "guest-agent-bench-" + Path.GetRandomFileName());

    public MemoryFiles() => Directory.CreateDirectory(_directory);

    public string PathOf(string name) => Path.Combine(_directory, name);

    /// <summary>Makes a file of bytes that nobody can compress.</summary>
    /// <returns>Its path.</returns>
    public string Create(string name, long bytes)
    {
        byte[] piece = new byte[PieceBytes];
        using FileStream file = File.Create(PathOf(name));
        for (long left = bytes; left > 0; left -= piece.Length)
        {
            Random.Shared.NextBytes(piece);
            file.Write(piece.AsSpan(0, (int)Math.Min(left, piece.Length)));
        }

        return file.Name;
    }

    public void Dispose() => Directory.Delete(_directory, recursive: true);
}
