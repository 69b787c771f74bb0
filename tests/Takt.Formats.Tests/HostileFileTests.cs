using System.Diagnostics;
using Takt.Formats.Gguf;
using Takt.Formats.Llama2c;
using Takt.Formats.Safetensors;
using Takt.Formats.Tests.Gguf;
using Takt.Formats.Tests.Llama2c;
using Takt.Formats.Tests.Safetensors;

namespace Takt.Formats.Tests;

/// <summary>Damaged files: each opens with all tensors inside of it, or is refused, quickly and without using much memory.</summary>
public sealed unsafe class HostileFileTests
{
    private const int Mutations = 2_500;
    private const long MostAllocated = 1 << 20;

    private static readonly byte[] Gguf = new GgufBytes()
        .Pair("general.alignment", 4, 32u).Pair("text", 8, "some text").Pair("flag", 7, true).Pair("f64", 12, 1.0)
        .Pair("list", 9, 8u, 3UL, "a", "bc", "def").Pair("floats", 9, 6u, 2UL, 1f, 2f).Pair("nested", 9, 9u, 2UL, 5u, 1UL, 1, 7u, 2UL, true, false)
        .Tensor("a", 0, new byte[96], 6, 4).Tensor("b", 2, new byte[36], 32, 2).Tensor("c", 12, new byte[144], 256).Tensor("d", 26, [1, 2, 3, 4])
        .Build();

    private static readonly byte[] Safetensors = SafetensorsBytes.Build(
        """
        {"__metadata__":{"format":"pt","k":"v"},"a":{"dtype":"F32","shape":[2,3],"data_offsets":[0,24]},
        "b":{"dtype":"BF16","shape":[4],"data_offsets":[24,32]},"c":{"dtype":"BOOL","shape":[],"data_offsets":[32,33]}}
        """, new byte[33]);

    private static readonly byte[] Index = """{"metadata":{"total_size":9},"weight_map":{"a":"m.safetensors","b":"m.safetensors"}}"""u8.ToArray();
    private static readonly byte[] Model = Llama2cBytes.Model();
    private static readonly byte[] Tokenizer = Llama2cBytes.Tokenizer(("<unk>", 0), ("\n<s>\n", 0), ("\n</s>\n", 0), ("<0x0A>", 0), (" ab", -1));

    private static ModelFile ParseGguf(byte[] bytes) =>
        InMemory.Open(bytes, (start, length, owner) => CheckPlaces(GgufReader.Parse("m.gguf", start, length, owner), start, length));

    private static ModelFile ParseSafetensors(byte[] bytes) =>
        InMemory.Open(bytes, (start, length, owner) => CheckPlaces(SafetensorsReader.Parse("m.safetensors", start, length, owner), start, length));

    private static ModelFile ParseLlama2c(byte[] bytes) => InMemory.Open(
        bytes, (start, length, owner) => CheckPlaces(Llama2cReader.Parse("m.bin", start, length, owner, static (_, _) => { }), start, length));

    private static ModelFile ParseTokenizer(byte[] bytes) => InMemory.Open(bytes, static (start, length, owner) =>
    {
        var metadata = new Dictionary<string, object>();
        Llama2cTokenizer.Add("tok.bin", start, length, 5, metadata);
        return new ModelFile("tok.bin", metadata, [], owner);
    });

    private static ModelFile ParseIndex(byte[] bytes)
    {
        foreach ((_, string file) in SafetensorsReader.ReadIndex("m.index.json", JsonFile.Parse("m.index.json", bytes)))
            Assert.Equal(file, Path.GetFileName(file));
        return new ModelFile("m.index.json", new Dictionary<string, object>(), [], null);
    }

    [Fact]
    public void Damaged_gguf_is_refused_or_sound() => Attack(1, Mutations, Gguf, ParseGguf);

    [Fact]
    public void Damaged_safetensors_are_refused_or_sound() => Attack(2, Mutations, Safetensors, ParseSafetensors);

    [Fact]
    public void A_damaged_index_is_refused_or_sound() => Attack(3, Mutations, Index, ParseIndex);

    [Fact]
    public void Damaged_llama2c_models_are_refused_or_sound() => Attack(4, Mutations, Model, ParseLlama2c);

    [Fact]
    public void Damaged_llama2c_tokenizers_are_refused_or_sound() => Attack(5, Mutations, Tokenizer, ParseTokenizer);

    [Fact]
    public void Damaged_files_on_disk_are_refused_or_sound()
    {
        using var folder = new TempFolder();
        folder.Write("m.safetensors", Safetensors);
        (string Name, byte[] Content)[] files =
            [("x.gguf", Gguf), ("x.safetensors", Safetensors), ("x.bin", Model), ("x.safetensors.index.json", Index)];
        foreach ((string name, byte[] content) in files) Damage(6, 100, content, bytes => ModelFiles.Open(folder.Write(name, bytes)));
    }

    private static void Attack(int seed, int count, byte[] file, Func<byte[], ModelFile> open)
    {
        int opened = Damage(seed, count, file, open);
        // The damages must neither all be too coarse nor all harmless.
        Assert.InRange(opened, count / 100, count - count / 10);
    }

    // Returns how many of the damaged files opened.
    private static int Damage(int seed, int count, byte[] file, Func<byte[], ModelFile> open)
    {
        open(file).Dispose();
        var mutator = new Mutator(seed);
        byte[][] others = [Gguf, Safetensors, Model, file, file];
        int opened = 0;
        for (int i = 0; i < count; i++)
        {
            byte[] damaged = mutator.Mutate(file, others[i % others.Length]);
            long before = GC.GetAllocatedBytesForCurrentThread();
            bool isOpen = Try(open, damaged, out double seconds);
            long allocated = GC.GetAllocatedBytesForCurrentThread() - before;
            if (allocated > MostAllocated) Fail(seed, i, $"took {allocated} bytes of memory", damaged);
            // A busy machine may stop a thread for long, but hardly twice.
            if (seconds > 1) Try(open, damaged, out seconds);
            if (seconds > 1) Fail(seed, i, "took more than a second", damaged);
            if (isOpen) opened++;
        }

        return opened;
    }

    private static bool Try(Func<byte[], ModelFile> open, byte[] bytes, out double seconds)
    {
        long start = Stopwatch.GetTimestamp();
        try
        {
            using ModelFile file = open(bytes);
            Touch(file);
            return true;
        }
        catch (Exception e) when (e is InvalidDataException or IOException)
        {
            return false;
        }
        finally
        {
            seconds = Stopwatch.GetElapsedTime(start).TotalSeconds;
        }
    }

    private static void Touch(ModelFile file)
    {
        foreach (Tensor tensor in file.Tensors.Where(static t => t.ByteLength > 0))
        {
            Assert.Equal(tensor.Type.ByteLength(tensor.Shape), tensor.ByteLength);
            Assert.InRange(*(byte*)tensor.Data + ((byte*)tensor.Data)[tensor.ByteLength - 1], 0, 510);
        }
    }

    private static ModelFile CheckPlaces(ModelFile file, byte* start, long length)
    {
        foreach (Tensor tensor in file.Tensors.Where(static t => t.ByteLength > 0))
            Assert.True(tensor.Data >= (nint)start && tensor.ByteLength <= length && tensor.Data - (nint)start <= length - tensor.ByteLength);
        return file;
    }

    private static void Fail(int seed, int i, string what, byte[] bytes) =>
        Assert.Fail($"mutation {i} of seed {seed} {what}: {Convert.ToBase64String(bytes)}");
}
