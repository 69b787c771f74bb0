using System.Diagnostics;
using System.Text;
using FsCheck;
using FsCheck.Fluent;
using Takt.Testing;
using Takt.Text.Tokenizers;
using Takt.Text.Tokenizers.Loading;

namespace Takt.Text.Tests.Tokenizers;

public class ModelTests
{
    private static readonly Tokenizer ByteLevel = Tokenizer.FromGguf(Samples.ByteLevel());

    [Fact]
    public void Byte_pair_merges_equal_the_textbook_loop()
    {
        var random = new Random(5);
        for (int round = 0; round < 30; round++)
        {
            List<(string Left, string Right)> merges = RandomMerges(random);
            Tokenizer tokenizer = Tokenizer.FromGguf(Samples.ByteLevel(merges));
            for (int i = 0; i < 20; i++)
            {
                // Some words are long enough for the heap.
                string word = string.Concat(Enumerable.Range(0, random.Next(1, i % 5 == 0 ? 300 : 40)).Select(_ => (char)random.Next('a', 'e')));
                Assert.Equal(Textbook(word, merges), tokenizer.Encode(word, addSpecial: false).Select(tokenizer.TokenText));
            }
        }
    }

    [Fact]
    public void Byte_level_text_comes_back_whole()
    {
        Check.One(Config.QuickThrowOnFailure.WithMaxTest(500), Prop.ForAll(Texts(), text =>
            ByteLevel.Decode(ByteLevel.Encode(text, addSpecial: false, parseSpecial: false).ToArray()) == Clean(text)));
    }

    [Theory]
    [InlineData("gpt-2")]
    [InlineData("deepseek-llm")]
    [InlineData("mpt")]
    public void Real_byte_level_text_comes_back_whole(string name)
    {
        Tokenizer tokenizer = Vocabularies.Ggml(name);
        Check.One(Config.QuickThrowOnFailure.WithMaxTest(300), Prop.ForAll(Texts(), text =>
            tokenizer.Decode(tokenizer.Encode(text, addSpecial: false, parseSpecial: false).ToArray()) == Clean(text)));
    }

    [Fact]
    public void Streamed_text_equals_whole_text_and_never_breaks_a_character()
    {
        Tokenizer[] tokenizers = [ByteLevel, Tokenizer.FromGguf(Samples.SentencePieceGguf("llama"))];
        var random = new Random(3);
        foreach (Tokenizer tokenizer in tokenizers)
        {
            for (int round = 0; round < 300; round++)
            {
                int[] ids = [.. Enumerable.Range(0, random.Next(60)).Select(_ => random.Next(tokenizer.VocabularySize))];
                byte[] bytes = [.. ids.SelectMany(id => tokenizer.TokenBytes(id).ToArray())];
                var stream = new TextStream(tokenizer, continues: true, skipSpecial: false);
                List<string> pieces = [.. ids.Select(stream.Add), stream.Flush()];
                Assert.Equal(Encoding.UTF8.GetString(bytes), string.Concat(pieces));
                Assert.All(pieces, p => Assert.False(p.Length > 0 && (char.IsHighSurrogate(p[^1]) || char.IsLowSurrogate(p[0]))));
            }
        }
    }

    [Fact]
    public void A_stream_holds_back_unfinished_characters_and_ends_them()
    {
        int[] ids = ByteLevel.Encode("🙂", addSpecial: false).ToArray();
        var stream = new TextStream(ByteLevel);
        Assert.Equal(["", "", "", "🙂"], ids.Select(stream.Add));
        stream.Add(ids[0]);
        stream.Add(ids[1]);
        Assert.Equal("\uFFFD", stream.Flush());
        Assert.Equal("", stream.Flush());
    }

    [Fact]
    public void The_space_that_encoding_puts_first_goes_only_at_the_start()
    {
        Tokenizer llama = Tokenizer.FromGguf(Samples.SentencePieceGguf("llama"));
        int[] ids = llama.Encode("the the").ToArray();
        Assert.Equal(["<s>", "▁the", "▁the"], ids.Select(llama.TokenText));
        Assert.Equal("the the", llama.Decode(ids, skipSpecial: true));
        Assert.Equal(" the", new TextStream(llama, continues: true).Add(ids[1]));
    }

    [Fact]
    public void Lone_surrogates_count_as_replacement_characters()
    {
        foreach (Tokenizer tokenizer in new[] { ByteLevel, Tokenizer.FromGguf(Samples.SentencePieceGguf("llama")), Tokenizer.FromGguf(Samples.SentencePieceGguf("t5")) })
            Assert.Equal(tokenizer.Encode("a\uFFFDb\uFFFD"), tokenizer.Encode("a\uD83Db\uDE42"));
    }

