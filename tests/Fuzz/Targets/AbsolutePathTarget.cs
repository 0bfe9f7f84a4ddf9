using System.Runtime.InteropServices;
using System.Text;
using GuestAgent.Paths;
using GuestAgent.Tests.Fuzz.Engine;
using GuestAgent.Tests.Fuzz.Models;

namespace GuestAgent.Tests.Fuzz.Targets;

/// <summary>Paths of requests: accepted, refused and put in their plain form as a second implementation does it.</summary>
internal sealed class AbsolutePathTarget() : FuzzTarget(TargetName)
{
    /// <summary>Its name.</summary>
    public const string TargetName = "absolute-path";

    /// <inheritdoc/>
    public override int MaxBytes => 16 * 1024;

    /// <inheritdoc/>
    public override InputForm Form => InputForm.Text;

    /// <inheritdoc/>
    public override IReadOnlyList<string> Words => ["/", "//", "/.", "/..", "/../", "/./", "..", ".", "a", "\0", "...", "/ ", "/.. "];

    /// <inheritdoc/>
    public override MemoryBound Memory => new(64, 64 * 1024);

    /// <inheritdoc/>
    public override void Take(byte[] input)
    {
        Compare(Encoding.UTF8.GetString(input));
        // Characters of UTF-16, among them halves of one.
        Compare(new string(MemoryMarshal.Cast<byte, char>(input)));
    }

    private static void Compare(string text)
    {
        PathFault? fault = AbsolutePath.TryParse(text, out AbsolutePath path);
        string? expected = PathModel.Normalise(text);
        PropertyException.Require(fault is null == expected is not null, "a path is one for both", $"{fault} and {expected}");
        if (expected is not null)
        {
            PropertyException.Require(
                path.Bytes.Span.SequenceEqual(Encoding.UTF8.GetBytes(expected)), "both have the same plain form", expected);
        }
    }
}
