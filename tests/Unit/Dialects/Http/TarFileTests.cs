using GuestAgent.Dialects.Http.Archives;
using GuestAgent.Dispatch;
using GuestAgent.Errors;
using Microsoft.AspNetCore.Http;
using Xunit;

namespace GuestAgent.Tests.Unit.Dialects.Http;

/// <summary>Files of an archive that is being sent.</summary>
public sealed class TarFileTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("8:1/7", true)]
    [InlineData("8:1/8", false)]
    [InlineData("8:2/7", false)]
    public async Task Only_the_file_that_was_listed_comes_under_its_owner_and_permissions(string found, bool taken)
    {
        using var body = new MemoryStream();
        var context = new DefaultHttpContext { Response = { Body = body } };
        var file = new TarFile(context.Response, new TarItem("a", '0', 0, 0x1A4, 1000, 1000, 0), "8:1/7");
        var facts = new ContentFacts(3, "v", DateTimeOffset.UnixEpoch, found);

        OperationException? refusal = null;
        try
        {
            await file.BeginAsync(facts, Token);
        }
        catch (OperationException e)
        {
            refusal = e;
        }

        await context.Response.BodyWriter.FlushAsync(Token);
        Assert.Equal(taken ? null : "exchanged", refusal?.Detail?.Rule);
        Assert.Equal(taken ? TarHeaders.BlockBytes : 0, body.Length);
    }
}
