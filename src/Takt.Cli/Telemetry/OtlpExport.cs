using System.Runtime.CompilerServices;
using OpenTelemetry;
using OpenTelemetry.Exporter;
using OpenTelemetry.Metrics;
using OpenTelemetry.Resources;
using OpenTelemetry.Trace;
using Takt.Cli.Shell;
using Takt.Clock.Telemetry;

namespace Takt.Cli.Telemetry;

/// <summary>Sends what the ledgers tell to an OpenTelemetry collector, until it is disposed of.</summary>
/// <remarks>Other variables of OpenTelemetry (headers, timeouts, resource attributes, intervals) hold as its SDK reads them.</remarks>
internal sealed class OtlpExport : IDisposable
{
    /// <summary>The variable that says where to.</summary>
    public const string Variable = "OTEL_EXPORTER_OTLP_ENDPOINT";

    // A collector that does not answer must not keep the user waiting at the end.
    private const int PatienceMs = 3000;

    private readonly MeterProvider _meters;
    private readonly TracerProvider _tracers;
    private readonly Uri _endpoint;
    private readonly Terminal _terminal;

    private OtlpExport(Uri endpoint, Terminal terminal)
    {
        _endpoint = endpoint;
        _terminal = terminal;
        // Added first, so that OTEL_SERVICE_NAME and OTEL_RESOURCE_ATTRIBUTES win.
        ResourceBuilder resource = ResourceBuilder.CreateEmpty()
            .AddService("takt", serviceVersion: Program.Version).AddTelemetrySdk().AddEnvironmentVariableDetector();
        _meters = Sdk.CreateMeterProviderBuilder().SetResourceBuilder(resource).AddMeter(LedgerTelemetry.Name)
            .AddOtlpExporter(options => Set(options, "v1/metrics")).Build();
        _tracers = Sdk.CreateTracerProviderBuilder().SetResourceBuilder(resource).AddSource(LedgerTelemetry.Name)
            .AddOtlpExporter(options => Set(options, "v1/traces")).Build();
    }

    /// <summary>Begins to send, where the option or the variable says where to.</summary>
    /// <param name="option">The value of <c>--otlp</c>; null where it was not given.</param>
    /// <param name="terminal">Where the command runs.</param>
    /// <exception cref="CliException">That is no address.</exception>
    public static OtlpExport? Start(string? option, Terminal terminal)
    {
        string? address = option ?? Environment.GetEnvironmentVariable(Variable);
        if (string.IsNullOrWhiteSpace(address) && option is null) return null;
        if (!Uri.TryCreate(address, UriKind.Absolute, out Uri? endpoint) || endpoint.Scheme is not ("http" or "https"))
            throw CliException.Usage(Texts.NotAnEndpoint, option is null ? Variable : "--otlp", address);
        return Open(endpoint, terminal);
    }

    /// <summary>Sends what is left.</summary>
    public void Dispose()
    {
        bool sent = _meters.ForceFlush(PatienceMs) & _tracers.ForceFlush(PatienceMs);
        _tracers.Dispose();
        _meters.Dispose();
        if (!sent) _terminal.Note(_terminal.Say(Texts.Warning, _terminal.Say(Texts.TelemetryNotSent, _endpoint)));
    }

    // A method of its own, so that nothing of OpenTelemetry is loaded before it is called.
    [MethodImpl(MethodImplOptions.NoInlining)]
    private static OtlpExport Open(Uri endpoint, Terminal terminal) => new(endpoint, terminal);

    private void Set(OtlpExporterOptions options, string path)
    {
        options.Protocol = OtlpExportProtocol.HttpProtobuf;
        options.Endpoint = new Uri(_endpoint.AbsoluteUri.TrimEnd('/') + "/" + path);
        options.TimeoutMilliseconds = PatienceMs;
    }
}
