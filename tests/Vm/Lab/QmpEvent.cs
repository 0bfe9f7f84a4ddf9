using System.Text.Json;

namespace GuestAgent.Tests.Vm.Lab;

/// <summary>Holds one event of QEMU; data is undefined where the event has none.</summary>
public sealed record QmpEvent(string Name, JsonElement Data);
