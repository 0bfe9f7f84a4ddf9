using System.Buffers.Binary;

namespace GuestAgent.Tests.Fuzz.Targets;

/// <summary>Makes the lengths before frames right again, where a change has moved what they count.</summary>
internal static class FrameLengths
{
    /// <summary>Has the last frame end with the input, unless the lengths lead to another place than its end.</summary>
    public static void Repair(byte[] input)
    {
        int at = 0;
        while (at + 4 <= input.Length)
        {
            uint length = BinaryPrimitives.ReadUInt32BigEndian(input.AsSpan(at));
            if (length > (uint)(input.Length - at - 4))
            {
                BinaryPrimitives.WriteInt32BigEndian(input.AsSpan(at), input.Length - at - 4);
                return;
            }

            at += 4 + (int)length;
        }
    }
}
