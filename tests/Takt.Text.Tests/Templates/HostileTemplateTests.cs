using System.Diagnostics;
using System.Text.Json.Nodes;
using Takt.Text.Templates;
using static Takt.Text.Tests.Templates.TemplateTesting;

namespace Takt.Text.Tests.Templates;

/// <summary>Templates made to hang, to overflow the stack or to take all memory end in a clear error, and soon.</summary>
public sealed class HostileTemplateTests
{
    public static TheoryData<string, string> DeepSources()
    {
        const int Deep = 100_000;
        return new TheoryData<string, string>
        {
            { "parentheses", "{{ " + new string('(', Deep) + "1" + new string(')', Deep) + " }}" },
            { "open parentheses", "{{ " + new string('(', Deep) },
            { "lists", "{{ " + new string('[', Deep) + new string(']', Deep) + " }}" },
            { "dicts", "{{ " + Repeat("{1:", Deep) + "1" + new string('}', Deep) + " }}" },
            { "signs", "{{ " + new string('-', Deep) + "1 }}" },
            { "nots", "{{ " + Repeat("not ", Deep) + "1 }}" },
            { "inline ifs", "{{ " + Repeat("1 if 0 else ", Deep) + "1 }}" },
            { "sums", "{{ 1" + Repeat("+1", Deep) + " }}" },
            { "ands", "{{ 1" + Repeat(" and 1", Deep) + " }}" },
            { "ors", "{{ 0" + Repeat(" or 0", Deep) + " }}" },
            { "filters", "{{ 'a'" + Repeat("|upper", Deep) + " }}" },
            { "tests", "{{ 1" + Repeat(" is none|string", Deep) + " }}" },
            { "members", "{{ a" + Repeat(".a", Deep) + " }}" },
            { "items", "{{ a" + Repeat("[0]", Deep) + " }}" },
            { "calls", "{{ a" + Repeat("()", Deep) + " }}" },
            { "arguments", "{{ " + Repeat("a(", Deep) + Repeat(")", Deep) + " }}" },
            { "subscripts", "{{ " + Repeat("a[", Deep) + "0" + Repeat("]", Deep) + " }}" },
            { "targets", "{% set " + new string('(', Deep) + "a" + new string(')', Deep) + " = 1 %}" },
            { "blocks", Repeat("{% if 1 %}", Deep) + "x" + Repeat("{% endif %}", Deep) },
            { "loops", Repeat("{% for a in [1] %}", Deep) },
            { "macros", Repeat("{% macro m() %}", Deep) },
            { "powers", "{{ 1" + Repeat("**1", Deep) + " }}" },
        };
    }

    [Theory]
    [MemberData(nameof(DeepSources))]
    public void Deep_sources_are_refused_without_overflowing_the_stack(string what, string source)
    {
        // A small stack, as a server's thread may have.
        TemplateException? error = OnSmallStack(() => Render(source));
        Assert.True(error is null || error.Kind is TemplateErrorKind.Limit or TemplateErrorKind.Runtime or TemplateErrorKind.Syntax, what);
    }

