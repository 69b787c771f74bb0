using System.Numerics;
using System.Text.Json;
using System.Text.Json.Nodes;
using FsCheck;
using FsCheck.Fluent;
using Takt.Text.Templates;

namespace Takt.Text.Tests.Templates;

public sealed class TemplatePropertyTests
{
    private static readonly Gen<string> s_text = Gen.Elements("a", "b", "\"", "\\", "\n", "\r", "\t", "\0", "\u001f", "\u007f", "/", "<", "&", "'", " ", "é", "中", "🙂", "\u2028", "\uffff", "\ue000")
        .ListOf().Select(string.Concat);

    private static readonly Arbitrary<int?> s_bound = Gen.OneOf(Gen.Constant((int?)null), Gen.Choose(-8, 8).Select(value => (int?)value)).ToArbitrary();

    [Fact]
    public void Tojson_of_any_string_reads_back()
    {
        var template = ChatTemplate.Parse("{{ s | tojson }}{{ '\\n' }}{{ s | tojson(ensure_ascii=true) }}");
        Holds(Prop.ForAll(s_text.ToArbitrary(), text =>
        {
            string[] lines = template.Render(new JsonObject { ["s"] = text }).Split('\n');
            return lines.Length == 2 && lines.All(line => JsonSerializer.Deserialize<string>(line) == text) && lines[1].All(char.IsAscii);
        }));
    }

    [Fact]
    public void Tojson_of_any_tree_reads_back()
    {
        var template = ChatTemplate.Parse("{{ v | tojson }}{{ '\\n\\n' }}{{ v | tojson(indent=3) }}");
        Holds(Prop.ForAll(Tree(4).ToArbitrary(), json =>
        {
            string[] texts = template.Render(new JsonObject { ["v"] = JsonNode.Parse(json) }).Split("\n\n");
            return texts.All(text => JsonNode.DeepEquals(JsonNode.Parse(text), JsonNode.Parse(json)));
        }));
    }

    [Fact]
    public void Slices_take_the_places_that_pythons_rules_name()
    {
        var template = ChatTemplate.Parse("{{ s[a:b:c] }}|{{ l[a:b:c] | join }}|{{ (l | join)[a:b:c] }}");
        Gen<string[]> items = Gen.Elements("x", "y", "é", "🙂", "中").ArrayOf();
        Holds(Prop.ForAll(items.ToArbitrary(), s_bound, s_bound, (parts, start, stop) =>
            new[] { -3, -2, -1, 1, 2, 3 }.All(step =>
            {
                string expected = string.Concat(Places(parts.Length, start, stop, step).Select(place => parts[place]));
                var variables = new JsonObject { ["s"] = string.Concat(parts), ["l"] = new JsonArray([.. parts]), ["a"] = start, ["b"] = stop, ["c"] = step };
                return template.Render(variables) == $"{expected}|{expected}|{expected}";
            })));
    }

    [Fact]
    public void Integer_division_rounds_down_and_the_remainder_has_the_divisors_sign()
    {
        var template = ChatTemplate.Parse("{{ a // b }},{{ a % b }},{{ (a // b) * b + a % b == a }}");
        Holds(Prop.ForAll<long, long>((a, b) =>
        {
            if (b == 0) b = 7;
            BigInteger remainder = ((new BigInteger(a) % b) + b) % b;
            return template.Render(new JsonObject { ["a"] = a, ["b"] = b }) == $"{(a - remainder) / b},{remainder},True";
        }));
    }

    [Fact]
    public void Integers_never_overflow()
    {
        var template = ChatTemplate.Parse("{{ a + b }},{{ a - b }},{{ a * b }},{{ -a }},{{ a * b == b * a }},{{ a < b }}");
        Arbitrary<long> extreme = Gen.OneOf(Gen.Elements(long.MinValue, long.MaxValue, long.MinValue + 1, 0L, -1L, 1L), ArbMap.Default.GeneratorFor<long>()).ToArbitrary();
        Holds(Prop.ForAll(extreme, extreme, (a, b) =>
            template.Render(new JsonObject { ["a"] = a, ["b"] = b })
            == $"{(BigInteger)a + b},{(BigInteger)a - b},{(BigInteger)a * b},{-(BigInteger)a},True,{(a < b ? "True" : "False")}"));
    }

