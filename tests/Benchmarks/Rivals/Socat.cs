using GuestAgent.Benchmarks.Linux;

namespace GuestAgent.Benchmarks.Rivals;

/// <summary>Copies a file by two processes of socat over a Unix socket: bytes alone, with no check of anything.</summary>
internal static class Socat
{
    private const string Program = "/usr/bin/socat";

    public static void Copy(string from, string to, MemoryFiles files)
    {
        string socket = files.PathOf("socat");
        SilentProcess receiver = SilentProcess.Start(
            Program, "-u", $"UNIX-LISTEN:{socket},unlink-close=1", $"OPEN:{to},creat,trunc");
        while (!File.Exists(socket))
        {
            Thread.Yield();
        }

        SilentProcess.Run(Program, "-u", $"OPEN:{from},rdonly", $"UNIX-CONNECT:{socket},retry=50,interval=0.001");
        receiver.WaitForEnd();
    }
}
