using GuestAgent.Errors;

namespace GuestAgent.Files;

/// <summary>Permission bits as requests and results write them: octal.</summary>
internal static class FilePermissions
{
    /// <summary>rwxr-xr-x, what a directory gets.</summary>
    public const uint DefaultOfDirectory = 0x1ED;

    private const uint SetIds = 0xC00; // 06000

    /// <summary>Reads permissions of a request.</summary>
    /// <param name="text">Three or four octal digits; null for none.</param>
    /// <returns>The bits, 0 to 01777; null for none.</returns>
    /// <exception cref="OperationException">
    /// They are not, or have the setuid or setgid bit: whoever may write a file must not be able to make a program of it that
    /// runs as somebody else.
    /// </exception>
    public static uint? Parse(string? text)
    {
        if (text is null)
        {
            return null;
        }

        if (text.Length is < 3 or > 4 || text.AsSpan().ContainsAnyExceptInRange('0', '7'))
        {
            throw OperationException.InvalidParameter("permissions", "Permissions are three or four octal digits, as 0644.");
        }

        uint bits = Convert.ToUInt32(text, 8);
        return (bits & SetIds) == 0
            ? bits
            : throw OperationException.InvalidParameter("permissions", "The setuid and setgid bits cannot be set.", "set_id");
    }

    /// <summary>Four octal digits.</summary>
    public static string Format(uint bits) => Convert.ToString((int)bits, 8).PadLeft(4, '0');
}
