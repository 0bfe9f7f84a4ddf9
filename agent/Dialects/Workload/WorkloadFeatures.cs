using GuestAgent.Wire.Workload;

namespace GuestAgent.Dialects.Workload;

/// <summary>What a host understands beyond the original wire.</summary>
/// <param name="Streams">Log messages may say which output they are of, and where in it.</param>
/// <param name="Bytes">Log messages may have the bytes of the output in place of its lines.</param>
/// <param name="Details">The result may say more.</param>
/// <param name="Unlimited">No time limit, or one of 0, is the policy's; below 0 is none at all.</param>
internal readonly record struct WorkloadFeatures(bool Streams, bool Bytes, bool Details, bool Unlimited)
{
    /// <summary>What the host has said.</summary>
    public static WorkloadFeatures Of(GuestRequest? request) => new(
        request?.Features?.Contains(WorkloadWire.Streams) ?? false,
        request?.Features?.Contains(WorkloadWire.Bytes) ?? false,
        request?.Features?.Contains(WorkloadWire.Details) ?? false,
        request?.Features?.Contains(WorkloadWire.Unlimited) ?? false);
}
