using Xunit;

namespace GuestAgent.Tests.Unit.Linux;

/// <summary>For tests about what the whole process has open: no other runs beside them.</summary>
[CollectionDefinition(nameof(Alone), DisableParallelization = true)]
public sealed class Alone;
