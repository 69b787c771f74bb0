using System.Diagnostics;
using System.Text;
using Takt.Formats.Gguf;
using Takt.Testing;

namespace Takt.Formats.Tests.Gguf;

public sealed unsafe class GgufReaderTests
{
    private static ModelFile Open(byte[] bytes) => InMemory.Open(bytes, (start, length, owner) => GgufReader.Parse("test.gguf", start, length, owner));

    private static string Refused(byte[] bytes) => Assert.Throws<InvalidDataException>(() => Open(bytes)).Message;

    [Theory]
    [InlineData(2u)]
    [InlineData(3u)]
    public void All_value_types_are_read(uint version)
    {
        byte[] bytes = new GgufBytes { Version = version }
            .Pair("u8", 0, (byte)200)
            .Pair("i8", 1, (sbyte)-100)
            .Pair("u16", 2, (ushort)60000)
            .Pair("i16", 3, (short)-30000)
            .Pair("u32", 4, 4_000_000_000u)
            .Pair("i32", 5, -2_000_000_000)
            .Pair("f32", 6, 1.5f)
            .Pair("bool", 7, true)
            .Pair("string", 8, "Häuser 房子")
            .Pair("u64", 10, ulong.MaxValue)
            .Pair("i64", 11, long.MinValue)
            .Pair("f64", 12, Math.PI)
            .Pair("a.u8", 9, 0u, 2UL, (byte)1, (byte)2)
            .Pair("a.i16", 9, 3u, 1UL, (short)-5)
            .Pair("a.f32", 9, 6u, 2UL, 0.5f, -0.5f)
            .Pair("a.bool", 9, 7u, 3UL, true, false, true)
            .Pair("a.string", 9, 8u, 3UL, "a", "", "€")
            .Pair("a.empty", 9, 8u, 0UL)
            .Pair("a.nested", 9, 9u, 2UL, 5u, 2UL, 1, 2, 8u, 1UL, "x")
            .Build();

        using ModelFile file = Open(bytes);

        var expected = new (string, object)[]
        {
            ("u8", (byte)200), ("i8", (sbyte)-100), ("u16", (ushort)60000), ("i16", (short)-30000), ("u32", 4_000_000_000u),
            ("i32", -2_000_000_000), ("f32", 1.5f), ("bool", true), ("string", "Häuser 房子"), ("u64", ulong.MaxValue),
            ("i64", long.MinValue), ("f64", Math.PI), ("a.u8", new byte[] { 1, 2 }), ("a.i16", new short[] { -5 }),
            ("a.f32", new[] { 0.5f, -0.5f }), ("a.bool", new[] { true, false, true }), ("a.string", new[] { "a", "", "€" }),
            ("a.empty", Array.Empty<string>()), ("a.nested", new object[] { new[] { 1, 2 }, new[] { "x" } }),
        };
        Assert.Equal(expected.Select(static pair => pair.Item1), file.Metadata.Keys);
        foreach ((string key, object value) in expected)
        {
            Assert.Equal(value, file.Metadata[key]);
            Assert.Equal(value.GetType(), file.Metadata[key].GetType());
        }
    }

    [Theory]
    [InlineData(32)]
    [InlineData(8)]
    [InlineData(256)]
    public void Tensors_lie_where_the_alignment_puts_them(int alignment)
    {
        byte[] first = [.. Enumerable.Range(0, 24).Select(static i => (byte)i)];
        byte[] second = [.. Enumerable.Range(0, 36).Select(static i => (byte)(100 + i))];
        var builder = new GgufBytes { Alignment = alignment };
        if (alignment != 32) builder.Pair("general.alignment", 4, (uint)alignment);

        using ModelFile file = Open(builder.Tensor("a", 0, first, 3, 2).Tensor("b", 2, second, 32, 1, 2).Build());

        Assert.Equal(["a", "b"], file.Tensors.Select(static t => t.Name));
        Assert.Equal([3L, 2L], file.Find("a")!.Shape);
        Assert.Equal(first, file.Find("a")!.Bytes.ToArray());
        Assert.Equal(TensorType.Q4_0, file.Find("b")!.Type);
        Assert.Equal(second, file.Find("b")!.Bytes.ToArray());
        Assert.Null(file.Find("c"));
    }

    [Fact]
    public void A_vocabulary_without_tensors_opens()
    {
        using ModelFile file = Open(new GgufBytes().Pair("general.architecture", 8, "llama").Build());
        Assert.Empty(file.Tensors);
    }

    [Fact]
    public void Other_files_versions_and_byte_orders_are_refused()
    {
        Assert.Contains("not a GGUF file", Refused(new GgufBytes { Magic = 0x1234 }.Build()));
        Assert.Contains("version 1", Refused(new GgufBytes { Version = 1 }.Build()));
        Assert.Contains("version 4", Refused(new GgufBytes { Version = 4 }.Build()));
        Assert.Contains("big-endian", Refused(new GgufBytes { Version = 0x03000000 }.Build()));
    }

    [Fact]
    public void Counts_beyond_the_file_are_refused_before_anything_is_allocated()
    {
        Assert.Contains("metadata pairs", Refused(new GgufBytes { Pairs = ulong.MaxValue }.Build()));
        Assert.Contains("tensors", Refused(new GgufBytes { Tensors = 1UL << 60 }.Build()));
        Assert.Contains("length of 'k'", Refused(new GgufBytes().Pair("k", 9, 8u, 1UL << 61).Build()));
        Assert.Contains("length of 'k'", Refused(new GgufBytes().Pair("k", 9, 6u, 1UL << 62).Build()));
        Assert.Contains("length of 'k'", Refused(new GgufBytes().Pair("k", 9, 9u, 1UL << 62).Build()));
        Assert.Contains("ends", Refused(new GgufBytes().Pair("k", 8, ulong.MaxValue).Build()));
    }