    [Theory]
    [InlineData("{% macro m() %}{{ m() }}{% endmacro %}{{ m() }}")]
    [InlineData("{% macro a() %}{{ b() }}{% endmacro %}{% macro b() %}{{ a() }}{% endmacro %}{{ a() }}")]
    [InlineData("{% macro m(x=m) %}{{ x() }}{% endmacro %}{{ m() }}")]
    [InlineData("{% macro m() %}{% call m() %}{{ caller() }}{% endcall %}{% endmacro %}{{ m() }}")]
    [InlineData("{% for x in [1] recursive %}{{ loop([1]) }}{% endfor %}")]
    [InlineData("{% set l = [] %}{% do l.append(l) %}{{ l }}")]
    [InlineData("{% set l = [] %}{% do l.append(l) %}{{ l|tojson }}")]
    [InlineData("{% set l = [] %}{% set k = [] %}{% do l.append(k) %}{% do k.append(l) %}{{ l == k }}")]
    [InlineData("{% set d = {} %}{% do d.update({'a': d}) %}{{ d }}")]
    [InlineData("{% set ns = namespace(x=[]) %}{% for i in range(100000) %}{% set ns.x = [ns.x] %}{% endfor %}{{ ns.x }}")]
    [InlineData("{% set ns = namespace(x=()) %}{% for i in range(1000) %}{% set ns.x = (ns.x,) %}{% endfor %}{{ {ns.x: 1} }}")]
    [InlineData("{% set ns = namespace(x=['a']) %}{% for i in range(100000) %}{% set ns.x = ns.x|map('upper') %}{% endfor %}{{ ns.x|list }}")]
    [InlineData("{% for a in range(100000) %}{% for b in range(100000) %}{% endfor %}{% endfor %}")]
    [InlineData("{% set l = [1] %}{% for x in l %}{% do l.append(1) %}{% endfor %}")]
    [InlineData("{{ 'a' * 10**9 }}")]
    [InlineData("{{ 10**9 * 'abc' }}")]
    [InlineData("{{ [0] * 10**9 }}")]
    [InlineData("{{ (0,) * 10**9 }}")]
    [InlineData("{{ range(10**9) }}")]
    [InlineData("{{ range(-(10**18), 10**18) }}")]
    [InlineData("{{ 10**(10**10) }}")]
    [InlineData("{{ (-2)**(10**18) }}")]
    [InlineData("{% set ns = namespace(x=3) %}{% for i in range(100) %}{% set ns.x = ns.x * ns.x %}{% endfor %}{{ ns.x }}")]
    [InlineData("{% set ns = namespace(x='ab') %}{% for i in range(100) %}{% set ns.x = ns.x + ns.x %}{% endfor %}")]
    [InlineData("{% set ns = namespace(x='ab') %}{% for i in range(100) %}{% set ns.x = ns.x ~ ns.x %}{% endfor %}")]
    [InlineData("{% set ns = namespace(x=[1]) %}{% for i in range(100) %}{% set ns.x = ns.x + ns.x %}{% endfor %}")]
    [InlineData("{% set ns = namespace(x=[1]) %}{% for i in range(100) %}{% set ns.x = [ns.x, ns.x] %}{% endfor %}{{ ns.x }}")]
    [InlineData("{% set ns = namespace(x=[1]) %}{% for i in range(100) %}{% set ns.x = [ns.x, ns.x] %}{% endfor %}{{ ns.x|tojson }}")]
    [InlineData("{% set a = namespace(x=[1], y=[1]) %}{% for i in range(100) %}{% set a.x = [a.x, a.x] %}{% set a.y = [a.y, a.y] %}{% endfor %}{{ a.x == a.y }}")]
    [InlineData("{% set l = [1] %}{% for i in range(100) %}{% do l.extend(l) %}{% endfor %}")]
    [InlineData("{% set x = 'a' * 1000000 %}{% for i in range(100000) %}{% set y = x.upper() %}{% endfor %}")]
    [InlineData("{% set x = 'a' * 1000000 %}{% for i in range(100000) %}{% set y = x == x ~ '' %}{% endfor %}")]
    [InlineData("{% set x = 'a' * 1000000 %}{% for i in range(100000) %}{% set y = x|length %}{% endfor %}")]
    [InlineData("{% set x = 'a' * 1000000 %}{% for i in range(100000) %}{% set y = x[-1] %}{% endfor %}")]
    [InlineData("{% set x = 'a' * 1000000 %}{% for i in range(100000) %}{% set y = 'b' in x %}{% endfor %}")]
    [InlineData("{% set x = 'a' * 1000000 %}{% for i in range(100000) %}{% set y = {x: 1} %}{% endfor %}")]
    [InlineData("{% set x = 'a' * 1000000 %}{% for i in range(100000) %}{{ x }}{% endfor %}")]
    [InlineData("{% set x = 'a' * 1000000 %}{{ x.replace('a', x) }}")]
    [InlineData("{% set x = 'a' * 1000000 %}{{ x.replace('', x) }}")]
    [InlineData("{% set x = 'a' * 10000000 %}{{ x.join('b' * 1000) }}")]
    [InlineData("{% set x = 'a' * 10000000 %}{{ range(1000)|join(x) }}")]
    [InlineData("{{ 'x'.center(10**9) }}")]
    [InlineData("{{ 'x'.zfill(10**9) }}")]
    [InlineData("{{ 'x'|indent(10**9) }}")]
    [InlineData("{{ ('\\n' * 100000)|indent(100000, blank=true) }}")]
    [InlineData("{{ '%1000000000d' % 1 }}")]
    [InlineData("{{ '%.1000000000f' % 1 }}{{ 'a' * 10**9 }}")]
    [InlineData("{{ '{:1000000000}'.format(1) }}")]
    [InlineData("{{ '{:99999999999999999999}'.format(1) }}")]
    [InlineData("{{ [[1]]|tojson(indent=10**9) }}")]
    [InlineData("{{ [1]|batch(10**9, 'x')|list }}")]
    [InlineData("{{ [1]|slice(10**9)|list }}")]
    [InlineData("{{ ('9' * 100000)|int }}")]
    public void Endless_and_huge_work_is_stopped(string template)
    {
        // A fiftieth of the default steps, to be quick in debug builds too.
        var watch = Stopwatch.StartNew();
        TemplateException? error = OnSmallStack(() => Render(template, limits: new TemplateLimits { MaxSteps = 400_000 }));
        Assert.NotNull(error);
        Assert.Equal(TemplateErrorKind.Limit, error.Kind);
        Assert.True(watch.Elapsed < TimeSpan.FromSeconds(20), $"took {watch.Elapsed}");
    }

