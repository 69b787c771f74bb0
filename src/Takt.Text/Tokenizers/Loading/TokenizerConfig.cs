using System.Text.Json;

namespace Takt.Text.Tokenizers.Loading;

/// <summary>What a <c>tokenizer_config.json</c> says beside a tokenizer: which tokens have a role, and what is added.</summary>
internal sealed class TokenizerConfig
{
    private readonly JsonElement _root;

    private TokenizerConfig(JsonElement root) => _root = root;

    public static TokenizerConfig None { get; } = new(default);

    public bool? AddBos => Flag("add_bos_token");

    public bool? AddEos => Flag("add_eos_token");

    public bool? Lowercase => Flag("do_lower_case");

    /// <summary>The file beside <paramref name="path"/>, or nothing.</summary>
    public static TokenizerConfig Beside(string path)
    {
        string file = Path.Combine(Path.GetDirectoryName(Path.GetFullPath(path))!, "tokenizer_config.json");
        if (!File.Exists(file)) return None;
        try
        {
            using JsonDocument document = JsonDocument.Parse(File.ReadAllBytes(file));
            return new TokenizerConfig(document.RootElement.Clone());
        }
        catch (JsonException error)
        {
            throw new InvalidDataException($"{file} is not valid JSON: {error.Message}", error);
        }
    }

    /// <summary>The text of the token with a role such as <c>bos_token</c>.</summary>
    public string? Token(string role) => _root.Text(role) ?? _root.Part(role)?.Text("content");

    private bool? Flag(string name) => _root.Part(name)?.ValueKind switch
    {
        JsonValueKind.True => true,
        JsonValueKind.False => false,
        _ => null,
    };
}
