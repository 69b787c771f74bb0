using Takt.Text.Tokenizers.Patterns;
using Takt.Text.Tokenizers.PreTokenization;

namespace Takt.Text.Tokenizers.Loading;

/// <summary>How a family of models cuts text for BPE; GGUF names it in <c>tokenizer.ggml.pre</c>.</summary>
/// <param name="Patterns">Applied one after the other, each cutting out its matches.</param>
/// <param name="WholeWordsFirst">A word that is a token is taken whole.</param>
/// <param name="AddBos">BOS is added unless the file says otherwise.</param>
/// <param name="EscapeSpaces">Tokens are not byte-level but spelled with U+2581 for spaces.</param>
internal sealed record PreTokenizerFamily(string[] Patterns, bool WholeWordsFirst = false, bool AddBos = false, bool EscapeSpaces = false)
{
    /// <summary>GPT-2's pattern.</summary>
    public const string Gpt2Pattern = @"'s|'t|'re|'ve|'m|'ll|'d| ?\p{L}+| ?\p{N}+| ?[^\s\p{L}\p{N}]+|\s+(?!\S)|\s+";

    private const string Contractions = "(?:'[sS]|'[tT]|'[rR][eE]|'[vV][eE]|'[mM]|'[lL][lL]|'[dD])";
    private const string FoldedContractions = "(?i:'s|'t|'re|'ve|'m|'ll|'d)";
    private const string Words = @"[^\r\n\p{L}\p{N}]?\p{L}+|";
    private const string Spaces = @"|\s*[\r\n]+|\s+(?!\S)|\s+";
    private const string Tail = @"| ?[^\s\p{L}\p{N}]+[\r\n]*" + Spaces;
    private const string CasedWords =
        @"[^\r\n\p{L}\p{N}]?[\p{Lu}\p{Lt}\p{Lm}\p{Lo}\p{M}]*[\p{Ll}\p{Lm}\p{Lo}\p{M}]+{0}|" +
        @"[^\r\n\p{L}\p{N}]?[\p{Lu}\p{Lt}\p{Lm}\p{Lo}\p{M}]+[\p{Ll}\p{Lm}\p{Lo}\p{M}]*{0}|";
    private const string CasedTail = @"| ?[^\s\p{L}\p{N}]+[\r\n/]*" + Spaces;
    private const string DeepSeekWords =
        "[!\"#$%&'()*+,\\-./:;<=>?@\\[\\\\\\]^_`{|}~][A-Za-z]+|" +
        "[^\r\n\\p{L}\\p{P}\\p{S}]?[\\p{L}\\p{M}]+| ?[\\p{P}\\p{S}]+[\r\n]*|\\s*[\r\n]+|\\s+(?!\\S)|\\s+";
    private const string CaseLetters =
        @"A-Za-z\u00B5\u00C0-\u00D6\u00D8-\u00F6\u00F8-\u01BA\u01BC-\u01BF\u01C4-\u0293\u0295-\u02AF\u0370-\u0373\u0376\u0377" +
        @"\u037B-\u037D\u037F\u0386\u0388-\u038A\u038C\u038E-\u03A1\u03A3-\u03F5\u03F7-\u0481\u048A-\u052F\u0531-\u0556\u10A0-\u10C5" +
        @"\u13A0-\u13F5\u13F8-\u13FD\u1C90-\u1CBA\u1CBD-\u1CBF\u1D00-\u1D2B\u1D6B-\u1D77\u1D79-\u1D9A\u1E00-\u1F15\u1F18-\u1F1D" +
        @"\u1F20-\u1F45\u1F48-\u1F4D\u1F50-\u1F57\u1F59\u1F5B\u1F5D\u1F5F-\u1F7D\u1F80-\u1FB4\u1FB6-\u1FBC\u1FBE\u1FC2-\u1FC4" +
        @"\u1FC6-\u1FCC\u1FD0-\u1FD3\u1FD6-\u1FDB\u1FE0-\u1FEC\u1FF2-\u1FF4\u1FF6-\u1FFC\u2102\u2107\u210A-\u2113\u2115\u2119-\u211D" +
        @"\u2124\u2126\u2128\u212A-\u212D\u212F-\u2134\u2139\u213C-\u213F\u2145-\u2149\u214E\u2183\u2184\u2C00-\u2C7B\u2C7E-\u2CE4" +
        @"\u2CEB-\u2CEE\u2CF2\u2CF3\uA640-\uA66D\uA680-\uA69B\uA722-\uA76F\uA771-\uA787\uA78B-\uA78E\uAB70-\uABBF\uFB00-\uFB06" +
        @"\uFB13-\uFB17\uFF21-\uFF3A\uFF41-\uFF5A\x{10400}-\x{1044F}\x{104B0}-\x{104D3}\x{104D8}-\x{104FB}\x{10C80}-\x{10CB2}" +
        @"\x{10CC0}-\x{10CF2}\x{118A0}-\x{118DF}\x{1E900}-\x{1E943}";