    [Fact]
    public void A_float_prints_so_that_it_reads_back()
    {
        var template = ChatTemplate.Parse("{{ x }} {{ (x | string | float) == x }}");
        Holds(Prop.ForAll(ArbMap.Default.GeneratorFor<NormalFloat>().ToArbitrary(), x =>
        {
            string[] parts = template.Render(new Dictionary<string, object?> { ["x"] = x.Item }).Split(' ');
            return parts[1] == "True" && (parts[0].Contains('.') || parts[0].Contains('e'));
        }));
    }

    [Fact]
    public void Splitting_and_joining_gives_the_same_text()
    {
        var template = ChatTemplate.Parse("{{ s.split('a') | join('a') }}|{{ s.rsplit('a', 2) | join('a') }}|{{ s[::-1][::-1] }}|{{ s | list | join }}|{{ s.partition('b') | join }}");
        Holds(Prop.ForAll(s_text.Where(text => !text.Contains('|')).ToArbitrary(), text =>
            template.Render(new JsonObject { ["s"] = text }) == string.Join('|', Enumerable.Repeat(text, 5))));
    }

    [Fact]
    public void Sort_orders_like_code_points_and_is_stable()
    {
        var template = ChatTemplate.Parse("{% for x in l | sort(case_sensitive=true) %}{{ x }},{% endfor %}");
        Holds(Prop.ForAll(s_text.Where(text => !text.Contains(',')).ArrayOf().ToArbitrary(), texts =>
        {
            IEnumerable<string> expected = texts.OrderBy(text => text, Comparer<string>.Create((x, y) =>
                x.EnumerateRunes().Zip(y.EnumerateRunes(), (a, b) => a.CompareTo(b)).FirstOrDefault(order => order != 0) is var first and not 0
                    ? first : x.EnumerateRunes().Count().CompareTo(y.EnumerateRunes().Count())));
            return template.Render(new JsonObject { ["l"] = new JsonArray([.. texts]) }) == string.Concat(expected.Select(text => text + ","));
        }));
    }

    private static void Holds(Property property) => Check.One(Config.QuickThrowOnFailure.WithReplay(20260305, 1), property);

    /// <summary>The definition: from start by steps while before stop, with bounds counted from the end if negative.</summary>
    private static IEnumerable<int> Places(int length, int? start, int? stop, int step)
    {
        int first = start is { } s ? Math.Clamp(s < 0 ? s + length : s, step > 0 ? 0 : -1, step > 0 ? length : length - 1) : step > 0 ? 0 : length - 1;
        int end = stop is { } e ? Math.Clamp(e < 0 ? e + length : e, step > 0 ? 0 : -1, step > 0 ? length : length - 1) : step > 0 ? length : -1;
        for (int place = first; step > 0 ? place < end : place > end; place += step) yield return place;
    }

    /// <summary>JSON texts of some depth.</summary>
    private static Gen<string> Tree(int depth)
    {
        Gen<string> leaf = Gen.OneOf(
            Gen.Elements("null", "true", "false", "0", "-17", "1.5", "1e+100", "12345678901234567890"),
            s_text.Select(text => JsonSerializer.Serialize(text)));
        if (depth == 0) return leaf;
        Gen<string> list = Tree(depth - 1).ArrayOf(3).Select(items => $"[{string.Join(',', items)}]");
        Gen<string> dict = Tree(depth - 1).ArrayOf(2).Select(items => "{" + string.Join(',', items.Select((item, i) => $"\"k{i}\":{item}")) + "}");
        return Gen.OneOf(leaf, list, dict, Gen.Elements("[]", "{}"));
    }
}
