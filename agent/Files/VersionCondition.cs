using GuestAgent.Errors;
using GuestAgent.Linux.Files;
using Microsoft.Win32.SafeHandles;

namespace GuestAgent.Files;

/// <summary>What a request expects to be at the place that it changes: nothing, anything, or one of some versions.</summary>
internal sealed class VersionCondition
{
    private const string Parameter = "if_versions";
    private const string Any = "*";
    private const int Most = 64;
    private const int LongestVersion = 128;

    private readonly IReadOnlyList<string> _versions;

    private VersionCondition(IReadOnlyList<string> versions) => _versions = versions;

    /// <summary>
    /// Held from the last look to the change: of two hosts that each expect to be the first, the second one finds what the other did.
    /// </summary>
    public static Lock Turn { get; } = new();

    /// <summary>True when nothing is to be there.</summary>
    public bool IsNothing => _versions.Count == 0;

    /// <summary>Reads the parameter.</summary>
    /// <returns>Null for a request that expects nothing of the kind.</returns>
    /// <exception cref="OperationException">There are too many, or one that is none.</exception>
    public static VersionCondition? Of(IReadOnlyList<string>? versions)
    {
        if (versions is null)
        {
            return null;
        }

        if (versions.Count > Most || versions.Any(version => version is null or { Length: 0 or > LongestVersion }))
        {
            throw OperationException.InvalidParameter(
                Parameter, $"At most {Most} versions of 1 to {LongestVersion} characters.", "length");
        }

        return new VersionCondition(versions);
    }

    /// <summary>Requires that what is there is what was expected.</summary>
    /// <param name="target">What is there, opened in any way; null for nothing.</param>
    /// <exception cref="OperationException"><see cref="ErrorCode.Conflict"/>: it is not.</exception>
    public void Require(SafeFileHandle? target)
    {
        string? version = target is null ? null : FileVersion.Of(FileStatus.Of(target));
        bool holds = version is null ? IsNothing : _versions.Contains(Any) || _versions.Contains(version);
        if (!holds)
        {
            throw Refusal();
        }
    }

    /// <summary>Something else is there.</summary>
    public OperationException Refusal() => new(
        ErrorCode.Conflict,
        IsNothing ? "There is something at this place already." : "What is at this place is not what the request expects.",
        new ErrorDetail(Parameter, Parameter));
}
