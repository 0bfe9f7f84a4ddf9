using System.Globalization;
using GuestAgent.Contracts.Processes;
using GuestAgent.Dispatch;
using GuestAgent.Errors;
using GuestAgent.Policy;
using GuestAgent.Processes;

namespace GuestAgent.Operations.Processes;

/// <summary>Lists the processes of the guest.</summary>
/// <param name="accounts">Knows users.</param>
internal sealed class ProcessListOperation(AccountDatabase accounts)
    : IOperation<ProcessListRequest, ProcessListGrant, ProcessListResult>
{
    private const int LargestLimit = 10000;

    /// <inheritdoc/>
    public async ValueTask<ProcessListResult> ExecuteAsync(
        ProcessListRequest request, ProcessListGrant grant, CallContext context, CancellationToken cancellationToken)
    {
        if (request.Limit is < 1 or > LargestLimit)
        {
            throw OperationException.InvalidParameter("limit", $"A limit is a number from 1 to {LargestLimit}.", "range");
        }

        try
        {
            long? user = request.User is null ? null : await FindUserAsync(request.User, cancellationToken);
            return await Task.Run(() => Read(request, user, cancellationToken), cancellationToken);
        }
        catch (AccountException e)
        {
            throw new OperationException(ErrorCode.NotFound, e.Message, new ErrorDetail("account", "params.user"), e);
        }
    }

    private ProcessListResult Read(ProcessListRequest request, long? user, CancellationToken cancellationToken)
    {
        IReadOnlyDictionary<uint, string> names = accounts.UserNames();
        ProcessListResult page = ProcessTable.Read(
            request.After,
            request.Limit,
            process => (user is null || process.UserId == user) && (request.Name is null || IsNamed(process, request.Name)),
            cancellationToken);
        return page with
        {
            Processes = [.. page.Processes.Select(process => process with { User = names.GetValueOrDefault((uint)process.UserId) })],
        };
    }

    // The kernel keeps 15 bytes of a name; the program's file has all of it.
    private static bool IsNamed(ProcessEntry process, string name) =>
        process.Name == name
        || (process.Arguments is [var program, ..] && Path.GetFileName(program.AsSpan()).SequenceEqual(name));

    private async ValueTask<long> FindUserAsync(string user, CancellationToken cancellationToken) =>
        uint.TryParse(user, NumberStyles.None, CultureInfo.InvariantCulture, out uint id)
            ? id
            : (await accounts.FindAsync(user, null, cancellationToken)).UserId;
}
