using System.Text.Json;
using System.Text.Json.Nodes;
using Takt.Testing;
using Takt.Text.Templates;

namespace Takt.Text.Tests.Templates;

/// <summary>Chat templates of well-known models against what Python's jinja2 renders for the same conversations.</summary>
public sealed class KnownTemplateTests
{
    public static TheoryData<string> Names()
    {
        string folder = Path.Combine(SharedData.Root ?? "", "templates");
        return SharedData.Root is null || !Directory.Exists(folder)
            ? []
            : new TheoryData<string>(Directory.EnumerateFiles(folder, "*.jinja").Select(file => Path.GetFileNameWithoutExtension(file)).Order(StringComparer.Ordinal));
    }

    [Theory(SkipTestWithoutData = true)]
    [MemberData(nameof(Names))]
    public void Renders_every_conversation_as_the_reference_does(string name)
    {
        string source = File.ReadAllText(SharedData.Path("templates", name + ".jinja"));
        JsonArray expected = JsonNode.Parse(File.ReadAllText(SharedData.Path("templates", name + ".json")))!.AsArray();
        Dictionary<string, JsonElement> cases = Cases();
        var template = ChatTemplate.Parse(source, name);

        foreach (JsonObject item in expected.OfType<JsonObject>())
        {
            Dictionary<string, object?> variables = Variables(cases[(string)item["case"]!]);
            if (item["error"] is { } error)
            {
                TemplateException refusal = Assert.Throws<TemplateException>(() => template.Render(variables));
                Assert.Equal(TemplateErrorKind.Raised, refusal.Kind);
                Assert.Equal((string)error!, refusal.Reason);
            }
            else
            {
                Assert.Equal((string)item["output"]!, template.Render(variables));
            }
        }
    }

    private static Dictionary<string, JsonElement> Cases()
    {
        using JsonDocument document = JsonDocument.Parse(File.ReadAllText(SharedData.Path("templates", "cases.json")));
        return document.RootElement.GetProperty("cases").EnumerateArray()
            .ToDictionary(item => item.GetProperty("case").GetString()!, item => item.Clone());
    }

    private static Dictionary<string, object?> Variables(JsonElement conversation)
    {
        var variables = new Dictionary<string, object?>
        {
            ["bos_token"] = "<s>",
            ["eos_token"] = "</s>",
            ["documents"] = null,
            ["now"] = "2026-03-05T14:07:09",
        };
        foreach (JsonProperty member in conversation.EnumerateObject())
        {
            if (member.Name != "case") variables[member.Name] = member.Value;
        }

        return variables;
    }
}
