using GuestAgent.Benchmarks.Reporting;
using GuestAgent.Benchmarks.Sites;

namespace GuestAgent.Benchmarks.Benchmarks;

/// <summary>Measures one thing at a site and reports it.</summary>
internal interface IBenchmark
{
    Task RunAsync(ISite site, Effort effort, Report report);
}
