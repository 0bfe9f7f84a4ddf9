using System.Globalization;
using System.Text;
using GuestAgent.Accounts;
using GuestAgent.Linux.Native;
using GuestAgent.Paths;

namespace GuestAgent.Execution;

/// <summary>
/// Asks the guest's own getent(1), which can load what NSS is configured with (LDAP, sssd, systemd) where a static binary
/// cannot. Its answers are bounded in time and size; no answer is an empty one.
/// </summary>
/// <param name="spawner">Starts it.</param>
/// <param name="time">Measures its time limit.</param>
/// <param name="limit">How long it may take.</param>
/// <param name="places">Where it may be.</param>
internal sealed class Getent(ChildSpawner spawner, TimeProvider time, TimeSpan limit, params string[] places) : INameService
{
    /// <summary>A directory server that does not answer must not hold up a command for longer.</summary>
    public static readonly TimeSpan Limit = TimeSpan.FromSeconds(2);

    // A group of a directory service can have thousands of members.
    private const int LargestAnswerBytes = 1 << 20;

    // LOGIN_NAME_MAX of Linux; longer names exist nowhere.
    private const int LongestKey = 256;

    /// <summary>The guest's own.</summary>
    public Getent(ChildSpawner spawner, TimeProvider time)
        : this(spawner, time, Limit, "/usr/bin/getent", "/bin/getent", "/usr/local/bin/getent")
    {
    }

    /// <summary>Whether a text can be a key at all, and is safe as an argument.</summary>
    public static bool CanAsk(string key) =>
        key.Length is > 0 and <= LongestKey
        && key[0] != '-'
        && !key.Any(c => char.IsControl(c) || c is ':' or ',' or '/');

    /// <inheritdoc/>
    public async ValueTask<string[]> FindAsync(string database, string key, CancellationToken cancellationToken)
    {
        if (!CanAsk(key) || places.FirstOrDefault(IsTrusted) is not { } program)
        {
            return [];
        }

        using CancellationTokenSource timeout = new(limit, time);
        using CancellationTokenSource either =
            CancellationTokenSource.CreateLinkedTokenSource(timeout.Token, cancellationToken);
        try
        {
            return await RunAsync(program, database, key, either.Token);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return [];
        }
        catch (SpawnException e) when (!Errno.IsExhaustion(e.Errno))
        {
            // A getent that cannot run, as on a guest of another architecture's leftovers, is as good as none.
            return [];
        }
    }

    /// <inheritdoc/>
    public async ValueTask<IReadOnlyList<uint>> FindGroupsOfAsync(string user, CancellationToken cancellationToken)
    {
        // One line: the name, then the numbers.
        string[] lines = await FindAsync("initgroups", user, cancellationToken);
        List<uint> groups = [];
        foreach (string line in lines)
        {
            string[] words = line.Split(' ', StringSplitOptions.RemoveEmptyEntries);
            for (int i = 1; i < words.Length; i++)
            {
                if (uint.TryParse(words[i], NumberStyles.None, CultureInfo.InvariantCulture, out uint group))
                {
                    groups.Add(group);
                }
            }
        }

        return groups;
    }

    // It is run with the agent's rights, and its answer decides about those of others.
    private static bool IsTrusted(string place)
    {
        if (AbsolutePath.TryParse(place, out AbsolutePath path) is not null)
        {
            return false;
        }

        using ProgramFile program = ProgramFile.Find(path);
        return program is { File: not null, Weakness: null };
    }

    private async Task<string[]> RunAsync(
        string program, string database, string key, CancellationToken cancellationToken)
    {
        ChildStart start = new()
        {
            FileName = program,
            Arguments = ["getent", "--", database, key],
            Environment = ["LC_ALL=C", "PATH=/usr/bin:/bin"],
            Stderr = ChildStream.NullDevice,
        };
        using ChildProcess child = await spawner.SpawnAsync(start, cancellationToken);
        try
        {
            byte[] answer = new byte[LargestAnswerBytes];
            int length = 0;
            int count;
            do
            {
                count = await child.Stdout!.ReadAsync(answer.AsMemory(length), cancellationToken);
                length += count;
            }
            while (count > 0 && length < answer.Length);
            return Encoding.UTF8.GetString(answer, 0, length).Split('\n');
        }
        finally
        {
            child.Signal(LibC.SIGKILL, group: true);
        }
    }
}
