using GuestAgent.Commands;
using Xunit;

namespace GuestAgent.Tests.Unit.Commands;

public sealed class OutputWindowTests
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(1);

    [Fact]
    public async Task No_more_is_taken_than_was_granted()
    {
        var window = new OutputWindow(10);
        Assert.Equal(7, await window.TakeAsync(7, CancellationToken.None));
        Assert.Equal(3, await window.TakeAsync(7, CancellationToken.None));
        Task<int> waiting = window.TakeAsync(7, CancellationToken.None).AsTask();
        Assert.False(waiting.IsCompleted);

        window.Grant(5);
        Assert.Equal(5, await waiting.WaitAsync(Patience, TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task Both_outputs_wait_and_go_on_together()
    {
        var window = new OutputWindow(0);
        Task<int> first = window.TakeAsync(4, CancellationToken.None).AsTask();
        Task<int> second = window.TakeAsync(4, CancellationToken.None).AsTask();
        window.Grant(8);
        int[] taken = await Task.WhenAll(first, second).WaitAsync(Patience, TestContext.Current.CancellationToken);
        Assert.Equal([4, 4], taken);
    }

    [Fact]
    public async Task A_wait_ends_with_its_token()
    {
        using var cancelled = new CancellationTokenSource();
        Task<int> waiting = new OutputWindow(0).TakeAsync(1, cancelled.Token).AsTask();
        await cancelled.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => waiting.WaitAsync(Patience, TestContext.Current.CancellationToken));
    }

    [Fact]
    public void Credit_does_not_grow_without_bound()
    {
        var window = new OutputWindow(0);
        long granted = 0;
        for (int i = 0; i < 10; i++)
        {
            granted = window.Grant(ExecParameters.MaxWindowBytes);
        }

        Assert.Equal(2L * ExecParameters.MaxWindowBytes, granted);
    }
}
