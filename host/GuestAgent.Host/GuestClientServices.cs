using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace GuestAgent.Host;

/// <summary>Clients of guests as services of a program: <see cref="IGuestClientSource"/>, one for each guest, by its key.</summary>
/// <remarks>
/// Nothing is connected until a client is asked for, and all are closed with the provider. Where the options name no
/// <see cref="GuestClientOptions.LoggerFactory"/>, the provider's is taken. A service sets
/// <see cref="GuestClientOptions.Reconnect"/>.
/// </remarks>
/// <example>
/// <code>
/// services.AddGuestClient("unix:///run/vm1/agent.sock", new GuestClientOptions { Reconnect = new ReconnectOptions() });
/// services.AddKeyedGuestClient("vm2", (provider, token) =&gt; GuestClient.ConnectAsync(
///     provider.GetRequiredService&lt;IConfiguration&gt;()["Guests:vm2"]!, cancellationToken: token));
/// </code>
/// </example>
public static class GuestClientServices
{
    /// <summary>Adds the client of the program's one guest, or of the one that has no key.</summary>
    /// <param name="services">Where to.</param>
    /// <param name="endpoint">As for <see cref="GuestEndpoint.Parse"/>.</param>
    /// <param name="options">Time limits and sizes; <see cref="GuestClientOptions.Default"/> when null.</param>
    /// <returns>The same services.</returns>
    /// <exception cref="GuestEndpointException"><paramref name="endpoint"/> is no endpoint.</exception>
    public static IServiceCollection AddGuestClient(
        this IServiceCollection services, string endpoint, GuestClientOptions? options = null) =>
        services.AddGuestClient(Connect(endpoint, options));

    /// <summary>Adds the client of the program's one guest, or of the one that has no key.</summary>
    /// <param name="services">Where to.</param>
    /// <param name="connect">Makes the client, at first use, with what the provider knows then.</param>
    /// <returns>The same services.</returns>
    public static IServiceCollection AddGuestClient(
        this IServiceCollection services, Func<IServiceProvider, CancellationToken, Task<GuestClient>> connect)
    {
        ArgumentNullException.ThrowIfNull(services);
        ArgumentNullException.ThrowIfNull(connect);
        return services.AddSingleton<IGuestClientSource>(
            provider => new GuestClientSource(token => connect(provider, token)));
    }

    /// <summary>Adds the client of one of several guests.</summary>
    /// <param name="services">Where to.</param>
    /// <param name="serviceKey">Which guest, as in <c>[FromKeyedServices(key)]</c>.</param>
    /// <param name="endpoint">As for <see cref="GuestEndpoint.Parse"/>.</param>
    /// <param name="options">Time limits and sizes; <see cref="GuestClientOptions.Default"/> when null.</param>
    /// <returns>The same services.</returns>
    /// <exception cref="GuestEndpointException"><paramref name="endpoint"/> is no endpoint.</exception>
    public static IServiceCollection AddKeyedGuestClient(
        this IServiceCollection services, object serviceKey, string endpoint, GuestClientOptions? options = null) =>
        services.AddKeyedGuestClient(serviceKey, Connect(endpoint, options));

    /// <summary>Adds the client of one of several guests.</summary>
    /// <param name="services">Where to.</param>
    /// <param name="serviceKey">Which guest, as in <c>[FromKeyedServices(key)]</c>.</param>
    /// <param name="connect">Makes the client, at first use, with what the provider knows then.</param>
    /// <returns>The same services.</returns>
    public static IServiceCollection AddKeyedGuestClient(
        this IServiceCollection services,
        object serviceKey,
        Func<IServiceProvider, CancellationToken, Task<GuestClient>> connect)
    {
        ArgumentNullException.ThrowIfNull(services);
        ArgumentNullException.ThrowIfNull(serviceKey);
        ArgumentNullException.ThrowIfNull(connect);
        return services.AddKeyedSingleton<IGuestClientSource>(
            serviceKey, (provider, _) => new GuestClientSource(token => connect(provider, token)));
    }

    private static Func<IServiceProvider, CancellationToken, Task<GuestClient>> Connect(
        string endpoint, GuestClientOptions? options)
    {
        GuestEndpoint parsed = GuestEndpoint.Parse(endpoint);
        options ??= GuestClientOptions.Default;
        return (provider, token) => GuestClient.ConnectAsync(
            parsed,
            options.LoggerFactory is null ? options with { LoggerFactory = provider.GetService<ILoggerFactory>() } : options,
            token);
    }
}
