using System.Text.Json;

namespace GuestAgent.Tests.Integration.Transcripts;

/// <summary>
/// An expected message: JSON in which the string <c>"*"</c> stands for any value and the member <c>"...": true</c> for any
/// further members; a string such as <c>"${token}"</c> stands for any text, and for that text in the lines after it.
/// The order of members does not matter, that of array elements does, and numbers are compared as written.
/// </summary>
internal static class JsonPattern
{
    private const string Anything = "*";
    private const string More = "...";

    /// <summary>True when <paramref name="actual"/> is as <paramref name="expected"/> says.</summary>
    public static bool Matches(JsonElement expected, JsonElement actual)
    {
        if (expected.ValueKind == JsonValueKind.String && expected.ValueEquals(Anything))
        {
            return true;
        }

        if (IsName(expected))
        {
            return actual.ValueKind == JsonValueKind.String;
        }

        return expected.ValueKind == actual.ValueKind && expected.ValueKind switch
        {
            JsonValueKind.Object => MatchMembers(expected, actual),
            JsonValueKind.Array => expected.GetArrayLength() == actual.GetArrayLength()
                && expected.EnumerateArray().Zip(actual.EnumerateArray()).All(pair => Matches(pair.First, pair.Second)),
            JsonValueKind.String => expected.GetString() == actual.GetString(),
            JsonValueKind.Number => expected.GetRawText() == actual.GetRawText(),
            _ => true,
        };
    }

    /// <summary>Notes what the names of an expected message stand for in one that matches it.</summary>
    public static void Capture(JsonElement expected, JsonElement actual, IDictionary<string, string> captured)
    {
        if (IsName(expected))
        {
            captured[expected.GetString()!] = actual.GetString()!;
        }
        else if (expected.ValueKind == JsonValueKind.Object)
        {
            foreach (JsonProperty member in expected.EnumerateObject().Where(m => m.Name != More))
            {
                Capture(member.Value, actual.GetProperty(member.Name), captured);
            }
        }
    }

    private static bool IsName(JsonElement expected) =>
        expected.ValueKind == JsonValueKind.String && expected.GetString() is ['$', '{', .., '}'];

    private static bool MatchMembers(JsonElement expected, JsonElement actual)
    {
        bool open = expected.TryGetProperty(More, out _);
        foreach (JsonProperty member in expected.EnumerateObject().Where(m => m.Name != More))
        {
            if (!actual.TryGetProperty(member.Name, out JsonElement value) || !Matches(member.Value, value))
            {
                return false;
            }
        }

        return open || actual.EnumerateObject().Count() == expected.EnumerateObject().Count();
    }
}
