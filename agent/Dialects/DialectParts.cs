using GuestAgent.Dispatch;
using GuestAgent.Memory;
using Microsoft.Extensions.Logging;

namespace GuestAgent.Dialects;

/// <summary>What dialects are built on.</summary>
/// <param name="Dispatcher">Runs operations.</param>
/// <param name="Memory">What all connections together may hold.</param>
/// <param name="Loggers">Where they tell what happens.</param>
internal sealed record DialectParts(Dispatcher Dispatcher, MemoryBudget Memory, ILoggerFactory Loggers);
