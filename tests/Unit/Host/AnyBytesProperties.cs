using System.Text;
using FsCheck;
using FsCheck.Fluent;
using GuestAgent.Host;
using GuestAgent.Tests.Unit.Host.Support;
using Xunit;

namespace GuestAgent.Tests.Unit.Host;

public sealed class AnyBytesProperties
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    /// <summary>What an agent may say; ID stands for the id of the call under way.</summary>
    private static readonly string[] Lines =
    [
        "{\"jsonrpc\":\"2.0\",\"id\":ID,\"result\":" + ScriptedAgent.Exit() + "}",
        """{"jsonrpc":"2.0","id":ID,"result":null}""",
        """{"jsonrpc":"2.0","id":ID,"error":{"code":-32003,"message":"\u0007","data":{"result":{"exit_code":0}}}}""",
        """{"jsonrpc":"2.0","id":null,"error":{"code":-32700,"message":""}}""",
        """{"jsonrpc":"2.0","method":"exec_output","params":{"id":ID,"stream":"stdout","offset":0,"data":"QUJD"}}""",
        """{"jsonrpc":"2.0","method":"exec_output","params":{"id":ID,"stream":"stdout","offset":3,"data":"QUJD"}}""",
        """{"jsonrpc":"2.0","method":"exec_output","params":{"id":ID,"stream":"stderr","offset":0,"data":""}}""",
        """{"error":{"class":"GenericError","desc":"\u0007"},"id":ID}""",
        ScriptedAgent.Ready(),
        ScriptedAgent.Ready("another"),
        "",
    ];

    /// <summary>Lines, lines with a wrong byte, halves of lines, and bytes.</summary>
    private static Gen<byte[]> Pieces
    {
        get
        {
            Gen<byte[]> line = Gen.Elements(Lines).Select(text => Encoding.UTF8.GetBytes(text + "\n"));
            Gen<byte[]> wrong =
                from whole in line
                from place in Gen.Choose(0, whole.Length - 1)
                from value in Gen.Choose(0, 255)
                select whole.Select((old, i) => i == place ? (byte)value : old).ToArray();
            Gen<byte[]> half =
                from whole in line
                from length in Gen.Choose(0, whole.Length)
                select whole[..length];
            return Gen.Frequency((4, line), (2, wrong), (1, half), (1, ArbMap.Default.GeneratorFor<byte[]>()));
        }
    }

    private static Arbitrary<byte[][]> Script =>
        Pieces.ArrayOf().ToArbitrary();

    [Fact]
    public void Whatever_comes_before_hello_gives_a_client_or_an_exception_of_the_library() =>
        Check.One(
            Config.QuickThrowOnFailure.WithMaxTest(150),
            Prop.ForAll(Script, async script =>
            {
                var agent = new ScriptedAgent(64 * 1024 * 1024);
                Task<GuestClient> attaching = GuestClient.ConnectAsync(agent.HostEnd, null, Token);
                ScriptedCall hello = await agent.ReceiveAsync();
                foreach (byte[] piece in script)
                {
                    await agent.SendAsync(Fill(piece, hello));
                }

                agent.Close();
                await OutcomeAsync(attaching);
                if (attaching.IsCompletedSuccessfully)
                {
                    await (await attaching).DisposeAsync().InTime();
                }
            }));

    [Fact]
    public void Whatever_comes_during_calls_ends_each_with_a_result_or_an_exception_of_the_library() =>
        Check.One(
            Config.QuickThrowOnFailure.WithMaxTest(300),
            Prop.ForAll(Script, async script =>
            {
                var agent = new ScriptedAgent(64 * 1024 * 1024);
                GuestClient client = await agent.AttachAsync();
                GuestProcess process = await client.StartAsync(new("x"), Token);
                ScriptedCall exec = await agent.ReceiveAsync("exec_command");
                Task reading = DrainAsync(process);
                Task<CommandResult> running = client.ExecuteAsync(new("y"), Token);
                foreach (byte[] piece in script)
                {
                    await agent.SendAsync(Fill(piece, exec));
                }

                agent.Close();
                await OutcomeAsync(running);
                await OutcomeAsync(process.Completion);
                await OutcomeAsync(reading);
                await client.DisposeAsync().InTime();
            }));

    private static byte[] Fill(byte[] piece, ScriptedCall call) =>
        piece.AsSpan().IndexOf("ID"u8) < 0
            ? piece
            : Encoding.UTF8.GetBytes(Encoding.UTF8.GetString(piece).Replace("ID", call.Id, StringComparison.Ordinal));

    private static async Task OutcomeAsync(Task task)
    {
        try
        {
            await task.InTime();
        }
        catch (GuestException e)
        {
            Assert.DoesNotContain('\n', e.Message);
        }
    }

    private static async Task DrainAsync(GuestProcess process)
    {
        await foreach (OutputChunk chunk in process.ReadOutputAsync(Token))
        {
            Assert.False(chunk.Data.IsEmpty);
        }
    }
}
