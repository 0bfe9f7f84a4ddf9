using GuestAgent.Benchmarks.Clients;
using GuestAgent.Benchmarks.Measuring;
using GuestAgent.Benchmarks.Reporting;
using GuestAgent.Benchmarks.Sites;
using GuestAgent.Host;

namespace GuestAgent.Benchmarks.Benchmarks;

/// <summary>
/// Compares how long a file of 64 MiB takes in either direction, each agent driven by its best client: ours, a former one too,
/// by the host library with a checked upload, qemu-ga in pieces of 1 MiB with the next one under way. The file is in memory, so
/// that no disk is measured.
/// </summary>
internal sealed class FileBenchmark(UnixSocketSite site)
{
    private const int FileBytes = 64 << 20;
    private const double ReadTarget = 0.08;
    private const double WriteTarget = 0.09;
    private const double MemoryTarget = 24e6;

    public async Task RunAsync(Effort effort, Report report)
    {
        string directory = Directory.CreateTempSubdirectory("guest-agent-bench-").FullName;
        string memory = Path.Combine("/dev/shm", Path.GetFileName(directory));
        Directory.CreateDirectory(memory);
        try
        {
            await RunAsync(memory, effort, report);
        }
        finally
        {
            Directory.Delete(memory, recursive: true);
            Directory.Delete(directory);
        }
    }

    private async Task RunAsync(string directory, Effort effort, Report report)
    {
        byte[] content = new byte[FileBytes];
        Random.Shared.NextBytes(content);
        string source = Path.Combine(directory, "source");
        await File.WriteAllBytesAsync(source, content);
        await using GuestClient ours = await ConnectAsync(site.Ours.SocketPath);
        await using GuestClient? former = site.Peer.IsFormer ? await ConnectAsync(site.Theirs.SocketPath) : null;
        byte[] received = new byte[FileBytes];
        site.Ours.ForgetPeak();
        report.Add(
            "read 64 MiB",
            Comparison.Run(effort.FileRounds, 1, () => Download(ours, source, received), () => ReadTheirs(former, source, received)),
            ReadTarget);
        if (!received.AsSpan().SequenceEqual(content))
        {
            throw new InvalidDataException("what was read is not what is there");
        }

        report.Add(
            "write 64 MiB",
            Comparison.Run(
                effort.FileRounds,
                1,
                () => Upload(ours, content, Path.Combine(directory, "ours")),
                () => WriteTheirs(former, content, Path.Combine(directory, "theirs"))),
            WriteTarget);
        double peak = site.Ours.PeakBytes();
        report.Add(
            "  most RSS during it", Figure.Of(peak / 1e6, "MB"), "", $"< {Figure.Of(MemoryTarget / 1e6, "MB")}", peak < MemoryTarget);
    }

    private static void Download(GuestClient client, string path, byte[] buffer)
    {
        using var destination = new MemoryStream(buffer);
        // qemu-ga has no check of what was read either.
        client.Files.DownloadAsync(path, destination, new DownloadOptions { Verify = false }).GetAwaiter().GetResult();
    }

    private static void Upload(GuestClient client, byte[] content, string path)
    {
        using var source = new MemoryStream(content, writable: false);
        client.Files.UploadAsync(source, path).GetAwaiter().GetResult();
    }

    private static Task<GuestClient> ConnectAsync(string socketPath) => GuestClient.ConnectAsync(
        GuestEndpoint.Parse("unix://" + socketPath), new GuestClientOptions(), CancellationToken.None);

    private void ReadTheirs(GuestClient? former, string path, byte[] buffer)
    {
        if (former is not null)
        {
            Download(former, path, buffer);
            return;
        }

        using QgaFile file = QgaFile.Open(site.Theirs.SocketPath, path, "r");
        byte[] piece = new byte[QgaFile.PieceBytes];
        if (file.ReadAll(piece) != FileBytes)
        {
            throw new InvalidDataException("qemu-ga has read another number of bytes");
        }
    }

    private void WriteTheirs(GuestClient? former, byte[] content, string path)
    {
        if (former is not null)
        {
            Upload(former, content, path);
            return;
        }

        using QgaFile file = QgaFile.Open(site.Theirs.SocketPath, path, "w");
        file.WriteAll(content);
    }
}
