using System.Buffers;
using System.Text.Json;
using GuestAgent.Sessions;

namespace GuestAgent.Dialects;

/// <summary>What a message takes while it is worked on, as bytes on the wire say little of it.</summary>
internal static class MessageCost
{
    // Text is two bytes a character, and what it stands for besides, such as what base64 decodes to.
    private const int OfText = 3;

    // Unescaped, and decoded.
    private const int OfBytes = 2;

    // An object and a place in a list that doubles, or half of an entry of a dictionary.
    private const int OfValue = 80;

    /// <summary>Bytes that a request takes from its start to its answer.</summary>
    /// <param name="length">Its length on the wire.</param>
    /// <param name="values">How many JSON values it has, names included.</param>
    /// <param name="isBytes">Whether what is long in it never becomes text.</param>
    public static long Of(long length, int values, bool isBytes) =>
        CallAdmission.CallBytes + (length * (isBytes ? OfBytes : OfText)) + ((long)values * OfValue);

    /// <summary>Counts the values of a JSON text, as far as it is one.</summary>
    public static int CountValues(in ReadOnlySequence<byte> json)
    {
        int values = 0;
        try
        {
            var reader = new Utf8JsonReader(json);
            while (reader.Read())
            {
                values++;
            }
        }
        catch (JsonException)
        {
            // Whoever reads it will say so, and reads no further either.
        }

        return values;
    }
}
