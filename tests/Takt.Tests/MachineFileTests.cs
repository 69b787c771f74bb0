using System.Text.Json.Nodes;
using Takt.Clock;
using Takt.Compute;
using Takt.Engine.Machine;

namespace Takt.Tests;

public sealed class MachineFileTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("takt-machine-").FullName;

    private static readonly MachineProfile _profile = new(2, 1e9, 1e10)
    {
        Processor = MachineFacts.ReadProcessor(),
        Tier = "avx2",
        Products = [new("avx2", "q8_0", 2, 1, false, new Measured(1e9, 2e9, 0.1), 1e9)],
        Attentions = [new("f16", 2, false, 1e-9, 1e-10)],
        RowRates = [new("norm", 1e-8, 1e-9)],
        Barriers = [new(2, new Measured(1e-6, 1e-7, 0.2)) { ProductSeconds = 5e-6 }],
        Unsteadiness = [new(2, 0.2)],
    };

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void A_kept_profile_is_found_for_its_tier_threads_and_processor_only()
    {
        var file = new MachineFile(Path.Combine(_folder, "below"));
        Assert.Null(file.Find("avx2", 2));
        Assert.NotNull(file.Keep(_profile));
        MachineProfile? found = file.Find("avx2", 2);
        Assert.NotNull(found);
        Assert.Equal(_profile.Products, found.Products);
        Assert.Equal(_profile.Barriers, found.Barriers);
        Assert.Equal(_profile.Unsteadiness, found.Unsteadiness);
        Assert.Null(file.Find("avx2", 1));
        Assert.Null(file.Find("scalar", 2));
        file.Keep(_profile with { Processor = "another" });
        Assert.Null(file.Find("avx2", 2));
    }

    [Theory]
    [InlineData("")]
    [InlineData("{}")]
    [InlineData("[1, 2]")]
    [InlineData("{\"kernel_version\": 3}")]
    public void What_makes_no_sense_is_not_taken(string text)
    {
        var file = new MachineFile(_folder);
        File.WriteAllText(file.Keep(_profile)!, text);
        Assert.Null(file.Find("avx2", 2));
    }

    [Theory]
    [InlineData("reads", null)]
    [InlineData("products", null)]
    [InlineData("products", "[]")]
    [InlineData("products", "[null]")]
    [InlineData("attentions", null)]
    [InlineData("row_rates", "[null]")]
    [InlineData("barriers", null)]
    [InlineData("unsteadiness", null)]
    [InlineData("unsteadiness", "[null]")]
    public void A_profile_without_one_of_its_lists_is_not_taken(string list, string? value)
    {
        var file = new MachineFile(_folder);
        string path = file.Keep(_profile)!;
        JsonNode kept = JsonNode.Parse(File.ReadAllText(path))!;
        Assert.NotNull(kept["profile"]![list]);
        kept["profile"]![list] = value is null ? null : JsonNode.Parse(value);
        File.WriteAllText(path, kept.ToJsonString());
        Assert.Null(file.Find("avx2", 2));
        kept["profile"]!.AsObject().Remove(list);
        File.WriteAllText(path, kept.ToJsonString());
        Assert.Null(file.Find("avx2", 2));
    }

    [Fact]
    public void What_other_kernels_were_measured_with_is_not_taken()
    {
        var file = new MachineFile(_folder);
        string path = file.Keep(_profile)!, text = File.ReadAllText(path);
        string version = $"\"kernel_version\":{KernelTuning.KernelVersion}";
        Assert.Contains(version, text, StringComparison.Ordinal);
        File.WriteAllText(path, text.Replace(version, "\"kernel_version\":-1", StringComparison.Ordinal));
        Assert.Null(file.Find("avx2", 2));
    }

    [Fact]
    public void Where_nothing_can_be_written_nothing_is_kept()
    {
        string blocked = Path.Combine(_folder, "blocked");
        File.WriteAllText(blocked, "");
        Assert.Null(new MachineFile(Path.Combine(blocked, "below")).Keep(_profile));
    }
}
