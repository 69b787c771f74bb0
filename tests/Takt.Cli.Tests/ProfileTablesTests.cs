using System.Text;
using System.Text.Json;
using Takt.Cli.Commands;
using Takt.Cli.Shell;
using Takt.Clock;

namespace Takt.Cli.Tests;

/// <summary>A machine's profile as <c>takt calibrate</c> and <c>takt inspect --machine</c> show it.</summary>
public class ProfileTablesTests
{
    private static readonly MachineProfile _profile = new(2, 1e9, 1e10)
    {
        Processor = "toy",
        Tier = "avx2",
        Barriers = [new(1, default), new(2, new Measured(2e-7, 1e-7, 0.5)) { ProductSeconds = 8.8e-6 }],
        Unsteadiness = [new(1, 0.012), new(2, 0.345)],
    };

    [Theory]
    [InlineData(false, "call of a product", "passes apart")]
    [InlineData(true, "一次乘积调用", "各轮相差")]
    public void Each_number_of_threads_has_what_a_call_costs_and_how_far_passes_lie_apart(bool chinese, params string[] columns)
    {
        using MemoryStream stdin = new(), stdout = new(), stderr = new();
        var terminal = new Terminal(stdin, stdout, stderr, chinese ? Language.Zh : Language.En);
        ProfileTables.Print(_profile, terminal);
        terminal.Out.Flush();
        string text = Encoding.UTF8.GetString(stdout.ToArray());
        Assert.All(columns, column => Assert.Contains(column, text));
        string[] Cells(string threads) => text.Split('\n')
            .Select(static line => line.Split(' ', StringSplitOptions.RemoveEmptyEntries)).Last(cells => cells is [var first, ..] && first == threads);
        Assert.Equal("1 0.0 us 0.0 % 0.0 us 1.2 %", string.Join(' ', Cells("1")));
        Assert.Equal("2 0.2 us 50.0 % 8.8 us 34.5 %", string.Join(' ', Cells("2")));
    }

    [Fact]
    public void They_are_in_json_too()
    {
        using var stream = new MemoryStream();
        using (var json = new Utf8JsonWriter(stream))
        {
            json.WriteStartObject();
            ProfileTables.WriteJson(json, _profile);
            json.WriteEndObject();
        }

        JsonElement root = JsonDocument.Parse(stream.ToArray()).RootElement;
        Assert.Equal(8.8e-6, root.GetProperty("barriers")[1].GetProperty("product_s").GetDouble());
        Assert.Equal([0.012, 0.345], root.GetProperty("unsteadiness").EnumerateArray().Select(one => one.GetProperty("deviation").GetDouble()));
    }
}
