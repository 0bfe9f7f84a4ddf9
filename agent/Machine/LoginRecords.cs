using System.Buffers.Binary;
using System.Globalization;
using System.Runtime.InteropServices;
using System.Text;
using GuestAgent.Contracts.Info;
using GuestAgent.Linux.Files;

namespace GuestAgent.Machine;

/// <summary>
/// Who is logged in, from utmp(5). x86-64 keeps the record of 32-bit programs with 384 bytes; 64-bit architectures
/// without that history have one of 400.
/// </summary>
internal static class LoginRecords
{
    /// <summary>Where it is.</summary>
    public const string UsualPath = "/run/utmp";

    private const int CompatibleBytes = 384;
    private const int WideBytes = 400;
    private const int LargestBytes = 1 << 20;
    private const short UserProcess = 7;

    /// <summary>Reads the file; none where there is no such file.</summary>
    public static IReadOnlyList<UserSession> Read(string path) =>
        SmallFile.TryRead(path, LargestBytes) is { } bytes
            ? Parse(bytes.Span, RecordBytes(bytes.Length), static pid =>
                Directory.Exists(string.Create(CultureInfo.InvariantCulture, $"/proc/{pid}")))
            : [];

    /// <summary>Takes records apart.</summary>
    /// <param name="file">The file.</param>
    /// <param name="size">Bytes of a record.</param>
    /// <param name="isAlive">Whether a process is there: one that was killed leaves its record behind.</param>
    public static IReadOnlyList<UserSession> Parse(ReadOnlySpan<byte> file, int size, Func<int, bool> isAlive)
    {
        List<UserSession> sessions = [];
        for (; file.Length >= size; file = file[size..])
        {
            ReadOnlySpan<byte> record = file[..size];
            string name = Text(record.Slice(44, 32));
            if (MemoryMarshal.Read<short>(record) != UserProcess
                || name.Length == 0
                || !isAlive(MemoryMarshal.Read<int>(record[4..])))
            {
                continue;
            }

            string host = Text(record.Slice(76, 256));
            sessions.Add(new UserSession(name, Text(record.Slice(8, 32)), host.Length > 0 ? host : null, LoginMs(record)));
        }

        return sessions;
    }

    /// <summary>Which record a file of this length holds; where both would fit, the one of this architecture.</summary>
    public static int RecordBytes(long length) =>
        length % CompatibleBytes != 0 && length % WideBytes == 0 ? WideBytes
        : length % CompatibleBytes == 0 && length % WideBytes != 0 ? CompatibleBytes
        : RuntimeInformation.ProcessArchitecture == Architecture.X64 ? CompatibleBytes : WideBytes;

    private static long LoginMs(ReadOnlySpan<byte> record) => record.Length == WideBytes
        ? (BinaryPrimitives.ReadInt64LittleEndian(record[344..]) * 1000)
            + (BinaryPrimitives.ReadInt64LittleEndian(record[352..]) / 1000)
        // Unsigned, these seconds last until 2106.
        : (BinaryPrimitives.ReadUInt32LittleEndian(record[340..]) * 1000L)
            + (BinaryPrimitives.ReadInt32LittleEndian(record[344..]) / 1000);

    private static string Text(ReadOnlySpan<byte> field)
    {
        int end = field.IndexOf((byte)0);
        return Encoding.UTF8.GetString(end < 0 ? field : field[..end]);
    }
}
