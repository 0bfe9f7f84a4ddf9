namespace GuestAgent.Tests.Fuzz.Engine;

/// <summary>What an input may make a program allocate: so many bytes, and so many for each byte of the input.</summary>
/// <param name="PerByte">Bytes for each byte.</param>
/// <param name="Fixed">Bytes in any case.</param>
internal readonly record struct MemoryBound(long PerByte, long Fixed)
{
    /// <summary>The bound for an input.</summary>
    public long For(int length) => Fixed + (PerByte * length);
}
