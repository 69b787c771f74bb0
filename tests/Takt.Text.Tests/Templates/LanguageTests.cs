using System.Text.Json.Nodes;
using Takt.Text.Templates;

namespace Takt.Text.Tests.Templates;

/// <summary>
/// The language, case by case. What <c>expressions.jsonl</c> and <c>statements.jsonl</c> expect is what Python's Jinja2 3.1 gave for
/// the same template and <c>variables.json</c>, set up as Hugging Face does; an error stands for the kind that Takt reports
/// where Jinja2 raised one too.
/// </summary>
public sealed class LanguageTests
{
    private static readonly JsonObject s_variables = JsonNode.Parse(Read("variables.json"))!.AsObject();

    public static TheoryData<string, string?, string?> Cases()
    {
        var cases = new TheoryData<string, string?, string?>();
        foreach (string line in (Read("expressions.jsonl") + Read("statements.jsonl")).Split('\n', StringSplitOptions.RemoveEmptyEntries))
        {
            JsonNode item = JsonNode.Parse(line)!;
            cases.Add((string)item["template"]!, (string?)item["output"], (string?)item["error"]);
        }

        return cases;
    }

    [Theory]
    [MemberData(nameof(Cases), DisableDiscoveryEnumeration = true)]
    public void Gives_what_jinja2_gives(string template, string? output, string? error)
    {
        if (error is null) Assert.Equal(output, ChatTemplate.Parse(template).Render(s_variables));
        else Assert.Equal(error, Assert.Throws<TemplateException>(() => ChatTemplate.Parse(template).Render(s_variables)).Kind.ToString());
    }

    [Theory]
    [InlineData("{% set l = [1] %}{% do l.append(2) %}{{ l }}", "[1, 2]")]
    [InlineData("{% set l = [1] %}{% set _ = l.append(2) %}{{ l }}{{ _ }}", "[1, 2]None")]
    [InlineData("{% set l = [1, 3] %}{% do l.insert(1, 2) %}{% do l.insert(-1, 9) %}{% do l.insert(99, 4) %}{{ l }}", "[1, 2, 9, 3, 4]")]
    [InlineData("{% set l = [1, 2, 3] %}{{ l.pop() }}{{ l.pop(0) }}{{ l }}", "31[2]")]
    [InlineData("{% set l = [1, 2] %}{% do l.extend(range(2)) %}{% do l.reverse() %}{% do l.remove(2) %}{{ l }}", "[1, 0, 1]")]
    [InlineData("{% set l = [1] %}{% do l.clear() %}{{ l }}{{ l.copy() }}", "[][]")]
    [InlineData("{% set d = {'a': 1} %}{% do d.update({'b': 2}, c=3) %}{{ d }}", "{'a': 1, 'b': 2, 'c': 3}")]
    [InlineData("{% set d = {'a': 1} %}{{ d.pop('a') }}{{ d.pop('a', 'x') }}{{ d.setdefault('k', 5) }}{{ d.setdefault('k', 6) }}{{ d }}", "1x55{'k': 5}")]
    [InlineData("{% set d = {'a': 1} %}{% set c = d.copy() %}{% do d.clear() %}{{ d }}{{ c }}", "{}{'a': 1}")]
    public void Lists_and_dicts_can_be_changed(string template, string output) => Assert.Equal(output, TemplateTesting.Render(template));

    [Theory]
    [InlineData("{% for k in d %}{% do d.pop(k) %}{% endfor %}")]
    [InlineData("{{ [].pop() }}")]
    [InlineData("{{ {}.pop('a') }}")]
    [InlineData("{{ [1].remove(2) }}")]
    public void Changing_them_wrongly_is_an_error(string template) => Assert.Equal(
        TemplateErrorKind.Runtime, TemplateTesting.Fails("{% set d = {'a': 1, 'b': 2} %}" + template).Kind);

    [Fact]
    public void Rendering_does_not_change_the_variables()
    {
        var variables = new JsonObject { ["l"] = new JsonArray(1, 2) };
        Assert.Equal("[2][1, 2, 3]", TemplateTesting.Render("{% set _ = l.pop(0) %}{{ l }}", variables) + TemplateTesting.Render("{% set _ = l.append(3) %}{{ l }}", variables));
    }

    [Fact]
    public void From_json_reads_what_tojson_wrote()
    {
        Assert.Equal("{'a': [1, 1.0, None, True]}", TemplateTesting.Render("""{{ '{"a": [1, 1.0, null, true]}' | from_json }}"""));
        Assert.Equal(TemplateErrorKind.Runtime, TemplateTesting.Fails("{{ '{' | from_json }}").Kind);
    }

    [Fact]
    public void Without_a_fixed_clock_strftime_now_tells_the_time()
    {
        string before = DateTime.Now.ToString("yyyy-MM-dd HH:mm", System.Globalization.CultureInfo.InvariantCulture);
        string now = TemplateTesting.Render("{{ strftime_now('%Y-%m-%d %H:%M') }}");
        string after = DateTime.Now.ToString("yyyy-MM-dd HH:mm", System.Globalization.CultureInfo.InvariantCulture);
        Assert.True(now == before || now == after);
    }

    private static string Read(string name)
    {
        using var reader = new StreamReader(typeof(LanguageTests).Assembly.GetManifestResourceStream(name)!);
        return reader.ReadToEnd();
    }
}
