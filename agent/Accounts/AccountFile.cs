using System.Text;
using GuestAgent.Linux.Native;

namespace GuestAgent.Accounts;

/// <summary>/etc/passwd or /etc/group, read anew for each question: they change while the agent runs.</summary>
/// <param name="path">Where it is.</param>
internal sealed class AccountFile(string path)
{
    // A hundred thousand users; a file beyond that is a mistake, and belongs into a directory service.
    private const int LargestBytes = 8 << 20;

    /// <summary>Its lines. A file that does not exist has none: an image may be without users.</summary>
    /// <exception cref="AccountException">It cannot be read, or is too large.</exception>
    /// <exception cref="IOException">The agent has run out of descriptors or memory.</exception>
    public string[] ReadLines()
    {
        try
        {
            using FileStream file = new(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
            if (file.Length > LargestBytes)
            {
                throw new AccountException(path, $"{path} is larger than {LargestBytes} bytes.");
            }

            using StreamReader reader = new(file, Encoding.UTF8);
            return reader.ReadToEnd().Split('\n');
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException)
        {
            return [];
        }
        catch (Exception e) when (e is UnauthorizedAccessException || (e is IOException && !Errno.IsExhaustion(e.HResult)))
        {
            throw new AccountException(path, $"{path} cannot be read.");
        }
    }
}
