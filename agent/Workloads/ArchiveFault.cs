using GuestAgent.Errors;

namespace GuestAgent.Workloads;

/// <summary>Why an archive is refused; it is refused as a whole.</summary>
internal static class ArchiveFault
{
    /// <summary>Parameter of the request.</summary>
    public const string Field = "code_archive";

    private const string Rule = "archive";

    /// <summary>It is no archive, or has what the agent does not unpack.</summary>
    /// <param name="what">Goes on the sentence that begins with "The archive".</param>
    /// <param name="cause">What was found, for the log only.</param>
    public static OperationException Malformed(string what, Exception? cause = null) => new(
        ErrorCode.InvalidParameters, $"The archive {what}.", new ErrorDetail(Rule, Field), cause);

    /// <summary>It has more than it may.</summary>
    /// <param name="what">Of what.</param>
    /// <param name="limit">How much it may have.</param>
    public static OperationException TooLarge(string what, long limit) => new(
        ErrorCode.TooLarge, $"The archive has more than {limit} {what}.", new ErrorDetail(Rule, Field, limit));
}
