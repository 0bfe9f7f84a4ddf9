using System.Buffers.Text;
using GuestAgent.Contracts.Files;
using GuestAgent.Errors;
using GuestAgent.Host.Diagnostics;
using GuestAgent.Host.Sessions;

namespace GuestAgent.Host.Files;

/// <summary>
/// One upload, from where the agent has it to its commit: sends several pieces ahead, in order. When the connection is lost,
/// or the agent wants another piece than comes, it asks how far the upload is and goes on from there.
/// </summary>
internal sealed class Upload(
    GuestLink link, string token, UploadSource source, long? total, IProgress<TransferProgress>? progress)
{
    // In a row, without a piece that arrived between two of them.
    private const int MostFailures = 3;

    // Around the base64 of a piece: the envelope with id and token.
    private const int EnvelopeBytes = 512;

    private readonly Queue<Task<long>> _underWay = new();
    private int _failures;
    private bool _gotOn;

    /// <summary>Sends what the agent does not have yet, and commits.</summary>
    /// <param name="offset">What the agent has.</param>
    /// <param name="mostPieceBytes">Largest piece that it takes.</param>
    /// <param name="cancellationToken">Gives up; the upload stays open in the guest.</param>
    public async Task<FileUploadCommitResult> RunAsync(
        long offset, int mostPieceBytes, CancellationToken cancellationToken)
    {
        await GoToAsync(offset, cancellationToken).ConfigureAwait(false);
        while (!await TrySendRestAsync(mostPieceBytes, cancellationToken).ConfigureAwait(false))
        {
            await ResumeAsync(cancellationToken).ConfigureAwait(false);
        }

        return await link
            .CallAsync(
                FileUploadCommit.Contract,
                new FileUploadCommitRequest(token, source.BytesRead, source.Finish()),
                cancellationToken)
            .ConfigureAwait(false);
    }

    private static bool IsWrongOffset(GuestException e) => e is GuestAgentException
    {
        Code: ErrorCode.InvalidParameters,
        Detail.Field: "params.offset",
    };

    private bool CanResume(GuestException e) =>
        IsWrongOffset(e) || e is GuestCallTimeoutException || (e is GuestConnectionException && link.CanReconnect);

    /// <summary>True when all was sent; false when it broke off in a way that allows to go on.</summary>
    private async Task<bool> TrySendRestAsync(int mostPieceBytes, CancellationToken cancellationToken)
    {
        _gotOn = false;
        try
        {
            await SendRestAsync(link.Current.Value, mostPieceBytes, cancellationToken).ConfigureAwait(false);
            return true;
        }
        catch (GuestException e) when (CanResume(e) && (_gotOn || _failures < MostFailures))
        {
            _failures = _gotOn ? 0 : _failures + 1;
            return false;
        }
    }

    private async Task ResumeAsync(CancellationToken cancellationToken)
    {
        FileUploadStatusResult status = await link
            .CallAsync(FileUploadStatus.Contract, new FileUploadStatusRequest(token), FileAnswers.Check, cancellationToken)
            .ConfigureAwait(false);
        link.Log.Resumes(status.Offset);
        await GoToAsync(status.Offset, cancellationToken).ConfigureAwait(false);
    }

    private async Task GoToAsync(long offset, CancellationToken cancellationToken)
    {
        await source.GoToAsync(offset, cancellationToken).ConfigureAwait(false);
        progress?.Report(new TransferProgress(offset, total));
    }

    private async Task SendRestAsync(AgentSession session, int mostPieceBytes, CancellationToken cancellationToken)
    {
        int room = (session.Agent.Limits.MaxMessageBytes - EnvelopeBytes) / 4 * 3;
        var pace = new TransferPace(link.Options.TimeProvider, PieceSizes.InLines.AtMost(Math.Max(Math.Min(mostPieceBytes, room), 1)));
        try
        {
            while (true)
            {
                while (pace.HasRoom
                    && await source.NextAsync(pace.PieceBytes, cancellationToken).ConfigureAwait(false) is { } piece)
                {
                    _underWay.Enqueue(SendAsync(session, pace, piece, cancellationToken));
                }

                if (!_underWay.TryDequeue(out Task<long>? sent))
                {
                    return;
                }

                Confirm(await sent.ConfigureAwait(false));
            }
        }
        finally
        {
            // Their memory is in use until they are over.
            while (_underWay.TryDequeue(out Task<long>? sent))
            {
                await ((Task)sent).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }
        }
    }

    private async Task<long> SendAsync(
        AgentSession session, TransferPace pace, UploadPiece piece, CancellationToken cancellationToken)
    {
        TransferPace.Departure departure = pace.Send(piece.Length);
        using var data = new FileContent(piece.Bytes, Contracts.TextEncoding.Base64);
        FileUploadWriteResult answer = await session
            .CallAsync(
                FileUploadWrite.Contract,
                new FileUploadWriteRequest(token, piece.Offset, data, piece.Length, piece.Hole > 0 ? piece.Hole : null),
                Base64.GetMaxEncodedToUtf8Length(piece.Length) + EnvelopeBytes,
                cancellationToken)
            .ConfigureAwait(false);
        pace.Arrive(departure);
        if (answer.Offset != piece.End)
        {
            var violation = GuestConnectionException.Violation("it confirmed another piece of an upload than was sent.");
            session.End(violation);
            throw violation;
        }

        HostDiagnostics.CountUploaded(piece.Length);
        return answer.Offset;
    }

    private void Confirm(long offset)
    {
        _gotOn = true;
        source.Confirm(offset);
        progress?.Report(new TransferProgress(offset, total));
    }
}
