namespace GuestAgent.Wire.Workload;

/// <summary>What a host sends, once on a connection.</summary>
/// <param name="Runtime">Name of the runtime.</param>
/// <param name="Code">The program's text, or a gzipped tar archive in base64; empty when there is an archive.</param>
/// <param name="CodeArchive">A gzipped tar archive with the program.</param>
/// <param name="Input">The program's standard input.</param>
/// <param name="Env">Variables for the program.</param>
/// <param name="Entrypoint">The file to run; the runtime's own by default.</param>
/// <param name="TimeoutS">Time limit in seconds; 0 stands for 30, and with the feature <c>unlimited</c> for the policy's, below 0 for none.</param>
/// <param name="Features">What the host understands beyond the original wire; hosts of that do not send it.</param>
public sealed record GuestRequest(
    string? Runtime = null,
    string? Code = null,
    ReadOnlyMemory<byte>? CodeArchive = null,
    ReadOnlyMemory<byte>? Input = null,
    IReadOnlyDictionary<string, string>? Env = null,
    string? Entrypoint = null,
    double TimeoutS = 0,
    IReadOnlyList<string>? Features = null);
