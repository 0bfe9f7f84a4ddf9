using GuestAgent.Host;
using GuestAgent.Tests.Fuzz.Engine;
using GuestAgent.Tests.Fuzz.Targets;

namespace GuestAgent.Tests.Fuzz.Guests;

/// <summary>
/// The host library against a guest that says anything: what a caller gets is a result or an exception of the library, whose
/// message is one harmless line, and the client can be disposed.
/// </summary>
/// <param name="name">Name of the target.</param>
/// <param name="words">Words beyond those of the protocol.</param>
internal abstract class GuestTarget(string name, params string[] words) : FuzzTarget(name)
{
    private static readonly GuestClientOptions Options = new() { MaxMessageBytes = 64 * 1024 };

    /// <inheritdoc/>
    public override InputForm Form => InputForm.Json;

    /// <inheritdoc/>
    public override IReadOnlyList<string> Words { get; } = [.. JsonRpcWords.All, "@ID@", "@SESSION@", "\n%%\n", .. words];

    /// <inheritdoc/>
    public override bool IsSynchronous => false;

    /// <inheritdoc/>
    /// <remarks>A message may announce and bring as many bytes as the options allow; a client has loops, timers and a pipe.</remarks>
    public override MemoryBound Memory => new(8 * 1024, 16 << 20);

    /// <inheritdoc/>
    public override void Take(byte[] input) => TakeAsync(input).GetAwaiter().GetResult();

    /// <summary>Asks a guest for whatever the target is about.</summary>
    protected abstract Task AskAsync(GuestClient client, int inputLength);

    /// <summary>Lets an exception of the library pass that is fit for a log.</summary>
    protected static void Check(GuestException e) => PropertyException.RequireHarmless(
        HarmlessText.IsLine(e.Message), "a message is one harmless line", e.Message);

    /// <summary>Whether asking is possible at all.</summary>
    protected static async Task TryAsync(Func<Task> ask)
    {
        try
        {
            await ask();
        }
        catch (GuestException e)
        {
            Check(e);
        }
    }

    private async Task TakeAsync(byte[] input)
    {
        await Task.CompletedTask.ConfigureAwait(ConfigureAwaitOptions.ForceYielding);
        var guest = new HostileGuest(input);
        Task playing = guest.PlayAsync();
        await TryAsync(async () =>
        {
            await using GuestClient client = await GuestClient.ConnectAsync(guest.HostEnd, Options);
            await AskAsync(client, input.Length);
        });
        await playing;
    }
}
