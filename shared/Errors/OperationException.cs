namespace GuestAgent.Errors;

/// <summary>A failure that the peer may know: a code, a sentence fit for it, and the rule or field concerned.</summary>
public sealed class OperationException : Exception
{
    /// <summary>Creates a failure.</summary>
    /// <param name="code">What kind of failure it is.</param>
    /// <param name="message">One sentence for the peer: no secrets, no CLR type names.</param>
    /// <param name="detail">Rule, field or partial result; null when there is none to name.</param>
    /// <param name="cause">The exception behind it, for the log only.</param>
    public OperationException(ErrorCode code, string message, ErrorDetail? detail = null, Exception? cause = null)
        : base(message, cause)
    {
        Code = code;
        Detail = detail;
    }

    /// <summary>What kind of failure it is.</summary>
    public ErrorCode Code { get; }

    /// <summary>Rule, field or partial result; null when there is none to name.</summary>
    public ErrorDetail? Detail { get; }

    /// <summary>A parameter whose value is not acceptable.</summary>
    /// <param name="field">Its name, or its path where it is part of one, such as <c>env.PATH</c>.</param>
    /// <param name="message">What is wrong with it.</param>
    /// <param name="rule">Stable name of the rule.</param>
    public static OperationException InvalidParameter(string field, string message, string rule = "value") =>
        new(ErrorCode.InvalidParameters, message, new ErrorDetail(Rule: rule, Field: field));
}
