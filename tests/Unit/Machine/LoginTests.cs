using System.Buffers.Binary;
using System.Text;
using GuestAgent.Contracts.Info;
using GuestAgent.Machine;
using GuestAgent.Tests.Unit.Execution.Support;
using Xunit;

namespace GuestAgent.Tests.Unit.Machine;

public sealed class LoginTests
{
    private const short UserProcess = 7;
    private const short DeadProcess = 8;

    [Theory]
    [InlineData(384)]
    [InlineData(400)]
    public void Logins_are_read_in_both_layouts(int size)
    {
        byte[] file =
        [
            .. Record(size, 2, 0, "~", "reboot", "6.1.0"), .. Record(size, UserProcess, 10, "tty1", "root", ""),
            .. Record(size, UserProcess, 11, "pts/0", "ann", "192.0.2.7"), .. Record(size, DeadProcess, 12, "pts/1", "bob", ""),
            .. Record(size, UserProcess, 13, "pts/2", "gone", ""), .. new byte[size / 2],
        ];

        Assert.Equal(
            [new UserSession("root", "tty1", null, 1700000000500), new UserSession("ann", "pts/0", "192.0.2.7", 1700000000500)],
            LoginRecords.Parse(file, size, pid => pid != 13));
    }

    [Fact]
    public void A_name_that_fills_its_field_has_no_end_mark()
    {
        byte[] file = Record(384, UserProcess, 1, new string('t', 32), new string('u', 32), new string('h', 256));
        UserSession session = Assert.Single(LoginRecords.Parse(file, 384, _ => true));
        Assert.Equal((32, 32, 256), (session.Name.Length, session.Terminal.Length, session.Host!.Length));
    }

    [Theory]
    [InlineData(384 * 3, 384)]
    [InlineData(400 * 3, 400)]
    public void The_length_of_the_file_tells_the_layout(long length, int size) =>
        Assert.Equal(size, LoginRecords.RecordBytes(length));

    [Fact]
    public void Sessions_of_logind_are_read()
    {
        Assert.Equal(
            new UserSession("ann", "pts/0", "192.0.2.7", 1700000000500),
            LogindSessions.Parse("UID=1000\nUSER=ann\nSTATE=active\nREMOTE=1\nTYPE=tty\nCLASS=user\nTTY=pts/0\n"
                + "REMOTE_HOST=192.0.2.7\nREALTIME=1700000000500000\n"));
        Assert.Null(LogindSessions.Parse("USER=gdm\nCLASS=greeter\nSTATE=active\n"));
        Assert.Null(LogindSessions.Parse("USER=ann\nCLASS=user\nSTATE=closing\n"));
        Assert.Null(LogindSessions.Parse("USER=\nCLASS=user\n"));
        Assert.Equal(0, LogindSessions.Parse("USER=a\nCLASS=user\nREALTIME=x")!.LoginMs);
    }

    [Fact]
    public void Where_utmp_names_nobody_logind_is_asked()
    {
        using TemporaryDirectory folder = new();
        string utmp = Path.Combine(folder.Path, "utmp");
        string sessions = Directory.CreateDirectory(Path.Combine(folder.Path, "sessions")).FullName;
        File.WriteAllText(Path.Combine(sessions, "c1"), "USER=ann\nCLASS=user\nTTY=tty1\n");
        Assert.Equal("ann", Assert.Single(Logins.Read(utmp, sessions)).Name);

        File.WriteAllBytes(utmp, Record(384, 2, 0, "~", "reboot", "6.1.0"));
        Assert.Equal("ann", Assert.Single(Logins.Read(utmp, sessions)).Name);

        File.WriteAllBytes(utmp, Record(384, UserProcess, Environment.ProcessId, "tty1", "root", ""));
        Assert.Equal("root", Assert.Single(Logins.Read(utmp, sessions)).Name);
    }

    [Fact]
    public void What_lies_beside_the_sessions_is_left_alone()
    {
        using TemporaryDirectory folder = new();
        File.WriteAllText(Path.Combine(folder.Path, "4"), "USER=ann\nCLASS=user\nTTY=tty1\n");
        File.WriteAllText(Path.Combine(folder.Path, "5.ref"), "USER=bob\nCLASS=user\n");
        Assert.Equal("ann", Assert.Single(LogindSessions.Read(folder.Path)).Name);
        Assert.Empty(LogindSessions.Read(Path.Combine(folder.Path, "none")));
    }

    private static byte[] Record(int size, short type, int pid, string line, string user, string host)
    {
        byte[] record = new byte[size];
        BinaryPrimitives.WriteInt16LittleEndian(record, type);
        BinaryPrimitives.WriteInt32LittleEndian(record.AsSpan(4), pid);
        Encoding.UTF8.GetBytes(line, record.AsSpan(8));
        Encoding.UTF8.GetBytes(user, record.AsSpan(44));
        Encoding.UTF8.GetBytes(host, record.AsSpan(76));
        if (size == 384)
        {
            BinaryPrimitives.WriteInt32LittleEndian(record.AsSpan(340), 1700000000);
            BinaryPrimitives.WriteInt32LittleEndian(record.AsSpan(344), 500000);
        }
        else
        {
            BinaryPrimitives.WriteInt64LittleEndian(record.AsSpan(344), 1700000000);
            BinaryPrimitives.WriteInt64LittleEndian(record.AsSpan(352), 500000);
        }

        return record;
    }
}
