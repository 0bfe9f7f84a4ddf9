using GuestAgent.Contracts;
using GuestAgent.Dispatch;
using GuestAgent.Operations;
using Xunit;

namespace GuestAgent.Tests.Unit.Operations;

/// <summary>The table of operations: what is in it, and when what is made.</summary>
public sealed class RegistrationTests : IDisposable
{
    private readonly IdleOperations _operations = new();

    public void Dispose() => _operations.Dispose();

    [Fact]
    public void An_operation_that_there_is_not_has_no_route() => Assert.Null(_operations.Catalog.Find("no_such_operation"));

    [Fact]
    public void Every_name_leads_to_the_route_of_its_contract_and_always_to_the_same()
    {
        Assert.NotEmpty(Registration.Names);
        Assert.Equal(Registration.Names.Order(StringComparer.Ordinal), _operations.Catalog.Names.Order(StringComparer.Ordinal));
        foreach (string name in Registration.Names)
        {
            Route? route = _operations.Catalog.Find(name);
            Assert.Equal(name, route?.Contract.Name);
            Assert.Same(route, _operations.Catalog.Find(name));
        }
    }

    [Fact]
    public void What_only_looks_needs_no_grant_and_all_else_has_one()
    {
        foreach (string name in Registration.Names)
        {
            Route route = _operations.Catalog.Find(name)!;
            bool isUnrestricted = route.GetType().GenericTypeArguments[1] == typeof(Unrestricted);
            Assert.Equal(route.Contract.Access == Access.Observe, isUnrestricted);
        }
    }

    [Fact]
    public void No_thread_begins_for_operations_that_nobody_has_called()
    {
        Assert.All(Registration.Names, name => Assert.NotNull(_operations.Catalog.Find(name)));
        Assert.False(_operations.Loop.HasStarted);
    }

    [Fact]
    public void Operations_that_belong_together_share_what_they_know_of_each_other()
    {
        Assert.Same(_operations.Parts.Commands, _operations.Parts.Commands);
        Assert.Same(_operations.Parts.Telemetry, _operations.Parts.Telemetry);
        Assert.Same(_operations.Parts.Events, _operations.Parts.Events);
    }

    [Fact]
    public void A_name_cannot_be_given_twice()
    {
        var catalog = new OperationCatalog();
        catalog.Add("ping", () => _operations.Catalog.Find("ping")!);
        Assert.Throws<ArgumentException>(() => catalog.Add("ping", () => _operations.Catalog.Find("ping")!));
    }

    [Fact]
    public void A_route_that_could_not_be_made_is_tried_again()
    {
        var catalog = new OperationCatalog();
        int calls = 0;
        catalog.Add("ping", () => ++calls == 1 ? throw new IOException() : _operations.Catalog.Find("ping")!);
        Assert.Throws<IOException>(() => catalog.Find("ping"));
        Assert.NotNull(catalog.Find("ping"));
    }
}
