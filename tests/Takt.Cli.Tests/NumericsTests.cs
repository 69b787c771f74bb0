using System.Text.Json;
using Takt.Compute;
using Takt.Compute.Threading;

namespace Takt.Cli.Tests;

/// <summary><c>--numerics fast</c>: whether it is on depends on the machine, that it is said does not.</summary>
public class NumericsTests(TinyModel models)
{
    [Theory]
    [InlineData("run", "hello", "-n", "2")]
    [InlineData("profile", "hello", "-n", "2")]
    [InlineData("logits", "1", "2")]
    public void Fast_numerics_are_said_to_be_on_or_off(string command, params string[] options)
    {
        using var team = new Team(1);
        using Backend backend = Backends.Create(team, numerics: Numerics.Fast);
        string expected = backend.Numerics == Numerics.Fast ? "fast numerics are on" : "no instructions for fast numerics";
        TaktRun run = TaktRun.Of([command, models.Plain, .. options, "--numerics", "fast"]).Succeeded();
        Assert.StartsWith(expected, run.Error.Replace("this machine has ", "", StringComparison.Ordinal), StringComparison.Ordinal);
        Assert.DoesNotContain("numerics", TaktRun.Of([command, models.Plain, .. options]).Succeeded().Error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("run", "hello", "-n", "1")]
    [InlineData("profile", "hello", "-n", "1")]
    public void Json_names_fast_numerics_only_where_they_are_on(string command, params string[] options)
    {
        using var team = new Team(1);
        using Backend backend = Backends.Create(team, numerics: Numerics.Fast);
        JsonElement json = TaktRun.Of([command, models.Plain, .. options, "--json", "--numerics", "fast"]).Succeeded().Json;
        Assert.Equal(backend.Numerics == Numerics.Fast, json.TryGetProperty("numerics", out _));
    }

    [Fact]
    public void Bench_says_which_numerics_its_speeds_are_of()
    {
        using var team = new Team(1);
        using Backend backend = Backends.Create(team, numerics: Numerics.Fast);
        string expected = backend.Numerics == Numerics.Fast ? "fast" : "exact";
        string[] options = ["bench", models.Plain, "-p", "8", "-n", "0", "-r", "1", "--numerics", "fast"];
        Assert.Equal(expected, TaktRun.Of([.. options, "--json"]).Succeeded().Json.GetProperty("numerics").GetString());
    }
}
