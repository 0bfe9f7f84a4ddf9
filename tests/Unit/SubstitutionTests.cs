using System.Text.Json.Serialization;
using GuestAgent.Cli;
using GuestAgent.Contracts;
using GuestAgent.Host;
using GuestAgent.Operations;
using Xunit;

namespace GuestAgent.Tests.Unit;

/// <summary>What the published programs do not look for (NativeProgram.Substitutions.xml) must not be there.</summary>
public sealed class SubstitutionTests
{
    [Fact]
    public void No_type_is_polymorphic_in_JSON()
    {
        IEnumerable<Type> types = new[]
        {
            typeof(OperationContract<,>), typeof(Registration), typeof(GuestClient), typeof(GlobalOptions),
        }.SelectMany(type => type.Assembly.GetTypes());
        Assert.DoesNotContain(types, type =>
            type.IsDefined(typeof(JsonPolymorphicAttribute), inherit: false)
            || type.IsDefined(typeof(JsonDerivedTypeAttribute), inherit: false));
    }
}