    [Fact]
    public void Unigram_takes_the_best_of_all_cuts()
    {
        Tokenizer tokenizer = Tokenizer.FromGguf(Samples.SentencePieceGguf("t5"));
        List<(string Text, float Score, int Type)> pieces = Samples.Pieces(bytes: false);
        var random = new Random(8);
        for (int round = 0; round < 200; round++)
        {
            string text = string.Concat(Enumerable.Range(0, random.Next(1, 9)).Select(_ => "thein a你好"[random.Next(9)]));
            string marked = "▁" + text.Replace(' ', '▁');
            double got = tokenizer.Encode(text, addSpecial: false).Sum(id => (double)pieces[id].Score);
            Assert.Equal(BestScore(marked, pieces), got, 6);
        }
    }

    [Fact]
    public void User_defined_and_unknown_pieces_follow_sentencepiece()
    {
        Tokenizer bpe = new(SentencePieceReader.Parts(Samples.SentencePieceModel(type: 2)));
        Assert.Equal(["▁t", "[tag]", "h", "e"], bpe.Encode("t[tag]he", addSpecial: false).Select(bpe.TokenText).SelectMany(t => t == "he" ? ["h", "e"] : new[] { t }));
        Assert.Equal(["▁in", "<0xC3>", "<0xA9>"], bpe.Encode("iné", addSpecial: false).Select(bpe.TokenText));
        Assert.Equal("iné", bpe.Decode(bpe.Encode("iné").ToArray(), skipSpecial: true));
        Assert.DoesNotContain(bpe.BosId!.Value, bpe.Encode("<s>", addSpecial: false));
    }

    /// <summary>A megabyte of one character, or of none that the vocabulary knows, takes about as long as a megabyte of words.</summary>
    [Fact]
    public void Pathological_text_is_not_quadratic()
    {
        Tokenizer[] tokenizers =
        [
            ByteLevel, Tokenizer.FromGguf(Samples.SentencePieceGguf("llama")), Tokenizer.FromGguf(Samples.SentencePieceGguf("t5")),
            Samples.FromJson(Samples.Json(Samples.Words("a", "##a"), """{"type":"BertNormalizer"}""", """{"type":"BertPreTokenizer"}""")),
        ];
        const int Length = 300_000;
        string[] texts = [new('a', Length), new(' ', Length), new('的', Length), new('\n', Length), "e" + new string('\u0301', Length)];
        var watch = Stopwatch.StartNew();
        foreach (Tokenizer tokenizer in tokenizers)
        {
            foreach (string text in texts) tokenizer.Encode(text);
        }

        Assert.True(watch.Elapsed < TimeSpan.FromSeconds(60), $"took {watch.Elapsed}");
    }

    private static Arbitrary<string> Texts()
    {
        Gen<string> wild = ArbMap.Default.GeneratorFor<char>().ListOf().Select(c => new string([.. c]));
        Gen<string> tame = Gen.Elements("the ", " in", "a", "你好", "🙂", "  ", "\n\n", "\t", "é", "e\u0301", "123", "'s", "!?", "\uD800", "<think>", "\0")
            .ListOf().Select(string.Concat);
        return Gen.OneOf(wild, tame).ToArbitrary();
    }

    private static string Clean(string text) => Encoding.UTF8.GetString(Encoding.UTF8.GetBytes(text));

    private static List<(string Left, string Right)> RandomMerges(Random random)
    {
        List<string> symbols = ["a", "b", "c", "d"];
        List<(string Left, string Right)> merges = [];
        for (int i = 0; i < 40; i++)
        {
            (string Left, string Right) pair = (symbols[random.Next(symbols.Count)], symbols[random.Next(symbols.Count)]);
            if (merges.Contains(pair) || (pair.Left + pair.Right).Length > 12) continue;
            merges.Add(pair);
            symbols.Add(pair.Left + pair.Right);
        }

        return merges;
    }

    private static List<string> Textbook(string word, List<(string Left, string Right)> merges)
    {
        List<string> symbols = [.. word.Select(c => c.ToString())];
        while (true)
        {
            int best = int.MaxValue, at = -1;
            for (int i = 0; i + 1 < symbols.Count; i++)
            {
                int rank = merges.IndexOf((symbols[i], symbols[i + 1]));
                if (rank >= 0 && rank < best) (best, at) = (rank, i);
            }

            if (at < 0) return symbols;
            symbols[at] += symbols[at + 1];
            symbols.RemoveAt(at + 1);
        }
    }

    private static double BestScore(string text, List<(string Text, float Score, int Type)> pieces)
    {
        if (text.Length == 0) return 0;
        return pieces.Where(p => p.Type == 1 && text.StartsWith(p.Text, StringComparison.Ordinal))
            .Select(p => p.Score + BestScore(text[p.Text.Length..], pieces)).Max();
    }
}
