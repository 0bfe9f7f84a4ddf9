namespace GuestAgent.Host.Sessions;

/// <summary>Names a session so that no reply to another one can be mistaken for an answer to this one.</summary>
internal static class SessionName
{
    // 128 bits from the kernel: the platform's generator needs OpenSSL, which a static binary cannot load.
    private const string RandomSource = "/dev/urandom";
    private const int RandomBytes = 16;

    /// <summary>A name that was never used before: 32 hexadecimal digits.</summary>
    public static string Create()
    {
        Span<byte> random = stackalloc byte[RandomBytes];
        using var source =
            new FileStream(RandomSource, FileMode.Open, FileAccess.Read, FileShare.ReadWrite, bufferSize: 0);
        source.ReadExactly(random);
        return Convert.ToHexStringLower(random);
    }
}
