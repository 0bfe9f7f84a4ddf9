using System.Reflection;
using System.Text.Json;
using System.Text.Json.Nodes;
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

    [Fact]
    public void No_shape_lets_the_framework_compare_the_names_of_what_it_does_not_know()
    {
        JsonSerializerContext[] strict = [.. new[]
        {
            typeof(OperationContract<,>), typeof(Registration), typeof(GuestClient), typeof(GlobalOptions),
        }
            .SelectMany(type => type.Assembly.GetTypes())
            .Where(type => type.IsSubclassOf(typeof(JsonSerializerContext)))
            .Select(type => (JsonSerializerContext)type
                .GetProperty("Default", BindingFlags.Static | BindingFlags.Public | BindingFlags.NonPublic)!.GetValue(null)!)
            .Where(context => !context.Options.AllowDuplicateProperties)];

        Assert.All(strict, context => Assert.All(
            (Type[])[typeof(JsonNode), typeof(JsonObject), typeof(JsonArray), typeof(JsonDocument)],
            type => Assert.Null(context.GetTypeInfo(type))));
        JsonConverter[] ofAny = [.. strict
            .Select(context => context.GetTypeInfo(typeof(JsonElement))?.Converter).OfType<JsonConverter>()];
        Assert.NotEmpty(ofAny);
        Assert.All(ofAny, converter => Assert.IsType<AnyJsonConverter>(converter));
    }
}
