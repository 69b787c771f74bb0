using System.Text.Json;
using Takt.Cli.Shell;
using Takt.Formats;
using Takt.Models;

namespace Takt.Cli.Commands;

/// <summary>The facts of <c>takt inspect</c> as one JSON object.</summary>
internal static class InspectJson
{
    // A vocabulary of 100,000 words is no fact that anybody reads here; its size is.
    private const int LongestArray = 64;

    /// <summary>Writes the object.</summary>
    public static void Write(ModelFacts facts, Terminal terminal) => JsonOutput.WriteLine(terminal, json =>
    {
        json.WriteStartObject();
        json.WriteString("path", facts.File.Path);
        json.WriteString("name", facts.Name);
        json.WriteString("architecture", facts.Architecture);
        json.WriteNumber("parameters", facts.Parameters);
        json.WriteNumber("weight_bytes", facts.WeightBytes);
        json.WriteNumber("bits_per_weight", facts.BitsPerWeight);
        json.WriteBoolean("chat_template", facts.HasTemplate);
        WriteConfig(json, facts);
        WriteMemory(json, facts);
        json.WriteStartObject("metadata");
        foreach ((string key, object value) in facts.File.Metadata)
        {
            json.WritePropertyName(key);
            WriteValue(json, value);
        }

        json.WriteEndObject();
        WriteTensors(json, facts);
        json.WriteEndObject();
    });

    private static void WriteConfig(Utf8JsonWriter json, ModelFacts facts)
    {
        if (facts.Config is not { } config)
        {
            json.WriteNull("config");
            json.WriteString("problem", facts.Problem);
            return;
        }

        json.WriteStartObject("config");
        json.WriteNumber("context_length", config.ContextLength);
        json.WriteNumber("vocabulary_size", config.VocabularySize);
        json.WriteNumber("layers", config.Layers.Count);
        json.WriteNumber("hidden_size", config.HiddenSize);
        json.WriteNumber("feed_forward_size", config.FeedForwardSize);
        json.WriteNumber("heads", config.Heads);
        json.WriteNumber("kv_heads", config.KvHeads);
        json.WriteNumber("head_size", config.HeadSize);
        json.WriteNumber("experts", config.Experts);
        json.WriteNumber("experts_used", config.ExpertsUsed);
        json.WriteEndObject();
    }

    private static void WriteMemory(Utf8JsonWriter json, ModelFacts facts)
    {
        if (facts.Config is null) return;
        json.WriteStartObject("memory");
        json.WriteNumber("context", facts.Context);
        json.WriteNumber("weight_bytes", facts.WeightBytes);
        json.WriteNumber("kv_bytes", facts.KvBytes);
        json.WriteNumber("total_bytes", facts.WeightBytes + facts.KvBytes);
        json.WriteNumber("packed_file_bytes", facts.Kept?.Bytes ?? 0);
        json.WriteEndObject();
    }

    private static void WriteTensors(Utf8JsonWriter json, ModelFacts facts)
    {
        json.WriteStartArray("tensors");
        foreach (Tensor tensor in facts.File.Tensors)
        {
            json.WriteStartObject();
            json.WriteString("name", tensor.Name);
            json.WriteString("type", tensor.Type.Name());
            json.WriteStartArray("shape");
            foreach (long length in tensor.Shape) json.WriteNumberValue(length);
            json.WriteEndArray();
            json.WriteNumber("bytes", tensor.ByteLength);
            json.WriteEndObject();
        }

        json.WriteEndArray();
    }

    private static void WriteValue(Utf8JsonWriter json, object value)
    {
        switch (value)
        {
            case string text: json.WriteStringValue(text); break;
            case bool flag: json.WriteBooleanValue(flag); break;
            // JSON has no infinities.
            case float number when float.IsFinite(number): json.WriteNumberValue(number); break;
            case double number when double.IsFinite(number): json.WriteNumberValue(number); break;
            case float or double: json.WriteNullValue(); break;
            case ulong number: json.WriteNumberValue(number); break;
            case Array { Length: <= LongestArray } array:
                json.WriteStartArray();
                foreach (object item in array) WriteValue(json, item);
                json.WriteEndArray();
                break;
            case Array array:
                json.WriteStartObject();
                json.WriteNumber("count", array.Length);
                json.WriteEndObject();
                break;
            default: json.WriteNumberValue(Convert.ToInt64(value, System.Globalization.CultureInfo.InvariantCulture)); break;
        }
    }
}
