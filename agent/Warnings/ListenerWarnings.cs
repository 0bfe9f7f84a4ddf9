using GuestAgent.Settings;

namespace GuestAgent.Warnings;

/// <summary>Listeners that others than the host can use.</summary>
internal static class ListenerWarnings
{
    // VMADDR_CID_LOCAL, vsock(7).
    private const uint Local = 1;

    // S_IWOTH: what connect(2) to a socket needs, unix(7).
    private const int OthersWrite = 2;

    /// <summary>Lists them.</summary>
    public static IEnumerable<ConfigurationWarning> Find(WarningInput input)
    {
        foreach ((int index, ListenerSettings listener) in input.Settings.Listeners.Index())
        {
            string path = $"$.listeners[{index}]";
            if (listener is UnixListenerSettings unix && (SettingsCheck.ParseMode(unix.Mode) & OthersWrite) == OthersWrite)
            {
                yield return new ConfigurationWarning(
                    path + ".mode",
                    "every user of this guest may do all that the policy allows; write \"0660\", and give the socket's directory a group.");
            }

            if (listener is VsockListenerSettings vsock && vsock.Allows(Local))
            {
                yield return new ConfigurationWarning(
                    path + ".allow_cids",
                    "1 is every process of this guest: each of its users may do all that the policy allows; write 2, the host, alone.");
            }
        }
    }
}
