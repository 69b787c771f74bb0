using System.Text.Json;
using Takt.Formats.Safetensors;

namespace Takt.Formats;

/// <summary>A model as Hugging Face publishes it: a folder with <c>config.json</c>, tokenizer files and safetensors weights.</summary>
public sealed class HuggingFaceFolder
{
    private const string ConfigName = "config.json";

    /// <summary>Reads the configuration; weights are opened by <see cref="OpenTensors"/>.</summary>
    /// <exception cref="FileNotFoundException">There is no config.json.</exception>
    /// <exception cref="InvalidDataException">A configuration is not a JSON object.</exception>
    public HuggingFaceFolder(string path)
    {
        Path = path;
        string config = Find(ConfigName) ?? throw new FileNotFoundException(
            $"{path}: has no {ConfigName}; give the folder of a Hugging Face model with its {ConfigName}.", System.IO.Path.Combine(path, ConfigName));
        Config = JsonFile.ReadObject(config);
        GenerationConfig = ReadObject("generation_config.json");
    }

    /// <summary>The folder.</summary>
    public string Path { get; }

    /// <summary>The object in config.json.</summary>
    public JsonElement Config { get; }

    /// <summary>The object in generation_config.json, or null.</summary>
    public JsonElement? GenerationConfig { get; }

    /// <summary>The path of tokenizer.json, or null.</summary>
    public string? TokenizerJson => Find("tokenizer.json");

    /// <summary>The path of tokenizer_config.json, or null.</summary>
    public string? TokenizerConfig => Find("tokenizer_config.json");

    /// <summary>The path of special_tokens_map.json, or null.</summary>
    public string? SpecialTokensMap => Find("special_tokens_map.json");

    /// <summary>The path of the SentencePiece model under one of its usual names, or null.</summary>
    public string? SentencePieceModel => Find("tokenizer.model") ?? Find("spiece.model") ?? Find("sentencepiece.bpe.model");

    /// <summary>The path of WordPiece's vocab.txt, or null.</summary>
    public string? VocabTxt => Find("vocab.txt");

    /// <summary>The path of chat_template.jinja, or null (older models keep the template in tokenizer_config.json).</summary>
    public string? ChatTemplate => Find("chat_template.jinja");

    /// <summary>Whether the path is a folder with a config.json.</summary>
    public static bool IsOne(string path) => File.Exists(System.IO.Path.Combine(path, ConfigName));

    /// <summary>The path of a file in the folder, or null where it is not there.</summary>
    public string? Find(string name)
    {
        string path = System.IO.Path.Combine(Path, name);
        return File.Exists(path) ? path : null;
    }

    /// <summary>The object in a JSON file of the folder, or null where the file is not there.</summary>
    /// <exception cref="InvalidDataException">It is not a JSON object.</exception>
    public JsonElement? ReadObject(string name) => Find(name) is { } path ? JsonFile.ReadObject(path) : null;

    /// <summary>Opens the model as it is stored: the keys of config.json as metadata, and the tensors of <see cref="OpenTensors"/>.</summary>
    /// <inheritdoc cref="OpenTensors"/>
    public ModelFile OpenAsStored()
    {
        var metadata = new Dictionary<string, object>();
        foreach (JsonProperty member in Config.EnumerateObject())
        {
            metadata[member.Name] = member.Value.ValueKind switch
            {
                JsonValueKind.String => member.Value.GetString()!,
                JsonValueKind.True or JsonValueKind.False => member.Value.GetBoolean(),
                JsonValueKind.Number => member.Value.TryGetInt64(out long whole) ? whole : member.Value.GetDouble(),
                _ => member.Value.GetRawText(),
            };
        }

        ModelFile tensors = OpenTensors();
        return new ModelFile(Path, metadata, tensors.Tensors, tensors);
    }

    /// <summary>Opens the weights, from one safetensors file or several; names and layout are Hugging Face's.</summary>
    /// <exception cref="FileNotFoundException">There are no safetensors weights, or a part is missing.</exception>
    /// <exception cref="InvalidDataException">A file is damaged.</exception>
    public ModelFile OpenTensors()
    {
        string? path = Find("model.safetensors") ?? Find("model" + SafetensorsReader.IndexSuffix);
        if (path is not null) return SafetensorsReader.Open(path);
        string found = Directory.GetFiles(Path, "*.bin").Concat(Directory.GetFiles(Path, "*.pt*")).FirstOrDefault() is { } other
            ? $"only {System.IO.Path.GetFileName(other)}, perhaps PyTorch weights, which are programs rather than data and are not loaded"
            : "no weights";
        throw new FileNotFoundException(
            $"{Path}: holds {found}; model.safetensors or model{SafetensorsReader.IndexSuffix} was expected. "
            + "Download the safetensors version, or convert it with save_pretrained(safe_serialization=True).",
            System.IO.Path.Combine(Path, "model.safetensors"));
    }
}
