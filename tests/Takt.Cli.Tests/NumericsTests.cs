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

    [Fact]
    public void Json_names_fast_numerics_only_where_they_are_on()
    {
        using var team = new Team(1);
        using Backend backend = Backends.Create(team, numerics: Numerics.Fast);
        JsonElement json = TaktRun.Of("run", models.Plain, "hello", "-n", "1", "--json", "--numerics", "fast").Succeeded().Json;
        Assert.Equal(backend.Numerics == Numerics.Fast, json.TryGetProperty("numerics", out _));
    }
}
