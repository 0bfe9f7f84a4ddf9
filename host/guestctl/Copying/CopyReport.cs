using GuestAgent.Cli.Output;

namespace GuestAgent.Cli.Copying;

/// <summary>What a copy did: what <c>cp --json</c> prints.</summary>
/// <param name="Files">Files copied.</param>
/// <param name="Directories">Directories gone through.</param>
/// <param name="Bytes">Bytes copied.</param>
/// <param name="ResumedBytes">How many of them an earlier copy had left.</param>
/// <param name="Links">Symbolic links copied as such.</param>
/// <param name="Skipped">How many entries were left out: devices, names that cannot be.</param>
/// <param name="Failed">How many could not be copied.</param>
/// <param name="Problems">Those that were left out or could not be copied, the first thousand.</param>
internal sealed record CopyReport(
    long Files,
    long Directories,
    long Bytes,
    long ResumedBytes,
    long Links,
    long Skipped,
    long Failed,
    IReadOnlyList<CopyProblem> Problems);

/// <summary>An entry that was not copied.</summary>
/// <param name="Path">Where it is.</param>
/// <param name="Reason">Why.</param>
/// <param name="Error">The failure; null for what is left out by rule.</param>
internal sealed record CopyProblem(string Path, string Reason, Failure? Error = null);
