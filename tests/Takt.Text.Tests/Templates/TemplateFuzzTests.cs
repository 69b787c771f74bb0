using System.Text;
using System.Text.Json.Nodes;
using Takt.Text.Templates;

namespace Takt.Text.Tests.Templates;

/// <summary>Broken templates give a <see cref="TemplateException"/> or some text, and nothing else.</summary>
public sealed class TemplateFuzzTests
{
    private static readonly string[] s_seeds =
    [
        "{% for m in messages %}<|{{ m.role }}|>\n{{ m['content'] | trim }}{% if not loop.last %},{% endif %}{% endfor %}",
        "{%- set ns = namespace(i=0, s='') -%}{% for m in messages[::-1] if m.role != 'x' %}{% set ns.i = ns.i + 1 %}{% endfor %}{{ ns.i // 2 * 3 ** 2 }}",
        "{% macro f(a, b=[1, 2], c={'k': 1.5e3}) %}{{ a ~ b[0] }}{{ caller() if caller else '' }}{% endmacro %}{{ f(1, c=2) }}{% call(x) f('q') %}{{ x }}{% endcall %}",
        "{{ messages | map(attribute='content') | select('string') | join(', ') | upper | replace('A', 'b') }}{{ 'x' * 3 % 2 }}",
        "{% raw %}{{ x }}{% endraw %}{# c #}{% filter lower %}ABC{% endfilter %}{% set x %}y{% endset %}{{ x[1:-1:2] is not none and 1 in [1] }}",
        "{{ '%s %05.2f' % ('a', 3) }}{{ '{0:>5} {k!r}'.format(1, k='z') }}{{ messages | tojson(indent=2) }}{{ strftime_now('%d %b') }}",
        "{% for a, b in messages[0].items() recursive %}{{ loop.index ~ a }}{{ loop(b) }}{% else %}{{ raise_exception('no') }}{% endfor %}",
        "{% if a is defined and a | length > 2 or -1 < 2 <= 3 %}x{% elif 'a' not in 'abc' %}y{% else %}{{ [1, 'a', none] | sort | groupby('x') }}{% endif %}",
    ];

    private static readonly string[] s_pieces =
    [
        "{{", "}}", "{%", "%}", "{#", "#}", "-", "+", "*", "**", "/", "//", "%", "~", "|", "(", ")", "[", "]", "{", "}", ":", ",", ".", "==", "<", "'", "\"", "\\", "\n", " ",
        "if", "else", "endif", "for", "in", "endfor", "set", "endset", "macro", "endmacro", "call", "is", "not", "and", "none", "true", "loop", "messages", "m", "x", "0", "1", "-1", "99999999999999999999", "1.5", "''",
        "|list", "|length", "|first", "|sum", "|sort", "|tojson", "|int", "|map('upper')", ".items()", ".split()", ".format(1)", ".append(messages)", "[::-1]", "range(9)", "🙂", "\ud800", "é",
    ];

    [Fact]
    public void Mutated_templates_end_in_text_or_a_template_error()
    {
        var random = new Random(20260305);
        var variables = JsonNode.Parse("""{"messages": [{"role": "user", "content": "hi"}, {"role": "assistant", "content": ["a", 1, 2.5, null, {"k": true}]}], "x": 5}""")!.AsObject();
        var limits = new TemplateLimits { MaxSteps = 20_000, MaxLength = 100_000, MaxDepth = 50 };
        int rendered = 0;
        for (int round = 0; round < 6000; round++)
        {
            string template = Mutate(random, s_seeds[round % s_seeds.Length]);
            try
            {
                ChatTemplate.Parse(template).Render(variables, limits);
                rendered++;
            }
            catch (TemplateException error)
            {
                Assert.InRange(error.Line, 1, template.Length + 1);
                Assert.NotEmpty(error.Reason);
            }
            catch (Exception other)
            {
                Assert.Fail($"{template}\n{other}");
            }
        }

        Assert.InRange(rendered, 100, 5900);
    }

    private static string Mutate(Random random, string template)
    {
        var text = new StringBuilder(template);
        for (int edits = random.Next(1, 4); edits > 0 && text.Length > 0; edits--)
        {
            int at = random.Next(text.Length);
            switch (random.Next(4))
            {
                case 0:
                    text.Remove(at, Math.Min(random.Next(1, 6), text.Length - at));
                    break;
                case 1:
                    text.Insert(at, s_pieces[random.Next(s_pieces.Length)]);
                    break;
                case 2:
                    text[at] = s_pieces[random.Next(s_pieces.Length)][0];
                    break;
                default:
                    int length = Math.Min(random.Next(1, 20), text.Length - at);
                    text.Insert(random.Next(text.Length), text.ToString(at, length));
                    break;
            }
        }

        return text.ToString();
    }
}
