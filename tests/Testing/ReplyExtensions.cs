using System.Text.Json.Nodes;

namespace GuestAgent.Tests.Testing;

/// <summary>Short ways to the members of replies.</summary>
public static class ReplyExtensions
{
    /// <summary>The result; fails on an error.</summary>
    public static JsonObject Result(this JsonObject reply) =>
        reply["result"]?.AsObject() ?? throw new InvalidOperationException($"no result: {reply.ToJsonString()}");

    /// <summary>The error; fails on a result.</summary>
    public static JsonObject Error(this JsonObject reply) =>
        reply["error"]?.AsObject() ?? throw new InvalidOperationException($"no error: {reply.ToJsonString()}");

    /// <summary>Code of the error.</summary>
    public static int ErrorCode(this JsonObject reply) => reply.Error()["code"]!.GetValue<int>();

    /// <summary>Rule that the error names.</summary>
    public static string? ErrorRule(this JsonObject reply) => reply.Error()["data"]?["rule"]?.GetValue<string>();

    /// <summary>A text member.</summary>
    public static string Text(this JsonObject json, string name) => json[name]!.GetValue<string>();

    /// <summary>A number member.</summary>
    public static long Number(this JsonObject json, string name) => json[name]!.GetValue<long>();

    /// <summary>A truth member.</summary>
    public static bool Flag(this JsonObject json, string name) => json[name]!.GetValue<bool>();

    /// <summary>Standard output of a finished command, as text.</summary>
    public static string Stdout(this JsonObject reply) => reply.Result().Text("stdout");
}
