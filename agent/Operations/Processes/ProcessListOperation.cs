using System.Globalization;
using GuestAgent.Accounts;
using GuestAgent.Contracts.Processes;
using GuestAgent.Dispatch;
using GuestAgent.Errors;
using GuestAgent.Memory;
using GuestAgent.Policy;
using GuestAgent.Processes;

namespace GuestAgent.Operations.Processes;

/// <summary>Lists the processes of the guest.</summary>
/// <param name="accounts">Knows users.</param>
internal sealed class ProcessListOperation(AccountDatabase accounts)
    : IOperation<ProcessListRequest, ProcessListGrant, ProcessListResult>
{
    private const int LargestLimit = 10000;

    // What is told of a process, besides its arguments: twice, as the names of users are added.
    private const int EntryBytes = 512;

    // Text, and its part of the answer.
    private const int BytesForOne = 3;

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
            return await Task.Run(() => Read(request, user, context.Memory, cancellationToken), cancellationToken);
        }
        catch (AccountException e)
        {
            throw new OperationException(ErrorCode.NotFound, e.Message, new ErrorDetail("account", "user"), e);
        }
    }

    private ProcessListResult Read(
        ProcessListRequest request, long? user, ICallMemory? memory, CancellationToken cancellationToken)
    {
        IReadOnlyDictionary<uint, string> names = accounts.UserNames();
        ProcessListResult page = ProcessTable.Read(
            request.After,
            request.Limit,
            process => (user is null || process.UserId == user)
                && (request.Name is null || IsNamed(process, request.Name))
                && IsCounted(process, memory),
            cancellationToken);
        return page with
        {
            Processes = [.. page.Processes.Select(process => process with { User = names.GetValueOrDefault((uint)process.UserId) })],
        };
    }

    private static bool IsCounted(ProcessEntry process, ICallMemory? memory)
    {
        long characters = 0;
        foreach (string argument in process.Arguments ?? [])
        {
            characters += argument.Length;
        }

        memory?.Take(EntryBytes + (characters * BytesForOne));
        return true;
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
