// A service that follows the load of a guest, and tells whoever asks whether the guest answers.
//   usage: watch-guest --Guest ENDPOINT [--urls http://127.0.0.1:5000]; then GET /health
using GuestAgent.Host;
using Microsoft.Extensions.Diagnostics.HealthChecks;

WebApplicationBuilder builder = WebApplication.CreateSlimBuilder(args);
string endpoint = builder.Configuration["Guest"] ?? throw new InvalidOperationException("Guest is not set");

// The client comes back by itself when the guest does, and logs where the service does.
builder.Services.AddGuestClient(endpoint, new GuestClientOptions { Reconnect = new ReconnectOptions() });
builder.Services.AddHostedService<LoadWatch>();
builder.Services.AddHealthChecks().AddCheck<GuestHealth>("guest", timeout: TimeSpan.FromSeconds(5));

WebApplication service = builder.Build();
service.MapHealthChecks("/health");
await service.RunAsync();

/// <summary>Logs the load as the guest tells it.</summary>
internal sealed class LoadWatch(IGuestClientSource guests, ILogger<LoadWatch> log) : BackgroundService
{
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(5);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        while (!stoppingToken.IsCancellationRequested)
        {
            try
            {
                IGuestClient guest = await guests.GetAsync(stoppingToken);
                await foreach (var report in guest.WatchTelemetryAsync(cancellationToken: stoppingToken))
                {
                    log.LogInformation(
                        "Processors {Busy} % busy, {Available} KiB of memory available",
                        report.Cpu.BusyPercent,
                        report.Memory.AvailableKb);
                }
            }
            catch (GuestException e)
            {
                // The first connection is not retried by the client; and the guest may refuse to tell.
                log.LogWarning("The guest's load is not known: {Reason}", GuestText.OneLine(e.Message));
            }

            await Task.Delay(Pause, stoppingToken);
        }
    }
}

/// <summary>Asks the guest for a sign of life.</summary>
internal sealed class GuestHealth(IGuestClientSource guests) : IHealthCheck
{
    public async Task<HealthCheckResult> CheckHealthAsync(
        HealthCheckContext context, CancellationToken cancellationToken = default)
    {
        // Calls would wait until the connection stands again; here the answer is known already.
        if (guests.Status is { State: ConnectionState.Reconnecting, Failure: { } failure })
        {
            return HealthCheckResult.Unhealthy(GuestText.OneLine(failure.Message));
        }

        try
        {
            IGuestClient guest = await guests.GetAsync(cancellationToken);
            await guest.PingAsync(cancellationToken);
            return HealthCheckResult.Healthy();
        }
        catch (GuestException e)
        {
            return HealthCheckResult.Unhealthy(GuestText.OneLine(e.Message));
        }
    }
}
