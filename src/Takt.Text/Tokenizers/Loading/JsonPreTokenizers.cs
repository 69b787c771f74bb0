using System.Text.Json;
using Takt.Text.Tokenizers.Patterns;
using Takt.Text.Tokenizers.PreTokenization;

namespace Takt.Text.Tokenizers.Loading;

/// <summary>Builds tokenizer.json's pre-tokenizers.</summary>
internal sealed class JsonPreTokenizers
{
    private readonly List<PreTokenizer> _steps = [];

    private JsonPreTokenizers()
    {
    }

    /// <summary>Text is cut last as bytes: the model is byte-level.</summary>
    public bool ByteLevel { get; private set; }

    /// <summary>Steps follow after the text was spelled as bytes, so it is spelled in between and the model sees characters.</summary>
    public bool Spelled { get; private set; }

    /// <summary>The isolating patterns, if there is nothing else.</summary>
    public List<string>? Patterns { get; private set; } = [];

    public PreTokenizer? PreTokenizer => _steps.Count == 0 ? null : new PreTokenizerSequence(_steps);

    public static JsonPreTokenizers Read(JsonElement? part)
    {
        var reader = new JsonPreTokenizers();
        if (part is { } root) reader.Add(root);
        return reader;
    }

    private void Add(JsonElement part)
    {
        string kind = part.Kind();
        if (kind == "Sequence")
        {
            foreach (JsonElement item in part.Items("pretokenizers")) Add(item);
            return;
        }

        if (ByteLevel && !Spelled)
        {
            _steps.Add(new SpellBytes());
            (Spelled, Patterns) = (true, null);
        }

        if (kind == "ByteLevel") AddByteLevel(part);
        else if (kind == "Split") AddSplit(part);
        else
        {
            _steps.Add(Simple(kind, part));
            // Single digits are what the patterns of llama.cpp's families write as \p{N}.
            if (kind == "Digits" && part.Flag("individual_digits", false)) Patterns?.Add(@"\p{N}");
            else Patterns = null;
        }
    }

    private void AddByteLevel(JsonElement part)
    {
        ByteLevel = true;
        if (part.Flag("add_prefix_space", true))
        {
            _steps.Add(new PrefixSpace());
            Patterns = null;
        }

        if (!part.Flag("use_regex", true)) return;
        _steps.Add(Split(PreTokenizerFamily.Gpt2Pattern));
        Patterns?.Add(PreTokenizerFamily.Gpt2Pattern);
    }

    private void AddSplit(JsonElement part)
    {
        JsonElement pattern = part.Part("pattern") ?? default;
        string source = pattern.Text("Regex") ?? Escape(pattern.NeedText("String"));
        SplitBehavior behavior = Behavior(part);
        bool invert = part.Flag("invert", false);
        _steps.Add(new PatternSplit(new Pattern(source), behavior, invert));
        if (behavior == SplitBehavior.Isolated && !invert) Patterns?.Add(source);
        else Patterns = null;
    }

    private static PreTokenizer Simple(string kind, JsonElement part) => kind switch
    {
        "Digits" => Split(part.Flag("individual_digits", false) ? @"\p{N}" : @"\p{N}+"),
        "Punctuation" => new PatternSplit(new Pattern(@"[!-/:-@\[-`{-~\p{P}]"), Behavior(part), invert: false),
        "Whitespace" => new PatternSplit(new Pattern(@"\w+|[^\w\s]+"), SplitBehavior.Removed, invert: true),
        "WhitespaceSplit" => new PatternSplit(new Pattern(@"\s+"), SplitBehavior.Removed, invert: false),
        "CharDelimiterSplit" => new PatternSplit(new Pattern(Escape(part.NeedText("delimiter"))), SplitBehavior.Removed, invert: false),
        "BertPreTokenizer" => new BertWords(),
        "Metaspace" => ReadMetaspace(part),
        _ => throw JsonParts.Unsupported("pre-tokenizer", kind,
            "ByteLevel, Split, Digits, Punctuation, Whitespace, WhitespaceSplit, CharDelimiterSplit, BertPreTokenizer, Metaspace and Sequence"),
    };

    private static PatternSplit Split(string pattern) => new(new Pattern(pattern), SplitBehavior.Isolated, invert: false);

    private static Metaspace ReadMetaspace(JsonElement part)
    {
        string mark = part.Text("replacement") ?? "\u2581";
        string scheme = part.Text("prepend_scheme") ?? (part.Flag("add_prefix_space", true) ? "always" : "never");
        if (mark.Length != 1 || !Enum.TryParse(scheme, ignoreCase: true, out PrependScheme prepend))
            throw JsonParts.Error(
                $"Metaspace has the replacement '{mark}' and the prepend scheme '{scheme}'; expected one character and first, never or always.");
        return new Metaspace(mark[0], prepend, part.Flag("split", true));
    }

    private static SplitBehavior Behavior(JsonElement part) =>
        Enum.TryParse(part.Text("behavior") ?? "Isolated", ignoreCase: true, out SplitBehavior behavior)
            ? behavior
            : throw JsonParts.Unsupported("split behaviour", part.Text("behavior")!, string.Join(", ", Enum.GetNames<SplitBehavior>()));

    private static string Escape(string text) =>
        string.Concat(text.Select(c => char.IsAsciiLetterOrDigit(c) || c > 127 ? c.ToString() : "\\" + c));
}
