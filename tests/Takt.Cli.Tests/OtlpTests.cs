using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Takt.Cli.Tests;

/// <summary>What reaches an OpenTelemetry collector.</summary>
public class OtlpTests(TinyModel models)
{
    [Fact]
    public void A_collector_gets_metrics_and_spans_of_a_run()
    {
        using var collector = new Collector();
        TaktRun.Of("run", models.Plain, "hello", "--raw", "-n", "5", "--temperature", "0", "--otlp", collector.Address).Succeeded();

        // Protobuf keeps text as it is, so names can be looked for without a reader.
        string metrics = collector.Body("/v1/metrics"), traces = collector.Body("/v1/traces");
        foreach (string name in (string[])[
            "gen_ai.client.token.usage", "gen_ai.client.operation.duration", "gen_ai.server.request.duration", "gen_ai.server.time_to_first_token",
            "takt.cycle.duration", "takt.moment.time", "gen_ai.provider.name", "service.name"])
            Assert.Contains(name, metrics, StringComparison.Ordinal);
        foreach (string name in (string[])["text_completion plain", "takt.tokenize", "takt.prefill", "gen_ai.usage.output_tokens"])
            Assert.Contains(name, traces, StringComparison.Ordinal);
        Assert.DoesNotContain("hello", metrics + traces, StringComparison.Ordinal);
    }

    [Fact]
    public void Without_a_collector_the_command_does_its_work_and_says_so()
    {
        TaktRun run = TaktRun.Of("run", models.Plain, "hello", "--raw", "-n", "2", "--json", "--otlp", $"http://127.0.0.1:{Collector.FreePort()}").Succeeded();
        Assert.Equal(2, run.Json.GetProperty("tokens").GetInt32());
        Assert.Contains("telemetry could not be sent to http://127.0.0.1:", run.Error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("localhost:4318")]
    [InlineData("ftp://host")]
    [InlineData("")]
    public void What_is_no_address_is_refused_before_work_begins(string address)
    {
        TaktRun run = TaktRun.Of("run", models.Plain, "hello", "--otlp", address);
        Assert.Equal(2, run.Code);
        Assert.Contains($"--otlp: '{address}' is no address of a collector", run.Error, StringComparison.Ordinal);
    }

    private sealed class Collector : IDisposable
    {
        private readonly HttpListener _listener = new();
        private readonly ConcurrentDictionary<string, string> _bodies = new();
        private readonly Task _serving;

        public Collector()
        {
            Address = $"http://127.0.0.1:{FreePort()}";
            _listener.Prefixes.Add(Address + "/");
            _listener.Start();
            _serving = Task.Run(Serve);
        }

        public string Address { get; }

        public static int FreePort()
        {
            using var probe = new TcpListener(IPAddress.Loopback, 0);
            probe.Start();
            return ((IPEndPoint)probe.LocalEndpoint).Port;
        }

        public string Body(string path)
        {
            Assert.True(_bodies.TryGetValue(path, out string? body), $"nothing came to {path}; something came to {string.Join(", ", _bodies.Keys)}");
            return body;
        }

        public void Dispose()
        {
            _listener.Stop();
            _serving.Wait();
            _listener.Close();
        }

        private void Serve()
        {
            try
            {
                while (true)
                {
                    HttpListenerContext call = _listener.GetContext();
                    using var body = new MemoryStream();
                    call.Request.InputStream.CopyTo(body);
                    string text = Encoding.UTF8.GetString(body.ToArray());
                    _bodies.AddOrUpdate(call.Request.Url!.AbsolutePath, text, (_, before) => before + text);
                    call.Response.ContentType = "application/x-protobuf";
                    call.Response.Close();
                }
            }
            catch (Exception stopped) when (stopped is HttpListenerException or ObjectDisposedException or InvalidOperationException)
            {
                // The test is over.
            }
        }
    }
}
