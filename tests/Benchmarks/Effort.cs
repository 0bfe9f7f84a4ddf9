namespace GuestAgent.Benchmarks;

/// <summary>Says how much is measured.</summary>
/// <param name="Rounds">How often the agents take turns.</param>
/// <param name="PingsPerRound">Pings of each agent in one round.</param>
/// <param name="CommandsPerRound">Commands of each agent in one round.</param>
/// <param name="Starts">Starts of each agent.</param>
/// <param name="IdleTime">How long wake-ups are counted.</param>
/// <param name="QuietTime">How long all is quiet before memory is looked at: what is given back then is given back.</param>
/// <param name="LoadPings">Pings before memory is looked at again.</param>
/// <param name="LoadCommands">Commands before memory is looked at again.</param>
/// <param name="PingsBesideLoad">Pings while other requests are in flight.</param>
/// <param name="FileRounds">How often a file is read and written by each agent.</param>
/// <param name="WorkloadRounds">How often programs are run through the agent and without it, in turns.</param>
/// <param name="LogLines">Lines of one program.</param>
/// <param name="VsockRounds">How often a file is read over vsock in a VM.</param>
/// <param name="ProgramRounds">How often whole programs of the host are run, in turns.</param>
/// <param name="CopyRounds">How often a large file is copied by each program.</param>
/// <param name="CountedPings">Pings whose system calls are counted.</param>
/// <param name="CountedCommands">Commands whose system calls are counted.</param>
internal sealed record Effort(
    int Rounds,
    int PingsPerRound,
    int CommandsPerRound,
    int Starts,
    TimeSpan IdleTime,
    TimeSpan QuietTime,
    int LoadPings,
    int LoadCommands,
    int PingsBesideLoad,
    int FileRounds,
    int WorkloadRounds,
    int LogLines,
    int VsockRounds,
    int ProgramRounds,
    int CopyRounds,
    int CountedPings,
    int CountedCommands)
{
    public static readonly Effort Full = new(
        Rounds: 100,
        PingsPerRound: 200,
        CommandsPerRound: 10,
        Starts: 40,
        IdleTime: TimeSpan.FromSeconds(8),
        QuietTime: TimeSpan.FromSeconds(10),
        LoadPings: 10_000,
        LoadCommands: 1_000,
        PingsBesideLoad: 3000,
        FileRounds: 15,
        WorkloadRounds: 20,
        LogLines: 1_000_000,
        VsockRounds: 5,
        ProgramRounds: 100,
        CopyRounds: 9,
        CountedPings: 200,
        CountedCommands: 50);

    /// <summary>Emulation is five to twenty times slower.</summary>
    public static readonly Effort InVm = new(
        Rounds: 40,
        PingsPerRound: 150,
        CommandsPerRound: 5,
        Starts: 0,
        IdleTime: TimeSpan.FromSeconds(8),
        QuietTime: TimeSpan.FromSeconds(10),
        LoadPings: 10_000,
        LoadCommands: 1_000,
        PingsBesideLoad: 1000,
        FileRounds: 0,
        WorkloadRounds: 0,
        LogLines: 0,
        VsockRounds: 5,
        ProgramRounds: 0,
        CopyRounds: 0,
        CountedPings: 0,
        CountedCommands: 0);

    public static readonly Effort Quick = new(
        Rounds: 25,
        PingsPerRound: 200,
        CommandsPerRound: 6,
        Starts: 10,
        IdleTime: TimeSpan.FromSeconds(1),
        QuietTime: TimeSpan.FromSeconds(3),
        LoadPings: 2000,
        LoadCommands: 200,
        PingsBesideLoad: 300,
        FileRounds: 5,
        WorkloadRounds: 5,
        LogLines: 200_000,
        VsockRounds: 2,
        ProgramRounds: 15,
        CopyRounds: 3,
        CountedPings: 50,
        CountedCommands: 10);
}