    [Fact]
    public void Bad_metadata_is_refused()
    {
        Assert.Contains("occurs twice", Refused(new GgufBytes().Pair("k", 0, (byte)1).Pair("k", 0, (byte)1).Build()));
        Assert.Contains("type number 13", Refused(new GgufBytes().Pair("k", 13, 0UL).Build()));
        Assert.Contains("type number 99", Refused(new GgufBytes().Pair("k", 9, 99u, 0UL).Build()));
        Assert.Contains("bool", Refused(new GgufBytes().Pair("k", 7, (byte)2).Build()));
        Assert.Contains("bool", Refused(new GgufBytes().Pair("k", 9, 7u, 1UL, (byte)9).Build()));
        Assert.Contains("empty key", Refused(new GgufBytes().Pair("", 0, (byte)1).Build()));
        Assert.Contains("at most 65535", Refused(new GgufBytes().Pair(new string('k', 70_000), 0, (byte)1).Build()));
        object[] bomb = [.. Enumerable.Repeat(new object[] { 9u, 1UL }, 100_000).SelectMany(static level => level)];
        Assert.Contains("deep", Refused(new GgufBytes().Pair("k", 9, bomb).Build()));
    }

    [Theory]
    [InlineData(0u)]
    [InlineData(24u)]
    [InlineData(33u)]
    public void An_alignment_that_is_no_power_of_two_is_refused(uint alignment) =>
        Assert.Contains("power of two", Refused(new GgufBytes().Pair("general.alignment", 4, alignment).Build()));

    [Fact]
    public void Bad_tensors_are_refused()
    {
        Assert.Contains("type number 16 (iq2_xxs)", Refused(new GgufBytes().Info("t", 16, 0, 256).Build()));
        Assert.Contains("type number 777", Refused(new GgufBytes().Info("t", 777, 0, 256).Build()));
        Assert.Contains("dimensions", Refused(new GgufBytes().Info("t", 0, 0, 1, 1, 1, 1, 1).Build()));
        Assert.Contains("negative", Refused(new GgufBytes().Info("t", 0, 0, -4).Build()));
        Assert.Contains("more than any memory", Refused(new GgufBytes().Info("t", 0, 0, 1L << 32, 1L << 32).Build()));
        Assert.Contains("whole blocks", Refused(new GgufBytes().Info("t", 12, 0, 128, 2).Build()));
        Assert.Contains("multiple of the alignment", Refused(new GgufBytes().Info("t", 0, 4, 1).Build()));
        Assert.Contains("named 't'", Refused(new GgufBytes().Tensor("t", 0, new byte[4], 1).Tensor("t", 0, new byte[4], 1).Build()));
        Assert.Contains("overlap", Refused(new GgufBytes().Tensor("a", 0, new byte[64], 16).Info("b", 0, 32, 4).Build()));
        Assert.Contains("incomplete", Refused(new GgufBytes().Tensor("a", 0, new byte[64], 17).Build()));
        Assert.Contains("incomplete", Refused(new GgufBytes().Info("a", 0, ulong.MaxValue - 31, 1).Build()));
        Assert.Contains("incomplete", Refused(new GgufBytes().Info("a", 0, 0, 1).Build()));
    }

    [Fact]
    public void A_file_cut_anywhere_is_refused()
    {
        byte[] whole = new GgufBytes().Pair("k", 9, 8u, 2UL, "abc", "de").Tensor("t", 0, new byte[32], 8).Build();
        Open(whole).Dispose();
        for (int length = 0; length < whole.Length; length++) Refused(whole[..length]);
    }

    [Fact]
    public void Stories260K_has_the_tensors_and_metadata_that_it_is_known_for()
    {
        using ModelFile file = GgufReader.Open(SharedData.Path("models", "stories260K", "stories260K.gguf"));
        Assert.Equal("llama", file.Metadata["general.architecture"]);
        Assert.Equal(512, Assert.IsType<string[]>(file.Metadata["tokenizer.ggml.tokens"]).Length);
        Assert.Equal([64L, 512L], file.Find("token_embd.weight")!.Shape);
    }

    // 150,000 tokens and merges. The limit is relative to the mere making of the strings, since the machine may be busy.
    [Fact]
    public void A_large_vocabulary_is_read_at_once()
    {
        object[] tokens = [.. Enumerable.Range(0, 150_000).Select(static i => (object)$"token{i}")];
        byte[][] utf8 = [.. tokens.Concat(tokens).Select(static token => Encoding.UTF8.GetBytes((string)token))];
        using var folder = new TempFolder();
        string path = folder.Write("vocabulary.gguf", new GgufBytes()
            .Pair("tokens", 9, [8u, 150_000UL, .. tokens])
            .Pair("merges", 9, [8u, 150_000UL, .. tokens])
            .Build());

        double floor = double.MaxValue, reading = double.MaxValue;
        for (int i = 0; i < 10 && reading > 100; i++)
        {
            floor = Math.Min(floor, Milliseconds(() => Array.ConvertAll(utf8, Encoding.UTF8.GetString)));
            reading = Math.Min(reading, Milliseconds(() => GgufReader.Open(path).Dispose()));
        }

        TestContext.Current.TestOutputHelper?.WriteLine($"read in {reading:f1} ms, strings alone {floor:f1} ms");
        Assert.True(reading < Math.Max(100, 5 * floor), $"took {reading} ms where the strings alone take {floor} ms");
    }

    private static double Milliseconds(Action action)
    {
        long start = Stopwatch.GetTimestamp();
        action();
        return Stopwatch.GetElapsedTime(start).TotalMilliseconds;
    }
}
