using System.Globalization;
using System.Text;
using GuestAgent.Contracts;
using GuestAgent.Contracts.Files;
using GuestAgent.Dispatch;
using GuestAgent.Errors;
using GuestAgent.Files;
using GuestAgent.Hashing;
using GuestAgent.Linux.Native;
using GuestAgent.Settings;
using GuestAgent.Tests.Testing;
using Xunit;

namespace GuestAgent.Tests.Unit.Files;

public sealed class UploadsTests : IDisposable
{
    private static readonly SessionOrder First = new(1, 1);

    private readonly FileWork _work = new();
    private readonly WatchedClock _clock = new();
    private readonly Uploads _uploads;
    private OperationException? _refusal;

    public UploadsTests() => _uploads = new Uploads(
        new LiveSettings(new AgentSettings([], Limits: new LimitSettings(MaxUploads: 2, MaxUploadBytes: 10))), _clock);

    [Fact]
    public void A_piece_that_does_not_follow_is_refused_with_the_offset_that_would()
    {
        Upload upload = Open();
        upload.Write(First, 0, "one"u8);
        foreach (long offset in (long[])[-1, 0, 2, 4, long.MaxValue])
        {
            var refusal = Assert.Throws<OperationException>(() => upload.Write(First, offset, "x"u8));
            Assert.Equal(("offset", "offset", 3), (refusal.Detail!.Rule, refusal.Detail.Field, refusal.Detail.Limit));
        }

        Assert.Equal(3, upload.Offset);
    }

    [Fact]
    public void A_file_longer_than_said_or_allowed_is_refused()
    {
        Assert.Equal("limits.max_upload_bytes", Refusal(() => Open().Write(First, 0, new byte[11])).Detail!.Rule);
        Assert.Equal("size_bytes", Refusal(() => Open(size: 3).Write(First, 0, new byte[4])).Detail!.Rule);
    }

    [Fact]
    public void One_that_is_not_allowed_any_more_when_it_begins_leaves_nothing()
    {
        _refusal = new OperationException(ErrorCode.PermissionDenied, "No.", new ErrorDetail("policy.write_paths"));
        Assert.Same(_refusal, Refusal(() => Open()));
        Assert.Empty(_work.Entries);
        Assert.Empty(_uploads.Now());
    }

    [Fact]
    public async Task A_withdrawn_one_says_why_to_all_who_ask_for_it()
    {
        Upload upload = Open();
        upload.Write(First, 0, "content"u8);
        Assert.Same(upload, Assert.Single(_uploads.Now()));

        Assert.True(upload.Withdraw(new Failure(ErrorCode.PermissionDenied, "No.", new ErrorDetail("policy.write_paths"))));

        Assert.Empty(_uploads.Now());
        Assert.Empty(_work.Entries);
        Assert.Equal("policy.write_paths", Refusal(() => Find(upload.Token)).Detail!.Rule);
        Assert.Equal("policy.write_paths", Refusal(() => upload.Write(First, 7, "x"u8)).Detail!.Rule);
        var refusal = await Assert.ThrowsAsync<OperationException>(() => upload.CommitAsync(First, 7, Hash("content")));
        Assert.Equal((ErrorCode.PermissionDenied, "policy.write_paths"), (refusal.Code, refusal.Detail!.Rule));
    }

    [Fact]
    public async Task One_that_is_complete_is_not_withdrawn()
    {
        Upload upload = Open();
        upload.Write(First, 0, "content"u8);
        await _uploads.CommitAsync(upload, First, 7, Hash("content"));

        Assert.Empty(_uploads.Now());
        Assert.False(upload.Withdraw(new Failure(ErrorCode.PermissionDenied, "No.")));
        Assert.Same(upload, Find(upload.Token));
    }

    [Fact]
    public async Task Another_hash_drops_it()
    {
        Upload upload = Open();
        upload.Write(First, 0, "content"u8);
        var refusal = await Assert.ThrowsAsync<OperationException>(() => _uploads.CommitAsync(upload, First, 7, Hash("other")));
        Assert.Equal("sha256", refusal.Detail!.Rule);
        Assert.Equal(ErrorCode.NotFound, Refusal(() => Find(upload.Token)).Code);
        Assert.Empty(_work.Entries);
    }