    private static readonly PreTokenizerFamily Gpt2 = new([Gpt2Pattern]);
    private static readonly PreTokenizerFamily Digits = new([@"\p{N}", Gpt2Pattern]);
    private static readonly PreTokenizerFamily Llama3 = new([Contractions + "|" + Words + @"\p{N}{1,3}" + Tail]);
    private static readonly PreTokenizerFamily Qwen2 = new([Contractions + "|" + Words + @"\p{N}" + Tail]);
    private static readonly PreTokenizerFamily Gpt4O = new([Cased(Contractions + "?") + @"\p{N}{1,3}" + CasedTail]);
    private static readonly PreTokenizerFamily DeepSeek = new([@"\p{N}{1,3}", "[一-龥぀-ゟ゠-ヿ]+", DeepSeekWords]);
    private static readonly PreTokenizerFamily Bloom = new([@" ?[^(\s|.,!?…。，、।۔،)]+"]);
    private static readonly PreTokenizerFamily Lines = new([@"[^\n]+|[\n]+"], EscapeSpaces: true);

    /// <summary>The family of a file that names none.</summary>
    public static PreTokenizerFamily Default { get; } = new([@"[\p{P}\$\+<=>\^~\|]+", Gpt2Pattern, @"\p{N}+", "[0-9][0-9][0-9]"]);

    private static readonly Dictionary<string, PreTokenizerFamily> ByName = new()
    {
        ["default"] = Default,
        ["llama-bpe"] = Llama3 with { WholeWordsFirst = true, AddBos = true },
        ["dbrx"] = Llama3,
        ["smaug-bpe"] = Llama3,
        ["chatglm-bpe"] = Llama3,
        ["qwen2"] = Qwen2,
        ["stablelm2"] = Qwen2,
        ["hunyuan"] = Qwen2,
        ["solar-open"] = Qwen2,
        ["grok-2"] = Qwen2,
        ["qwen35"] = new([Contractions + @"|[^\r\n\p{L}\p{N}]?[\p{L}\p{M}]+|\p{N}| ?[^\s\p{L}\p{M}\p{N}]+[\r\n]*" + Spaces]),
        ["ufakzeka"] = new([Words + @"\p{N}" + Tail]),
        ["seed-coder"] = new([Contractions + "|" + Words + @"\p{N}{1}| ?[^\s\p{L}\p{N}\r\n]+" + Spaces]),
        ["minicpm5"] = new([@"\p{N}{1,3}", Contractions + "|" + Words + @"\p{N}+" + Tail], WholeWordsFirst: true),
        ["exaone-moe"] = new([
            Contractions + @"|[^\r\n\p{L}\p{N}]?(?:\p{L}\p{M}*(?: \p{L}\p{M}*)*)+|\p{N}| ?[^\s\p{L}\p{N}]+[\r\n/]?|\s*[\r\n]|\s+(?!\S)|\s+",
        ]),
        ["laguna"] = new([@"[^\n]+|[\n]+", Contractions + "|" + Words + @"\p{N}" + Tail]),
        ["jais-2"] = new([
            Contractions + "|" + Words + @"\p{N}{1,3}| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s{512}(?!\S)|\s{256}(?!\S)|\s{128}(?!\S)" +
            @"|\s{64}(?!\S)|\s{32}(?!\S)|\s{16}(?!\S)|\s{8}(?!\S)|\s{4}(?!\S)|\s{1,2}(?!\S)|\s{1}",
        ]),
        ["gpt-2"] = Gpt2,
        ["mpt"] = Gpt2,
        ["olmo"] = Gpt2,
        ["jais"] = Gpt2,
        ["trillion"] = Gpt2,
        ["granite-docling"] = Gpt2,
        ["starcoder"] = Digits,
        ["refact"] = Digits,
        ["command-r"] = Digits,
        ["smollm"] = Digits,
        ["codeshell"] = Digits,
        ["exaone"] = Digits,
        ["minerva-7b"] = Digits,
        ["mellum2"] = Digits,
        ["falcon"] = new([@"[\p{P}\$\+<=>\^~\|`]+", Gpt2Pattern, "[0-9][0-9][0-9]"]),
        ["chameleon"] = new(
            ["<sentinel:[0-9]+>", "(IMGIMG)((A|B|C|D|E|F|G|H|I){1,4})Z", @"([\t\n]|    |  )", @"\p{N}", @"[\p{P}!-/:-@\[-`{-~]", Gpt2Pattern],
            AddBos: true),
        ["deepseek-llm"] = new([
            "[\r\n]", $@"\s?[{CaseLetters}]+", @"\s?[!-/:-~！-／：-～‘-‟　-。]+", @"\s+$", "[一-龥ࠀ-一가-퟿]+", @"\p{N}+",
        ]),
        ["deepseek-coder"] = new(["[\r\n]", @"\s?\p{L}+", @"\s?\p{P}+", "[一-龥ࠀ-一가-퟿]+", @"\p{N}"]),
        ["deepseek-v3"] = DeepSeek,
        ["hunyuan-dense"] = DeepSeek,
        ["joyai-llm"] = DeepSeek,
        ["hy_v4"] = DeepSeek,
        ["spark2_5"] = new([
            .. DeepSeek.Patterns[..2], DeepSeekWords.Replace("[\r\n]*|\\s*[\r\n]+|", "|[\r\n]|", StringComparison.Ordinal), @"\p{N}",
        ]),
        ["youtu"] = new(
            ["[가-힣ㄱ-ㆎ]+|[！…“”‘’—：；，、-〿︰-﹏]+|[ㄅ-ㄯ]+|[一-龥぀-ゟ゠-ヿ]+", Cased(Contractions + "?") + @"\p{N}" + CasedTail],
            WholeWordsFirst: true),
        ["bloom"] = Bloom,
        ["poro-chat"] = Bloom,
        ["gpt3-finnish"] = Bloom,
        ["viking"] = new([.. Bloom.Patterns, @"\p{N}"]),
        ["tekken"] = new([Cased("") + @"\p{N}" + CasedTail], WholeWordsFirst: true, AddBos: true),
        ["gpt-4o"] = Gpt4O,
        ["minimax-m2"] = Gpt4O,
        ["granite-embed-multi-97m"] = Gpt4O with { WholeWordsFirst = true },
        ["tiny_aya"] = new([@"\d{1,3}(?=(?:\d{3})*\b)", .. Gpt4O.Patterns]),
        ["superbpe"] = new([@"\p{N}+", @"(?=(\d{3})+(?!\d))"]),
        ["bailingmoe"] = new([
            "'(?:[sSdDmMtT]|[lL][lL]|[vV][eE]|[rR][eE])|" + Words + @"\p{N}| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]|\s+(?!\S)|\s+",
        ]),
        ["gemma4"] = Lines with { AddBos = true },
        ["sarvam-moe"] = Lines,
    };

