namespace GuestAgent.Benchmarks.Agents;

/// <summary>Writes configurations of guest-agent that allow every command, and files in memory.</summary>
internal static class AgentConfiguration
{
    public static string ForUnixSocket(string path) => Of($$"""{"transport":"unix","path":"{{path}}",""");

    public static string ForVirtioSerial(string port) => Of($$"""{"transport":"virtio-serial","port":"{{port}}",""");

    /// <summary>For more of everything than an agent usually allows at once.</summary>
    public static string ForMany(string path) => $$"""
        {
          "listeners": [{"transport": "unix", "path": "{{path}}", "dialect": "jsonrpc", "announce": false}],
          "policy": {"commands": "any", "read_paths": ["/dev/shm"], "write_paths": ["/dev/shm"]},
          "limits": {"max_concurrent_commands": 256, "max_concurrent_requests": 256}
        }
        """;

    /// <summary>For programs that the host brings along.</summary>
    public static string ForWorkloads(string path) => $$"""
        {
          "listeners": [{"transport": "unix", "path": "{{path}}", "dialect": "workload"}],
          "policy": {
            "runtimes": {
              "sh": {"command": "/bin/sh", "file": "main.sh"},
              "python": {"command": "/usr/bin/python3", "file": "main.py"}
            }
          }
        }
        """;

    /// <summary>For connections of the guest itself, with files in memory.</summary>
    public static string ForVsock(uint port) => Of($$"""{"transport":"vsock","port":{{port}},"allow_cids":[1],""");

    private static string Of(string transport) =>
        $$$"""{"listeners":[{{{transport}}}"dialect":"jsonrpc","announce":false}],"policy":{"commands":"any","read_paths":["/dev/shm"],"write_paths":["/dev/shm"]}}""";
}
