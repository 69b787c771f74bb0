using System.Text.Json;

namespace Takt.Text.Tokenizers.Loading;

/// <summary>Reads what tokenizer.json's post-processor puts around texts.</summary>
internal static class JsonTemplates
{
    /// <summary>The template, or null if nothing is put around.</summary>
    public static Template? Read(JsonElement part)
    {
        string kind = part.Kind();
        switch (kind)
        {
            case "ByteLevel": return null;
            case "Sequence": return part.Items("processors").Select(Read).LastOrDefault(t => t is not null);
            case "BertProcessing" or "RobertaProcessing":
                return Template.Encoder(Pair(part, "cls"), Pair(part, "sep"), roberta: kind == "RobertaProcessing");
            case "TemplateProcessing":
                return new Template(Items(part, "single"), Items(part, "pair"));
            default:
                throw JsonParts.Unsupported("post-processor", kind, "ByteLevel, TemplateProcessing, BertProcessing, RobertaProcessing and Sequence");
        }
    }

    private static int Pair(JsonElement part, string name)
    {
        JsonElement[] pair = [.. part.Items(name)];
        return pair.Length == 2 && pair[1].ValueKind == JsonValueKind.Number && pair[1].TryGetInt32(out int id)
            ? id
            : throw JsonParts.Error($"the post-processor's '{name}' is not a pair of a text and an id.");
    }

    private static List<TemplateItem> Items(JsonElement part, string name)
    {
        List<TemplateItem> items = [];
        foreach (JsonElement item in part.Items(name))
        {
            if (item.Part("Sequence") is { } sequence)
            {
                int place = sequence.Text("id") == "B" ? TemplateItem.Second : TemplateItem.First;
                items.Add(new TemplateItem(place, sequence.Number("type_id", 0)));
                continue;
            }

            JsonElement token = item.Part("SpecialToken")
                ?? throw JsonParts.Error($"the template '{name}' has an item that is neither a text nor a token.");
            string text = token.NeedText("id");
            JsonElement known = part.Part("special_tokens")?.Part(text)
                ?? throw JsonParts.Error($"the template names the token '{text}' without its ids.");
            foreach (JsonElement id in known.Items("ids"))
            {
                if (id.ValueKind != JsonValueKind.Number || !id.TryGetInt32(out int value) || value < 0)
                    throw JsonParts.Error($"an id of the template's token '{text}' is not a whole number.");
                items.Add(new TemplateItem(value, token.Number("type_id", 0)));
            }
        }

        return items;
    }
}
