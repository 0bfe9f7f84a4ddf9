using GuestAgent.Contracts.Workload;
using GuestAgent.Errors;
using GuestAgent.Settings;

namespace GuestAgent.Operations.Workload;

/// <summary>Refuses parameters of <c>run_workload</c> that make no sense, naming the field and the rule.</summary>
internal static class WorkloadParameters
{
    /// <summary>Checks what does not depend on the policy.</summary>
    /// <exception cref="OperationException"><see cref="ErrorCode.InvalidParameters"/>.</exception>
    public static RunWorkloadRequest Checked(this RunWorkloadRequest request)
    {
        Require(
            request.TimeoutSeconds is null or (>= 0 and <= CommandRule.MostSeconds),
            "timeout_seconds",
            "must be above 0 and at most 2592000, or 0 for no limit",
            "range");
        Require(
            request.Code.Length == 0 || request.CodeArchive is not { IsEmpty: false },
            "code",
            "must be absent where there is an archive",
            "value");
        foreach ((string name, string value) in request.Env ?? new Dictionary<string, string>())
        {
            Require(
                VariableName.IsValid(name),
                "env",
                "has a name with something else than letters, digits, _, . and -, or one that begins with neither letter nor _",
                "env_name");
            Require(value is not null && !HasNul(value), "env." + name, "must be a string without NUL", "nul");
        }

        return request;
    }

    private static void Require(bool condition, string field, string message, string rule)
    {
        if (!condition)
        {
            throw OperationException.InvalidParameter(field, $"{field} {message}.", rule);
        }
    }

    private static bool HasNul(string text) => text.Contains('\0', StringComparison.Ordinal);
}
