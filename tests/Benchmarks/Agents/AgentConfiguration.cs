namespace GuestAgent.Benchmarks.Agents;

/// <summary>Writes configurations of guest-agent that allow every command, and files in memory.</summary>
internal static class AgentConfiguration
{
    public static string ForUnixSocket(string path) => Of($$"""{"transport":"unix","path":"{{path}}",""");

    public static string ForVirtioSerial(string port) => Of($$"""{"transport":"virtio-serial","port":"{{port}}",""");

    private static string Of(string transport) =>
        $$$"""{"listeners":[{{{transport}}}"dialect":"jsonrpc","announce":false}],"policy":{"commands":"any","read_paths":["/dev/shm"],"write_paths":["/dev/shm"]}}""";
}
