using GuestAgent.Tests.Testing;

namespace GuestAgent.Tests.Integration.Settings;

/// <summary>A configuration file of any content, for runs of the agent that end by themselves.</summary>
internal sealed class ConfigFile : IDisposable
{
    private readonly TemporaryDirectory _directory = new();

    /// <summary>Writes a file that only its owner can write.</summary>
    public ConfigFile(string text)
    {
        File.WriteAllText(Path, text);
        File.SetUnixFileMode(Path, UnixFileMode.UserRead | UnixFileMode.UserWrite);
    }

    /// <summary>Where it is.</summary>
    public string Path => _directory["config.json"];

    /// <summary>The directory that it is in.</summary>
    public TemporaryDirectory Directory => _directory;

    /// <summary>Runs <c>--check</c> on it.</summary>
    public Task<ProgramRun> CheckAsync() => ProgramRun.AgentAsync("--check", "--config", Path);

    /// <summary>Lets the agent serve by it, which must fail.</summary>
    public Task<ProgramRun> ServeAsync() => ProgramRun.AgentAsync("--config", Path);

    /// <inheritdoc/>
    public void Dispose() => _directory.Dispose();
}
