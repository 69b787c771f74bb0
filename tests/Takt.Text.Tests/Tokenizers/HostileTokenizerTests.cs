using System.Text;
using Takt.Text.Tokenizers;
using Takt.Text.Tokenizers.Loading;

namespace Takt.Text.Tests.Tokenizers;

/// <summary>Damaged and hostile files: a clear error or a working tokenizer, nothing else, and little memory.</summary>
public class HostileTokenizerTests
{
    private const long MaxAllocation = 64 << 20;
    private const string Bpe = """
        {"type":"BPE","unk_token":"<unk>","continuing_subword_prefix":"","end_of_word_suffix":"","fuse_unk":true,"byte_fallback":true,
         "ignore_merges":false,"vocab":{"<unk>":0,"a":1,"b":2,"ab":3,"▁":4,"▁ab":5},"merges":["a b",["▁","ab"]]}
        """;

    private const string Sequence = """
        {"type":"Sequence","pretokenizers":[{"type":"Split","pattern":{"Regex":"(?i:'s|'t)|[^\\r\\n\\p{L}]?\\p{L}+|\\p{N}{1,3}|\\s+(?!\\S)|\\s+"},
         "behavior":"Isolated","invert":false},{"type":"Digits","individual_digits":true},{"type":"Punctuation","behavior":"Contiguous"},
         {"type":"Metaspace","replacement":"▁","prepend_scheme":"first","split":true}]}
        """;

    private const string Rules = """
        {"type":"Sequence","normalizers":[{"type":"NFKC"},{"type":"Replace","pattern":{"Regex":" {2,}"},"content":" "},{"type":"Prepend","prepend":"▁"},
         {"type":"Strip","strip_left":true,"strip_right":true},{"type":"Lowercase"},{"type":"StripAccents"},{"type":"Precompiled","precompiled_charsmap":"CAAAAAAAAAAAAAAAYQA="}]}
        """;

    private const string Decoders = """
        {"type":"Sequence","decoders":[{"type":"Replace","pattern":{"String":"▁"},"content":" "},{"type":"ByteFallback"},{"type":"Fuse"},
         {"type":"Strip","content":" ","start":1,"stop":0}]}
        """;

    private const string Post = """
        {"type":"TemplateProcessing","single":[{"SpecialToken":{"id":"<s>","type_id":0}},{"Sequence":{"id":"A","type_id":0}}],
         "pair":[{"Sequence":{"id":"A","type_id":0}},{"Sequence":{"id":"B","type_id":1}}],"special_tokens":{"<s>":{"id":"<s>","ids":[6],"tokens":["<s>"]}}}
        """;

    private const string Added = """
        [{"id":6,"content":"<s>","single_word":false,"lstrip":true,"rstrip":true,"normalized":false,"special":true},
         {"id":7,"content":"word","single_word":true,"lstrip":false,"rstrip":false,"normalized":true,"special":false}]
        """;

    private static readonly string[] Jsons =
    [
        Samples.Json(Bpe, Rules, Sequence, Decoders, Post, Added),
        Samples.Json("""{"type":"Unigram","unk_id":0,"vocab":[["<unk>",0],["▁a",-1.5],["b",-2],["ab",-3]],"byte_fallback":false}""", Rules, """{"type":"Metaspace"}""", """{"type":"Metaspace"}"""),
        Samples.Json(Samples.Words("a", "##b", "ab"), """{"type":"BertNormalizer"}""", """{"type":"BertPreTokenizer"}""", """{"type":"WordPiece"}""", """{"type":"BertProcessing","sep":["a",1],"cls":["ab",3]}"""),
        Samples.Json(Bpe, null, """{"type":"ByteLevel","add_prefix_space":true,"use_regex":true}""", """{"type":"ByteLevel"}""", null, Added),
    ];

    [Fact]
    public void Mutated_tokenizer_json()
    {
        var random = new Random(1);
        for (int i = 0; i < 2400; i++)
            Try(() => TokenizerJsonReader.Parts(Mutate(Encoding.UTF8.GetBytes(Jsons[i % Jsons.Length]), random), TokenizerConfig.None), i);
    }

    [Fact]
    public void Mutated_sentencepiece_models()
    {
        var random = new Random(2);
        byte[][] models = [Samples.SentencePieceModel(type: 1), Samples.SentencePieceModel(type: 2)];
        for (int i = 0; i < 1200; i++) Try(() => SentencePieceReader.Parts(Mutate(models[i % 2], random)), i);
    }

