using System.Text.Json;
using Takt.Formats;
using Takt.Models.HuggingFace;
using Takt.Text.Templates;
using Takt.Text.Tokenizers;

namespace Takt;

/// <summary>A model that is opened and not loaded: metadata, mapped tensors, tokenizer and chat template.</summary>
public sealed class ModelSource : IDisposable
{
    private readonly Lazy<ModelFile> _file;
    private readonly Lazy<Tokenizer?> _tokenizer;
    private readonly Lazy<string?> _templateText;
    private readonly Lazy<ChatTemplate?> _template;

    private ModelSource(string path, Func<ModelFile> file, Func<Tokenizer?> tokenizer, Func<string?> template)
    {
        Path = path;
        _file = new Lazy<ModelFile>(file);
        _tokenizer = new Lazy<Tokenizer?>(tokenizer);
        _templateText = new Lazy<string?>(template);
        _template = new Lazy<ChatTemplate?>(() => _templateText.Value is { } text ? ChatTemplate.Parse(text, $"{Path}: chat template") : null);
    }

    /// <summary>The file or folder.</summary>
    public string Path { get; }

    /// <summary>Metadata and tensors under GGUF's names; of a folder they are opened when they are first asked for.</summary>
    /// <exception cref="InvalidDataException">It is damaged or no model that is supported.</exception>
    /// <exception cref="IOException">Weights are missing or cannot be read.</exception>
    public ModelFile File => _file.Value;

    /// <summary>The model's tokenizer, or null; read when it is first asked for.</summary>
    /// <exception cref="InvalidDataException">It is damaged or of a kind that is not supported.</exception>
    public Tokenizer? Tokenizer => _tokenizer.Value;

    /// <summary>The model's chat template, or null; parsed when it is first asked for.</summary>
    /// <exception cref="TemplateException">It is no valid template.</exception>
    public ChatTemplate? ChatTemplate => _template.Value;

    /// <summary>The texts of BOS and EOS, which many templates write: <c>bos_token</c> and <c>eos_token</c>.</summary>
    public IReadOnlyDictionary<string, string> TemplateTokens
    {
        get
        {
            var tokens = new Dictionary<string, string>();
            if (Tokenizer?.BosId is { } bos) tokens["bos_token"] = Tokenizer.TokenText(bos);
            if (Tokenizer?.EosId is { } eos) tokens["eos_token"] = Tokenizer.TokenText(eos);
            return tokens;
        }
    }

    /// <summary>Opens a .gguf, .safetensors or llama2.c .bin file, or a folder in Hugging Face format.</summary>
    /// <exception cref="InvalidDataException">It is damaged or no model that is supported.</exception>
    /// <exception cref="IOException">It is missing or cannot be read.</exception>
    public static ModelSource Open(string path)
    {
        if (HuggingFaceFolder.IsOne(path)) return OpenFolder(path);
        bool weights = path.EndsWith(".safetensors", StringComparison.Ordinal)
            || path.EndsWith(".safetensors.index.json", StringComparison.Ordinal);
        if (weights && System.IO.Path.GetDirectoryName(System.IO.Path.GetFullPath(path)) is { } folder && HuggingFaceFolder.IsOne(folder))
            return OpenFolder(folder);

        ModelFile file = ModelFiles.Open(path);
        var source = new ModelSource(
            path,
            () => file,
            () => file.Metadata.ContainsKey("tokenizer.ggml.model") ? Tokenizer.FromGguf(file.Metadata) : null,
            () => file.Metadata.GetValueOrDefault("tokenizer.chat_template") as string);
        _ = source.File;
        return source;
    }

    /// <summary>All that a GGUF file of this model holds: its metadata with the tokenizer's and the chat template, and its tensors.</summary>
    /// <returns>A view that is valid until this is disposed.</returns>
    public ModelFile ToGguf()
    {
        const string tokenizerModel = "tokenizer.ggml.model", chatTemplate = "tokenizer.chat_template";
        if (File.Metadata.ContainsKey(tokenizerModel) || Tokenizer is null) return File;
        Dictionary<string, object> metadata = new(File.Metadata);
        foreach ((string key, object value) in Tokenizer.ToGgufMetadata()) metadata[key] = value;
        if (_templateText.Value is { } text) metadata[chatTemplate] = text;
        return new ModelFile(Path, metadata, File.Tensors, owner: null);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        if (_file.IsValueCreated) _file.Value.Dispose();
    }

    /// <summary>Renders a conversation up to where the model answers.</summary>
    internal string Render(IReadOnlyList<ChatMessage> messages)
    {
        var variables = new Dictionary<string, object?>
        {
            ["messages"] = messages.Select(m => new Dictionary<string, object?> { ["role"] = m.Role, ["content"] = m.Content }).ToArray(),
            ["add_generation_prompt"] = true,
        };
        foreach ((string name, string text) in TemplateTokens) variables[name] = text;
        return ChatTemplate!.Render(variables);
    }

    private static ModelSource OpenFolder(string path)
    {
        var folder = new HuggingFaceFolder(path);
        string? tokenizer = folder.TokenizerJson ?? folder.SentencePieceModel ?? folder.VocabTxt;
        return new ModelSource(
            path, () => HuggingFaceModel.Open(folder), () => tokenizer is null ? null : Tokenizer.Load(tokenizer), () => FolderTemplate(folder));
    }

    private static string? FolderTemplate(HuggingFaceFolder folder)
    {
        if (folder.ChatTemplate is { } path) return System.IO.File.ReadAllText(path);
        if (folder.ReadObject("tokenizer_config.json")?.TryGetProperty("chat_template", out JsonElement template) is not true) return null;
        // Models with several templates name them.
        return template.ValueKind switch
        {
            JsonValueKind.String => template.GetString(),
            JsonValueKind.Array => template.EnumerateArray().Where(named => Text(named, "name") == "default").Select(named => Text(named, "template")).FirstOrDefault(),
            _ => null,
        };
    }

    private static string? Text(JsonElement value, string name) =>
        value.ValueKind == JsonValueKind.Object && value.TryGetProperty(name, out JsonElement text) && text.ValueKind == JsonValueKind.String
            ? text.GetString()
            : null;
}
