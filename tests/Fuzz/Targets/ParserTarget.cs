using GuestAgent.Tests.Fuzz.Engine;

namespace GuestAgent.Tests.Fuzz.Targets;

/// <summary>A parser of what the kernel or a file of the guest says: takes any bytes, and never throws.</summary>
/// <param name="name">Name of the target.</param>
/// <param name="form">What inputs look like.</param>
/// <param name="parse">The parser, and what must hold of what it gives.</param>
/// <param name="words">Words of the format.</param>
internal sealed class ParserTarget(string name, InputForm form, Action<byte[]> parse, params string[] words) : FuzzTarget(name)
{
    /// <inheritdoc/>
    public override InputForm Form => form;

    /// <inheritdoc/>
    public override IReadOnlyList<string> Words => words;

    /// <inheritdoc/>
    /// <remarks>The shortest line of /proc/stat, five bytes, becomes an object of 72 in a list that doubles.</remarks>
    public override MemoryBound Memory => new(64, 32 * 1024);

    /// <inheritdoc/>
    public override void Take(byte[] input) => parse(input);
}