    [Fact]
    public void Mutated_vocabulary_files()
    {
        var random = new Random(3);
        byte[] file = Encoding.UTF8.GetBytes(string.Join('\n', Samples.WordPieceVocabulary));
        for (int i = 0; i < 400; i++) Try(() => VocabTxtReader.Parts(Mutate(file, random), null), i);
    }

    [Fact]
    public void Mutated_gguf_metadata()
    {
        var random = new Random(4);
        Dictionary<string, object>[] sources =
        [
            Samples.ByteLevel(), Samples.SentencePieceGguf("llama"), Samples.SentencePieceGguf("t5"),
            new Tokenizer(VocabTxtReader.Parts(Encoding.UTF8.GetBytes(string.Join('\n', Samples.WordPieceVocabulary)), true)).ToGgufMetadata(),
        ];
        for (int i = 0; i < 1000; i++)
        {
            Dictionary<string, object> metadata = new(sources[i % sources.Length]);
            string key = metadata.Keys.ElementAt(random.Next(metadata.Count));
            if (random.Next(4) == 0) metadata.Remove(key);
            else metadata[key] = MutateValue(metadata[key], random);
            Use(() => Tokenizer.FromGguf(metadata), i);
        }
    }

    [Theory]
    [InlineData("{\"model\":{\"type\":\"BPE\",\"vocab\":{\"a\":2000000000},\"merges\":[]}}", "2000000000")]
    [InlineData("{\"model\":{\"type\":\"BPE\",\"vocab\":{\"a\":0,\"b\":1},\"merges\":[\"a c\"]}}", "a c")]
    [InlineData("{\"model\":{\"type\":\"BPE\",\"vocab\":{\"a\":0,\"b\":1},\"merges\":[\"a b\"]}}", "'ab'")]
    [InlineData("{\"model\":{\"type\":\"BPE\",\"vocab\":{\"a\":0},\"merges\":[[\"a\"]]}}", "pair")]
    [InlineData("{\"model\":{\"type\":\"Magic\",\"vocab\":{\"a\":0}}}", "Magic")]
    [InlineData("{\"model\":{\"type\":\"Unigram\",\"vocab\":[[\"a\",0]],\"unk_id\":5}}", "unk_id")]
    [InlineData("{\"model\":{\"type\":\"Unigram\",\"vocab\":[[\"a\",0]],\"unk_id\":0.5}}", "unk_id is 0.5")]
    [InlineData("{\"model\":{\"type\":\"WordPiece\",\"vocab\":{\"a\":0},\"unk_token\":\"a\",\"max_input_chars_per_word\":1e99}}", "1e99")]
    [InlineData("{\"model\":{\"type\":\"BPE\",\"vocab\":{}}}", "tokens")]
    [InlineData("{\"added_tokens\":[]}", "no model")]
    [InlineData("[]", "object")]
    [InlineData("{\"model\":", "valid")]
    [InlineData("{\"model\":{\"type\":\"BPE\",\"vocab\":{\"a\":0},\"merges\":[]},\"pre_tokenizer\":{\"type\":\"Split\",\"pattern\":{\"Regex\":\"(a\"}}}", "not closed")]
    [InlineData("{\"model\":{\"type\":\"BPE\",\"vocab\":{\"a\":0},\"merges\":[]},\"normalizer\":{\"type\":\"Rot13\"}}", "Rot13")]
    [InlineData("{\"model\":{\"type\":\"BPE\",\"vocab\":{\"a\":0},\"merges\":[]},\"post_processor\":{\"type\":\"BertProcessing\",\"cls\":[\"x\",99],\"sep\":[\"y\",99]}}", "99")]
    public void Errors_say_what_is_wrong(string json, string says) =>
        Assert.Contains(says, Assert.Throws<InvalidDataException>(() => Samples.FromJson(json)).Message, StringComparison.Ordinal);

    [Fact]
    public void Deep_json_and_long_merges_are_refused()
    {
        Assert.Throws<InvalidDataException>(() => Samples.FromJson(new string('[', 100_000)));
        string deep = string.Concat(Enumerable.Repeat("{\"type\":\"Sequence\",\"normalizers\":[", 100)) + string.Concat(Enumerable.Repeat("]}", 100));
        Assert.Throws<InvalidDataException>(() => Samples.FromJson(Samples.Json(Bpe, deep)));
        string piece = new('a', 1 << 20);
        string model = $$"""{"type":"BPE","vocab":{"a":0,"{{piece}}":1},"merges":["a {{piece}}"]}""";
        Assert.Throws<InvalidDataException>(() => Samples.FromJson(Samples.Json(model)));
    }

