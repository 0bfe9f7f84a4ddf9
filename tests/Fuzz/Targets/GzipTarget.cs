using GuestAgent.Tests.Fuzz.Engine;

namespace GuestAgent.Tests.Fuzz.Targets;

/// <summary>Archives as they come: headers, blocks, checksums and members of gzip.</summary>
internal sealed class GzipTarget() : FuzzTarget(TargetName)
{
    /// <summary>Its name.</summary>
    public const string TargetName = "archive-gzip";

    private readonly WorkloadUnpacking _unpacking = new();

    /// <inheritdoc/>
    public override InputForm Form => InputForm.Binary;

    /// <inheritdoc/>
    public override IReadOnlyList<string> Words => ["\u001f\u008b\b\0\0\0\0\0\0\u0003", "\0\0\0\0\0\0\0\0"];

    /// <inheritdoc/>
    /// <remarks>A block of ten bits brings a code of its own; what is unpacked is bounded by the rule.</remarks>
    public override MemoryBound Memory => new(8192, 2 << 20);

    /// <inheritdoc/>
    public override void Take(byte[] input) => _unpacking.Unpack(input);

    /// <inheritdoc/>
    public override void Dispose()
    {
        _unpacking.Dispose();
        base.Dispose();
    }
}