    [Fact]
    public void Limits_are_the_callers_to_choose()
    {
        Assert.Equal("012", Render("{% for i in range(3) %}{{ i }}{% endfor %}", limits: new TemplateLimits { MaxSteps = 30 }));
        Assert.Equal(TemplateErrorKind.Limit, Fails("{% for i in range(9) %}{{ i }}{% endfor %}", limits: new TemplateLimits { MaxSteps = 30 }).Kind);
        Assert.Equal(TemplateErrorKind.Limit, Fails("{{ 'abcd' }}{{ 'efgh' }}", limits: new TemplateLimits { MaxLength = 7 }).Kind);
        Assert.Equal(TemplateErrorKind.Limit, Fails("{{ 'ab' * 4 }}", limits: new TemplateLimits { MaxLength = 7 }).Kind);
        Assert.Equal(TemplateErrorKind.Limit, Fails("{{ [[[1]]] }}", limits: new TemplateLimits { MaxDepth = 3 }).Kind);
    }

    [Fact]
    public void Deep_variables_are_refused()
    {
        var deep = new List<object?>();
        for (int i = 0; i < 100_000; i++) deep = [deep];
        var template = ChatTemplate.Parse("{{ x }}");
        TemplateException error = Assert.Throws<TemplateException>(() => template.Render(new Dictionary<string, object?> { ["x"] = deep }));
        Assert.Equal(TemplateErrorKind.Limit, error.Kind);
    }

    [Fact]
    public void A_long_conversation_stays_within_the_limits()
    {
        var messages = new JsonArray();
        for (int i = 0; i < 2000; i++) messages.Add(new JsonObject { ["role"] = i % 2 == 0 ? "user" : "assistant", ["content"] = new string('x', 500) });
        string text = Render("{% for m in messages %}<|{{ m.role }}|>{{ m['content'] | trim }}{% endfor %}", new JsonObject { ["messages"] = messages });
        Assert.True(text.Length > 1_000_000);
    }

    private static TemplateException? OnSmallStack(Action action)
    {
        TemplateException? error = null;
        var thread = new Thread(() => error = Record.Exception(action) is { } thrown ? Assert.IsType<TemplateException>(thrown) : null, maxStackSize: 512 << 10);
        thread.Start();
        thread.Join();
        return error;
    }

    private static string Repeat(string text, int count) => string.Concat(Enumerable.Repeat(text, count));
}