    [Fact]
    public void Megabyte_pieces_are_fine_where_they_are_only_text()
    {
        Dictionary<string, object> metadata = Samples.SentencePieceGguf("llama");
        string[] tokens = (string[])metadata["tokenizer.ggml.tokens"];
        tokens[^1] = new string('x', 1 << 20);
        Tokenizer tokenizer = Tokenizer.FromGguf(metadata);
        Assert.Equal(1 << 20, tokenizer.TokenBytes(tokens.Length - 1).Length);
        Assert.NotEmpty(tokenizer.Encode("xxxx the"));
    }

    [Theory]
    [InlineData("tokenizer.ggml.model", "rwkv", "rwkv")]
    [InlineData("tokenizer.ggml.pre", "no-such-family", "no-such-family")]
    [InlineData("tokenizer.ggml.eos_token_id", 100_000u, "100000")]
    [InlineData("tokenizer.ggml.tokens", 5, "array of strings")]
    [InlineData("tokenizer.ggml.add_bos_token", "yes", "true or false")]
    public void Gguf_errors_name_key_and_value(string key, object value, string says)
    {
        Dictionary<string, object> metadata = Samples.ByteLevel();
        metadata[key] = value;
        Assert.Contains(says, Assert.Throws<InvalidDataException>(() => Tokenizer.FromGguf(metadata)).Message, StringComparison.Ordinal);
    }

    private static void Try(Func<TokenizerParts> read, int seed) => Use(() => new Tokenizer(read()), seed);

    private static void Use(Func<Tokenizer> read, int seed)
    {
        long before = GC.GetAllocatedBytesForCurrentThread();
        try
        {
            Tokenizer tokenizer = read();
            List<int> ids = tokenizer.Encode("ab <s> word's 123, 你好 é\uD800 the inside");
            tokenizer.Decode(ids.ToArray());
            Tokenizer.FromGguf(tokenizer.ToGgufMetadata());
        }
        catch (InvalidDataException)
        {
            // What a damaged file should give.
        }

        long allocated = GC.GetAllocatedBytesForCurrentThread() - before;
        Assert.True(allocated < MaxAllocation, $"mutation {seed} allocated {allocated} bytes");
    }

    private static byte[] Mutate(byte[] source, Random random)
    {
        List<byte> bytes = [.. source];
        for (int n = random.Next(1, 4); n > 0 && bytes.Count > 0; n--)
        {
            int at = random.Next(bytes.Count), length = Math.Min(random.Next(1, 12), bytes.Count - at);
            switch (random.Next(7))
            {
                case 0: bytes[at] = (byte)random.Next(256); break;
                case 1: bytes[at] ^= (byte)(1 << random.Next(8)); break;
                case 2: bytes.RemoveRange(at, length); break;
                case 3: bytes.InsertRange(random.Next(bytes.Count), bytes.GetRange(at, length)); break;
                case 4: bytes.RemoveRange(at, bytes.Count - at); break;
                case 5: bytes[at] = (byte)"0123456789{}[]\",:"[random.Next(17)]; break;
                default: bytes.InsertRange(at, Encoding.UTF8.GetBytes(new[] { "99999999999", "-1", "null", "true", "\"\"", "[]", "\\ud800", "a*" }[random.Next(8)])); break;
            }
        }

        return [.. bytes];
    }

    private static object MutateValue(object value, Random random) => value switch
    {
        string[] { Length: > 0 } texts when random.Next(3) > 0 => texts.Select((t, i) => i == random.Next(texts.Length) ? new[] { "", t + t, "a", " ", "\uD800" }[random.Next(5)] : t).ToArray(),
        string[] texts => texts[..random.Next(texts.Length + 1)],
        float[] scores when random.Next(2) == 0 => scores[..random.Next(scores.Length + 1)],
        float[] scores => scores.Select(s => random.Next(8) == 0 ? new[] { float.NaN, float.PositiveInfinity, float.NegativeInfinity, 0 }[random.Next(4)] : s).ToArray(),
        int[] types when random.Next(2) == 0 => types[..random.Next(types.Length + 1)],
        int[] types => types.Select(t => random.Next(4) == 0 ? random.Next(-2, 9) : t).ToArray(),
        uint => new object[] { (uint)random.Next(400), uint.MaxValue, -5, 3.5f, "7", ulong.MaxValue }[random.Next(6)],
        bool flag => random.Next(2) == 0 ? !flag : 1,
        _ => new object[] { "", "llama", "gpt2", "t5", "bert", "gemma4", "default", 7, Array.Empty<byte>() }[random.Next(9)],
    };
}
