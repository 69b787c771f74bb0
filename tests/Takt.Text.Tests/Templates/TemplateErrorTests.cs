using System.Text.Json.Nodes;
using Takt.Text.Templates;
using static Takt.Text.Tests.Templates.TemplateTesting;

namespace Takt.Text.Tests.Templates;

public sealed class TemplateErrorTests
{
    [Theory]
    [InlineData("a\nb {{ x + }}", 2, 10, "found '}}', expected an expression")]
    [InlineData("{{ x", 1, 5, "found the end of the template, expected '}}'")]
    [InlineData("a\n\n  {% if x %}\n{% for y in z %}\n{% endif %}", 5, 4, "unknown statement 'endif'")]
    [InlineData("\n{% if x %}", 2, 4, "'if' has no end; expected '{% elif %}' or '{% else %}' or '{% endif %}'")]
    [InlineData("{% include 'x' %}", 1, 4, "'include' is not supported in a chat template")]
    [InlineData("{{ 'abc }}", 1, 4, "this string has no end; expected '")]
    [InlineData("a\r\nb\r\n{# c", 3, 1, "this comment has no end; expected '#}'")]
    [InlineData("{{ (1] }}", 1, 6, "found ']', expected ')'")]
    public void A_syntax_error_says_where_and_what(string template, int line, int column, string reason)
    {
        TemplateException error = Assert.Throws<TemplateException>(() => ChatTemplate.Parse(template, "my.jinja"));
        Assert.Equal(TemplateErrorKind.Syntax, error.Kind);
        Assert.Equal((line, column, reason), (error.Line, error.Column, error.Reason));
        Assert.Equal("my.jinja", error.TemplateName);
        Assert.Equal($"my.jinja:{line}:{column}: {reason}", error.Message);
    }

    [Theory]
    [InlineData("a\n {{ m.role.name }}", 2, 6, "'m' is undefined")]
    [InlineData("{{ d.x.y }}", 1, 7, "'dict object' has no attribute 'x'")]
    [InlineData("{{ 'a' + 1 }}", 1, 8, "unsupported operand types for +: 'str' and 'int'; use ~ to join texts")]
    [InlineData("{{ 1 / 0 }}", 1, 6, "division by zero")]
    [InlineData("{% for x in 5 %}{% endfor %}", 1, 4, "'int' object is not iterable")]
    [InlineData("{{ d() }}", 1, 5, "'dict' object is not callable")]
    [InlineData("{{ 1 | frobnicate }}", 1, 8, "no filter named 'frobnicate'")]
    [InlineData("{{ 1 is frobnicated }}", 1, 6, "no test named 'frobnicated'")]
    [InlineData("{% macro m() %}\n{{ z.a }}{% endmacro %}\n{{ m() }}", 2, 5, "'z' is undefined")]
    [InlineData("{{ d | tojson(1, 2, 3, 4, 5) }}", 1, 8, "tojson() takes at most 4 arguments, 5 given")]
    [InlineData("{{ 'a'.replace('b') }}", 1, 15, "replace() needs an argument 'new'")]
    [InlineData("{{ 'a'.strip(1) }}", 1, 13, "strip(): 'chars' must be a string, not int")]
    [InlineData("{{ 'a' | replace('b', by='c') }}", 1, 10, "replace() needs an argument 'new'")]
    [InlineData("{% set a, b = 1, 2, 3 %}", 1, 4, "too many values to unpack (expected 2)")]
    public void A_runtime_error_says_where_and_what(string template, int line, int column, string reason)
    {
        TemplateException error = Fails(template, new JsonObject { ["d"] = new JsonObject() });
        Assert.Equal(TemplateErrorKind.Runtime, error.Kind);
        Assert.Equal((line, column, reason), (error.Line, error.Column, error.Reason));
    }

    [Fact]
    public void A_refusal_carries_the_templates_own_message()
    {
        TemplateException error = Fails("{% if messages|length > 1 %}{{ raise_exception('Only ' ~ 1 ~ ' message!') }}{% endif %}",
            new JsonObject { ["messages"] = new JsonArray(1, 2) });
        Assert.Equal(TemplateErrorKind.Raised, error.Kind);
        Assert.Equal("Only 1 message!", error.Reason);
    }

    [Fact]
    public void A_filter_that_is_not_reached_may_be_unknown() =>
        Assert.Equal("ok", Render("{% if false %}{{ x | some_future_filter }}{% endif %}ok"));

    [Theory]
    [InlineData("\"yesterday\"", "'yesterday'")]
    [InlineData("\"03/05/2026\"", "'03/05/2026'")]
    [InlineData("20260305", "20260305")]
    [InlineData("true", "True")]
    [InlineData("[\"2026-03-05\"]", "['2026-03-05']")]
    public void A_clock_that_is_no_time_is_refused(string now, string shown)
    {
        var variables = new JsonObject { ["now"] = JsonNode.Parse(now) };
        string message = Assert.Throws<ArgumentException>(() => Render("no time is read", variables)).Message;
        Assert.Contains($"now is {shown}; expected a time in ISO 8601", message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("2026-03-05", "00:00:00")]
    [InlineData("2026-03-05T14:07", "14:07:00")]
    [InlineData("2026-03-05T14:07:09Z", "14:07:09")]
    [InlineData("2026-03-05 14:07:09.123456+08:00", "14:07:09")]
    public void The_clock_reads_ISO_8601(string now, string time) =>
        Assert.Equal($"2026-03-05 {time}", Render("{{ strftime_now('%Y-%m-%d %H:%M:%S') }}", new JsonObject { ["now"] = now }));
}
