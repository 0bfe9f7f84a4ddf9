using GuestAgent.Tests.Vm.Lab;

namespace GuestAgent.Tests.Vm.Support;

/// <summary>Is one Debian VM whose agent runs programs of hosts within bounds.</summary>
public sealed class ConfinementMachine : AgentMachine
{
    /// <summary>One runtime that demands every confinement, and one of root's that has limits.</summary>
    public const string Configuration = """
        {
          "listeners": [{"transport": "virtio-serial", "port": "org.guestagent.0", "dialect": "jsonrpc"}],
          "policy": {
            "commands": "any",
            "runtimes": {
              "strict": {
                "command": "/bin/sh", "file": "main.sh", "user": "nobody", "confinement": "required", "network": "none"
              },
              "small": {
                "command": "/bin/sh", "file": "main.sh",
                "memory_bytes": 67108864, "max_processes": 20, "cpu_percent": 50
              }
            }
          }
        }
        """;

    protected override Task<InjectDirectory> InjectAsync() => Task.FromResult(AgentInstallation.Service(Configuration));
}
