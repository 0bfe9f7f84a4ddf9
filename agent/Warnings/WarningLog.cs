using GuestAgent.Linux.Native;
using GuestAgent.Settings;
using Microsoft.Extensions.Logging;

namespace GuestAgent.Warnings;

/// <summary>Writes the warnings of the configuration in force to the log: at the start, and when another has come into force.</summary>
/// <param name="settings">The settings in force.</param>
/// <param name="file">Where they come from.</param>
/// <param name="logger">The log.</param>
internal sealed partial class WarningLog(LiveSettings settings, string file, ILogger<WarningLog> logger)
{
    private readonly Lock _gate = new();

    /// <summary>Writes those of now, and from now on those of each that comes into force. Waits for none of them.</summary>
    public void Begin()
    {
        settings.Replaced += () => _ = Task.Run(Write);
        // A thread that ends: those of the pool would stay in the memory of an idle agent.
        new Thread(Write) { IsBackground = true }.Start();
    }

    private void Write()
    {
        // Those of one configuration together.
        lock (_gate)
        {
            try
            {
                AgentSettings now = settings.Current;
                foreach (ConfigurationWarning warning in ConfigurationWarnings.Of(now, file))
                {
                    Warning(warning.In(file, now.Origins));
                }
            }
            catch (Exception e) when (e is LinuxException or IOException or UnauthorizedAccessException)
            {
                NotLooked(file, e.Message);
            }
        }
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "{Warning}")]
    private partial void Warning(string warning);

    [LoggerMessage(Level = LogLevel.Warning, Message = "{Path}: was not looked through for warnings: {Reason}")]
    private partial void NotLooked(string path, string reason);
}
