using System.Numerics;
using System.Text.Json;
using System.Text.Json.Nodes;
using Takt.Text.Templates;

namespace Takt.Text.Tests.Templates;

public sealed class TemplateInputTests
{
    private const string Json = """{"z": 1, "a": {"y": 1.0, "x": [true, null, 1e3, -5, 123456789012345678901234567890, "é🙂"]}, "z2": 0.1}""";
    private const string Printed = "1|{'y': 1.0, 'x': [True, None, 1000.0, -5, 123456789012345678901234567890, 'é🙂']}|0.1";

    private static readonly ChatTemplate s_template = ChatTemplate.Parse("{{ z }}|{{ a }}|{{ z2 }}");

    [Fact]
    public void A_json_object_keeps_order_and_kinds_of_numbers() =>
        Assert.Equal(Printed, s_template.Render(JsonNode.Parse(Json)!.AsObject()));

    [Fact]
    public void A_json_element_keeps_order_and_kinds_of_numbers()
    {
        using JsonDocument document = JsonDocument.Parse(Json);
        Assert.Equal(Printed, s_template.Render(document.RootElement));
    }

    [Fact]
    public void Values_from_code_may_be_mixed_with_json()
    {
        var variables = new Dictionary<string, object?>
        {
            ["a"] = new object?[] { 1, 2L, (byte)3, 1.0, 0.1f, 2.5m, ulong.MaxValue, BigInteger.Pow(10, 20), 'c', "s", true, null },
            ["b"] = new Dictionary<string, object?> { ["k"] = new List<string> { "x" }, ["j"] = JsonNode.Parse("[1.0, {}]") },
            ["c"] = new Dictionary<string, string> { ["k"] = "v" },
            ["d"] = new JsonObject { ["int"] = 1, ["real"] = 1.0, ["text"] = "t", ["node"] = JsonValue.Create(true) },
        };
        Assert.Equal(
            "[1, 2, 3, 1.0, 0.1, 2.5, 18446744073709551615, 100000000000000000000, 'c', 's', True, None]"
            + "{'k': ['x'], 'j': [1.0, {}]}{'k': 'v'}{'int': 1, 'real': 1.0, 'text': 't', 'node': True}",
            ChatTemplate.Parse("{{ a }}{{ b }}{{ c }}{{ d }}").Render(variables));
    }

    [Fact]
    public void A_name_that_is_there_twice_has_its_last_value()
    {
        using JsonDocument document = JsonDocument.Parse("""{"a": 1, "b": 2, "a": 3}""");
        Assert.Equal("3", ChatTemplate.Parse("{{ a }}").Render(document.RootElement));
    }

    [Fact]
    public void Variables_hide_built_in_functions() =>
        Assert.Equal("mine", ChatTemplate.Parse("{{ range }}").Render(new JsonObject { ["range"] = "mine" }));

    [Fact]
    public void What_a_template_cannot_hold_is_refused()
    {
        var template = ChatTemplate.Parse("x");
        Assert.Contains("Version", Assert.Throws<ArgumentException>(() => template.Render(new Dictionary<string, object?> { ["v"] = new Version(1, 2) })).Message, StringComparison.Ordinal);
        Assert.Throws<ArgumentException>(() => template.Render(new Dictionary<string, object?> { ["v"] = new Dictionary<int, string> { [1] = "a" } }));
        using JsonDocument array = JsonDocument.Parse("[1]");
        Assert.Throws<ArgumentException>(() => template.Render(array.RootElement));
        using JsonDocument half = JsonDocument.Parse("""{"a": "\ud800"}""");
        Assert.Throws<ArgumentException>(() => template.Render(half.RootElement));
    }

    [Fact]
    public async Task One_template_renders_from_many_threads()
    {
        var template = ChatTemplate.Parse("{% set ns = namespace(x='') %}{% for i in range(50) %}{% set ns.x = ns.x ~ n %}{% endfor %}{{ ns.x }}");
        string[] texts = await Task.WhenAll(Enumerable.Range(0, 8).Select(n => Task.Run(() => template.Render(new JsonObject { ["n"] = n }))));
        Assert.Equal(Enumerable.Range(0, 8).Select(n => new string((char)('0' + n), 50)), texts);
    }
}