    private static readonly Dictionary<string, string> Aliases = new Dictionary<string, string[]>
    {
        ["llama-bpe"] = ["llama3", "llama-v3", "falcon3", "falcon-h1", "pixtral", "midm-2.0", "lfm2", "jina-v5-nano"],
        ["gpt-2"] =
        [
            "phi-2", "jina-es", "jina-de", "gigachat", "jina-v2-es", "jina-v2-de", "a.x-4.0", "mellum", "modern-bert", "exaone4",
            "jina-v1-en", "jina-v2-code", "roberta-bpe",
        ],
        ["qwen2"] = ["deepseek-r1-qwen", "kormo", "f2llmv2", "megrez"],
        ["chatglm-bpe"] = ["glm4"],
        ["gpt-4o"] = ["llama4", "kanana2", "talkie"],
        ["tiny_aya"] = ["cohere2moe"],
        ["bailingmoe"] = ["bailingmoe2", "llada-moe"],
        ["gemma4"] = ["granite-embed-multi-311m"],
    }.SelectMany(a => a.Value, (a, alias) => (alias, a.Key)).ToDictionary(p => p.alias, p => p.Key);

    /// <summary>What tokenizer.json files write for a family's patterns, in their own spelling.</summary>
    private static readonly Dictionary<string, string> ByPatterns = new()
    {
        [Gpt2Pattern] = "gpt-2",
        [FoldedContractions + "|" + Words + @"\p{N}{1,3}" + Tail] = "llama-bpe",
        [FoldedContractions + "|" + Words + @"\p{N}" + Tail] = "qwen2",
        [@"\p{N}" + "\0" + Gpt2Pattern] = "smollm",
        [Cased(FoldedContractions + "?") + @"\p{N}{1,3}" + CasedTail] = "gpt-4o",
        [Cased("") + @"\p{N}" + CasedTail] = "tekken",
        [string.Join('\0', DeepSeek.Patterns)] = "deepseek-v3",
    };

    /// <summary>The family of a name.</summary>
    /// <exception cref="InvalidDataException">The name is not known.</exception>
    public static PreTokenizerFamily Of(string name) =>
        ByName.TryGetValue(Aliases.GetValueOrDefault(name, name), out PreTokenizerFamily? family)
        ? family
        : throw new InvalidDataException(
            $"tokenizer.ggml.pre is '{name}', which is not supported. Known are: {string.Join(", ", ByName.Keys.Concat(Aliases.Keys).Order())}.");

    /// <summary>GGUF's name for a list of patterns, or null.</summary>
    public static string? NameOf(IEnumerable<string> patterns) => ByPatterns.GetValueOrDefault(string.Join('\0', patterns));

    /// <summary>The pre-tokenizer of this family.</summary>
    public PreTokenizer Create() =>
        new PreTokenizerSequence([.. Patterns.Select(p => new PatternSplit(new Pattern(p), SplitBehavior.Isolated, invert: false))]);

    private static string Cased(string contractions) => CasedWords.Replace("{0}", contractions, StringComparison.Ordinal);
}