    [Fact]
    public async Task Another_size_does_not_drop_it()
    {
        Upload upload = Open();
        upload.Write(First, 0, "con"u8);
        var refusal = await Assert.ThrowsAsync<OperationException>(() => _uploads.CommitAsync(upload, First, 7, Hash("content")));
        Assert.Equal(("size_bytes", 3), (refusal.Detail!.Rule, refusal.Detail.Limit));
        upload.Write(First, 3, "tent"u8);
        await _uploads.CommitAsync(upload, First, 7, Hash("content"));
        Assert.Equal("content", await File.ReadAllTextAsync(_work["file"], TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task Room_that_was_set_aside_and_is_not_needed_is_given_back()
    {
        NewFile file = _work.Begin("file");
        file.Reserve(1 << 20);
        Upload upload = _uploads.Add(Origin(), _work["file"], file, new NewFileAttributes(), size: 8);
        upload.Write(First, 0, "content"u8);
        await _uploads.CommitAsync(upload, First, 7, Hash("content"));
        ProgramRun used = await ProgramRun.StartAsync("du", ["--block-size=1", _work["file"]]);
        Assert.InRange(long.Parse(used.Output.Split('\t')[0], CultureInfo.InvariantCulture), 1, 64 * 1024);
    }

    [Fact]
    public async Task A_commit_that_cannot_be_done_drops_it_and_says_so()
    {
        Upload upload = Open();
        Directory.CreateDirectory(_work["file"]);
        await Assert.ThrowsAsync<LinuxException>(() => _uploads.CommitAsync(upload, First, 0, Hash("")));
        Assert.Equal(0, _uploads.Count);
        Assert.Equal(["file"], _work.Entries);
    }

    [Fact]
    public async Task A_commit_asked_again_answers_the_same_and_pieces_are_refused()
    {
        Upload upload = Open();
        upload.Write(First, 0, "content"u8);
        FileUploadCommitResult first = await _uploads.CommitAsync(upload, First, 7, Hash("content"));
        File.Delete(_work["file"]);
        Assert.Equal(first, await _uploads.CommitAsync(upload, First, 7, Hash("content")));
        Assert.Equal(ErrorCode.NotFound, Refusal(() => upload.Write(First, 7, "x"u8)).Code);
        Assert.False(_uploads.Cancel(upload));
        Assert.Equal(UploadState.Committed, Find(upload.Token).State);
        Assert.Empty(_work.Entries);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_commit_asked_again_may_leave_the_hash_out_or_add_the_right_one(bool hashFirst)
    {
        Upload upload = Open();
        upload.Write(First, 0, "content"u8);
        FileUploadCommitResult first = await _uploads.CommitAsync(upload, First, 7, hashFirst ? Hash("content") : null);
        Assert.Equal(first, await _uploads.CommitAsync(upload, First, 7, hashFirst ? null : Hash("content")));
        var refusal = await Assert.ThrowsAsync<OperationException>(() => _uploads.CommitAsync(upload, First, 7, Hash("other")));
        Assert.Equal(("sha256", $"The upload was committed with the SHA-256 {Hash("content")}."), (refusal.Detail!.Rule, refusal.Message));
    }

    [Fact]
    public void When_a_later_session_has_asked_for_the_status_no_earlier_one_adds_anything()
    {
        Upload upload = Open();
        upload.Write(First, 0, "one"u8);
        foreach (SessionOrder later in (SessionOrder[])[new(1, 2), new(2, 1)])
        {
            Assert.Equal((UploadState.Open, 3), upload.TakeOver(later));

            var refusal = Refusal(() => upload.Write(First, 3, "two"u8));
            Assert.Equal((ErrorCode.Conflict, "later_session", "token"), (refusal.Code, refusal.Detail!.Rule, refusal.Detail.Field));
        }

        Assert.Equal((UploadState.Open, 3), upload.TakeOver(First));
        Refusal(() => upload.Write(First, 3, "two"u8));
        Assert.Equal(6, upload.Write(new(2, 1), 3, "two"u8));
        Assert.Equal(9, upload.Write(new(3, 1), 6, "six"u8));
    }

    [Fact]
    public async Task Nor_does_an_earlier_session_end_it()
    {
        Upload upload = Open();
        upload.Write(First, 0, "content"u8);
        upload.TakeOver(new(2, 1));
        var refusal = await Assert.ThrowsAsync<OperationException>(() => _uploads.CommitAsync(upload, First, 7, Hash("other")));
        Assert.Equal((ErrorCode.Conflict, "later_session"), (refusal.Code, refusal.Detail!.Rule));
        await _uploads.CommitAsync(upload, new(2, 1), 7, Hash("content"));

        // It has ended, and anybody may ask how.
        await _uploads.CommitAsync(upload, First, 7, Hash("content"));
    }

    [Fact]
    public async Task A_commit_asked_again_for_another_file_is_refused_and_changes_nothing()
    {
        Upload upload = Open();
        upload.Write(First, 0, "content"u8);
        FileUploadCommitResult first = await _uploads.CommitAsync(upload, First, 7, Hash("content"));

        var size = await Assert.ThrowsAsync<OperationException>(() => _uploads.CommitAsync(upload, First, 8, Hash("content")));
        var hash = await Assert.ThrowsAsync<OperationException>(() => _uploads.CommitAsync(upload, First, 7, Hash("other")));

        Assert.Equal(
            (ErrorCode.InvalidParameters, "size_bytes", "size_bytes", 7),
            (size.Code, size.Detail!.Rule, size.Detail.Field, size.Detail.Limit));
        Assert.Equal((ErrorCode.InvalidParameters, "sha256", "sha256"), (hash.Code, hash.Detail!.Rule, hash.Detail.Field));
        Assert.Equal(first, await _uploads.CommitAsync(upload, First, 7, Hash("content")));
    }

    [Fact]
    public void A_cancelled_one_is_gone()
    {
        Upload upload = Open();
        Assert.True(_uploads.Cancel(upload));
        Assert.False(_uploads.Cancel(upload));
        Assert.Equal(ErrorCode.NotFound, Refusal(() => Find(upload.Token)).Code);
    }

    [Fact]
    public void It_is_found_through_its_own_listener_only()
    {
        Upload upload = Open();
        Assert.Same(upload, Find(upload.Token));
        Assert.Equal(ErrorCode.NotFound, Refusal(() => Find(upload.Token, "unix:/other")).Code);
        Assert.Equal(ErrorCode.NotFound, Refusal(() => Find(new string('0', 32))).Code);
    }

    [Fact]
    public void What_a_host_has_left_makes_room_and_what_one_uses_does_not()
    {
        var (gone, there) = (new Host(), new Host());
        Upload left = Open(unnamed: false);
        _uploads.Attend(left, Context(gone));
        Upload used = Open(unnamed: false);
        _uploads.Attend(used, Context(there));
        ulong device = left.Device;
        Assert.False(_uploads.TryMakeRoom(device));

        gone.Leave();
        Assert.False(_uploads.TryMakeRoom(device + 1));
        Assert.True(_uploads.TryMakeRoom(device));
        Assert.False(_uploads.TryMakeRoom(device));
        Assert.Equal(ErrorCode.NotFound, Refusal(() => Find(left.Token)).Code);
        Assert.Single(_work.Entries);
    }

    [Fact]
    public void They_are_listed_for_their_own_listener_and_peer_with_a_token_unless_another_uses_them()
    {
        var (host, other) = (new Host(), new Host());
        Upload upload = Open(size: 7);
        _uploads.Attend(upload, Context(host));
        upload.Write(First, 0, "one"u8);
        _clock.Advance(TimeSpan.FromSeconds(100));
        UploadEntry entry = new(upload.Token, _work["file"], 3, 7, Sparse: false, InUse: false, 500);
        Assert.Equal([entry], _uploads.List(Context(host)).Entries);
        Assert.Equal([entry with { Token = null, InUse = true }], _uploads.List(Context(other)).Entries);
        Assert.Empty(_uploads.List(Context(other, "unix:/other")).Entries);
        Assert.Empty(_uploads.List(Context(other, peer: "cid:3")).Entries);

        host.Leave();
        Assert.Equal([entry], _uploads.List(Context(other)).Entries);
        _uploads.Cancel(upload);
        Assert.Empty(_uploads.List(Context(other)).Entries);
    }

    [Fact]
    public async Task A_hole_is_as_long_as_the_file_may_be_and_has_zeros()
    {
        Upload upload = _uploads.Add(Origin(), _work["file"], _work.Begin("file"), new NewFileAttributes(), size: null, sparse: true);
        Assert.Equal(3, upload.Write(First, 0, "one"u8));
        Assert.Equal(10, upload.Write(First, 3, "x"u8, hole: 6));
        Assert.Equal("limits.max_upload_bytes", Refusal(() => upload.Write(First, 10, [], hole: 1)).Detail!.Rule);
        Assert.Equal("limits.max_upload_bytes", Refusal(() => upload.Write(First, 10, [], hole: long.MaxValue)).Detail!.Rule);
        await _uploads.CommitAsync(upload, First, 10, Hash(Sha256.HashData("onex\0\0\0\0\0\0"u8)));
        Assert.Equal("onex\0\0\0\0\0\0", await File.ReadAllTextAsync(_work["file"], TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task Only_open_ones_count()
    {
        await _uploads.CommitAsync(Open(), First, 0, Hash(""));
        Open();
        _uploads.Cancel(Open());
        Open();
        var refusal = Refusal(() => Open());
        Assert.Equal((ErrorCode.Busy, "limits.max_uploads"), (refusal.Code, refusal.Detail!.Rule));
    }

    [Fact]
    public void What_is_not_used_is_dropped_and_then_no_timer_runs()
    {
        Assert.False(_clock.HasTimer);
        Upload used = Open(unnamed: false);
        Upload unused = Open(unnamed: false);
        _clock.Advance(Uploads.IdleTime - TimeSpan.FromSeconds(1));
        Find(used.Token);
        _clock.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal(ErrorCode.NotFound, Refusal(() => Find(unused.Token)).Code);
        Assert.Single(_work.Entries);

        Assert.True(_clock.HasTimer);
        _clock.Advance(Uploads.IdleTime);
        Assert.Equal(0, _uploads.Count);
        Assert.Empty(_work.Entries);
        Assert.Empty(_work.Records);
        Assert.False(_clock.HasTimer);
    }

    [Fact]
    public void The_end_of_the_agent_drops_all()
    {
        Open(unnamed: false);
        _uploads.Dispose();
        Assert.Empty(_work.Entries);
        Assert.Empty(_work.Records);
    }

    public void Dispose()
    {
        _uploads.Dispose();
        _work.Dispose();
    }

    private static string Hash(string content) =>
        Convert.ToHexStringLower(Sha256.HashData(Encoding.UTF8.GetBytes(content)));

    private static string Hash(byte[] content) => Convert.ToHexStringLower(Sha256.HashData(content));

    private static CallContext Context(ISession session, string listener = "unix:/test", string peer = "-") =>
        new(new Caller(listener, peer, null), session, CallId.Null, null!);

    private static OperationException Refusal(Action act) => Assert.Throws<OperationException>(act);

    private Upload Open(long? size = null, bool unnamed = true) => _uploads.Add(
        Origin(), _work["file"], _work.Begin("file", unnamed), new NewFileAttributes(), size);

    private Origin Origin() => new("file_upload_open", new Caller("unix:/test", "-", null), CallId.Null, () =>
    {
        if (_refusal is { } refusal)
        {
            throw refusal;
        }
    });

    private Upload Find(string token, string listener = "unix:/test") =>
        _uploads.Find(token, new CallContext(new Caller(listener, "-", null), null!, CallId.Null, null!));

    // A host that comes and goes.
    private sealed class Host : ISession
    {
        private readonly List<IDisposable> _kept = [];

        public SessionOrder Order => new(1, 1);

        public IPush Push => throw new NotSupportedException();

        public void Keep(IDisposable lasting) => _kept.Add(lasting);

        public void Release(IDisposable lasting) => _kept.Remove(lasting);

        public void Leave() => _kept.ForEach(lasting => lasting.Dispose());
    }
}
