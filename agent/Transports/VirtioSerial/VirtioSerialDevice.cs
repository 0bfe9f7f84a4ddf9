using GuestAgent.Linux.Files;

namespace GuestAgent.Transports.VirtioSerial;

/// <summary>Finds a port's device, with or without udev, and who holds it.</summary>
internal static class VirtioSerialDevice
{
    private const string Ports = "/sys/class/virtio-ports";

    /// <summary>The device of the port with this name; null when there is none. Never guesses by number.</summary>
    public static string? Find(string name)
    {
        // sysfs first: a link of udev may outlive its port.
        string link = "/dev/virtio-ports/" + name;
        return FindInSysfs(name) ?? (File.Exists(link) ? link : null);
    }

    /// <summary>The process that has the port open, such as <c>qemu-ga (pid 412)</c>; null when none can be seen.</summary>
    public static string? Holder(string name)
    {
        if (FindInSysfs(name) is not { } device)
        {
            return null;
        }

        foreach (string process in Directory.EnumerateDirectories("/proc"))
        {
            if (int.TryParse(Path.GetFileName(process), out int pid) && HasOpen(ProcessFolder.Of(pid), device))
            {
                return $"{ReadName(process)} (pid {pid})";
            }
        }

        return null;
    }

    private static string? FindInSysfs(string name)
    {
        if (!Directory.Exists(Ports))
        {
            return null;
        }

        foreach (string port in Directory.EnumerateFileSystemEntries(Ports))
        {
            string file = port + "/name";
            if (File.Exists(file) && File.ReadAllText(file).TrimEnd('\n') == name)
            {
                return "/dev/" + Path.GetFileName(port);
            }
        }

        return null;
    }

    private static bool HasOpen(string process, string device)
    {
        try
        {
            return Directory.EnumerateFiles(process + "/fd")
                .Any(descriptor => File.ResolveLinkTarget(descriptor, false)?.FullName == device);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // It has ended meanwhile, or may not be looked at: then it is not the one that can be named.
            return false;
        }
    }

    private static string ReadName(string process)
    {
        try
        {
            return File.ReadAllText(process + "/comm").TrimEnd('\n');
        }
        catch (IOException)
        {
            return "a process that has ended";
        }
    }
}
