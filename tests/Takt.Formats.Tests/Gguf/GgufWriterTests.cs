using System.Diagnostics;
using Takt.Formats.Gguf;
using Takt.Testing;

namespace Takt.Formats.Tests.Gguf;

public sealed class GgufWriterTests
{
    private static void Copy(ModelFile from, string to) =>
        GgufWriter.Write(to, from.Metadata, [.. from.Tensors.Select(static t => t.Info)], (info, stream) => from.Find(info.Name)!.CopyTo(stream));

    [Theory]
    [InlineData(32)]
    [InlineData(64)]
    [InlineData(8)]
    public void What_was_read_is_written_byte_for_byte(int alignment)
    {
        byte[] original = new GgufBytes { Alignment = alignment }
            .Pair("general.alignment", 4, (uint)alignment)
            .Pair("u8", 0, (byte)200).Pair("i8", 1, (sbyte)-100).Pair("u16", 2, (ushort)60000).Pair("i16", 3, (short)-30000)
            .Pair("i32", 5, -7).Pair("f32", 6, 1.5f).Pair("bool", 7, true).Pair("string", 8, "Häuser 房子")
            .Pair("u64", 10, ulong.MaxValue).Pair("i64", 11, long.MinValue).Pair("f64", 12, Math.PI)
            .Pair("a.u8", 9, 0u, 2UL, (byte)1, (byte)2).Pair("a.i8", 9, 1u, 2UL, (sbyte)-1, (sbyte)2)
            .Pair("a.u16", 9, 2u, 1UL, (ushort)5).Pair("a.i16", 9, 3u, 1UL, (short)-5)
            .Pair("a.u32", 9, 4u, 1UL, 5u).Pair("a.i32", 9, 5u, 1UL, -5).Pair("a.f32", 9, 6u, 2UL, 0.5f, -0.5f)
            .Pair("a.bool", 9, 7u, 3UL, true, false, true).Pair("a.string", 9, 8u, 3UL, "a", "", "€").Pair("a.empty", 9, 8u, 0UL)
            .Pair("a.u64", 9, 10u, 1UL, 5UL).Pair("a.i64", 9, 11u, 1UL, -5L).Pair("a.f64", 9, 12u, 1UL, 0.1)
            .Pair("a.nested", 9, 9u, 2UL, 5u, 2UL, 1, 2, 8u, 1UL, "x").Pair("a.nothing", 9, 9u, 0UL)
            .Tensor("a", 0, [.. Enumerable.Range(0, 24).Select(static i => (byte)i)], 3, 2)
            .Tensor("scalar", 26, [1, 2, 3, 4])
            .Tensor("q", 12, new byte[288], 256, 2)
            .Build();
        using var folder = new TempFolder();
        string path = Path.Combine(folder.Path, "out.gguf");

        using (ModelFile file = GgufReader.Open(folder.Write("in.gguf", original))) Copy(file, path);

        Assert.Equal(original, File.ReadAllBytes(path));
        Assert.Equal(2, Directory.GetFiles(folder.Path).Length);
    }

    [Theory]
    [InlineData("models/stories260K/stories260K.gguf")]
    [InlineData("tokenizers/ggml-vocab/ggml-vocab-gpt-2.gguf")]
    [InlineData("tokenizers/ggml-vocab/ggml-vocab-llama-spm.gguf")]
    [InlineData("models/multilingual-e5-small-zh-en/multilingual-e5-small-zh-en-Q4_0.gguf")]
    public void Real_files_are_written_byte_for_byte(string name)
    {
        string original = SharedData.Path(name.Split('/'));
        using var folder = new TempFolder();
        string path = Path.Combine(folder.Path, "out.gguf");

        using (ModelFile file = GgufReader.Open(original)) Copy(file, path);

        Assert.True(File.ReadAllBytes(original).AsSpan().SequenceEqual(File.ReadAllBytes(path)));
    }

    [Fact]
    public void Llama_cpp_reads_what_is_written()
    {
        string peer = Environment.GetEnvironmentVariable("TAKT_PEER") ?? "/opt/peer/bin/peer";
        if (!File.Exists(peer)) Assert.Skip($"needs llama.cpp's peer program ({peer} or TAKT_PEER), which is not here");
        string original = SharedData.Path("models", "stories260K", "stories260K.gguf");
        using var folder = new TempFolder();
        string written = Path.Combine(folder.Path, "written.gguf"), aligned = Path.Combine(folder.Path, "aligned.gguf");
        using (ModelFile file = GgufReader.Open(original))
        {
            Dictionary<string, object> metadata = new(file.Metadata) { ["test.list"] = new[] { 1, 2, 3 } };
            TensorInfo[] tensors = [.. file.Tensors.Select(static t => t.Info)];
            GgufWriter.Write(written, metadata, tensors, (info, stream) => file.Find(info.Name)!.CopyTo(stream));
            metadata["general.alignment"] = 128u;
            GgufWriter.Write(aligned, metadata, tensors, (info, stream) => file.Find(info.Name)!.CopyTo(stream));
        }

        string expected = Run(peer, "greedy", original, "1", "-n", "32");
        Assert.Equal(expected, Run(peer, "greedy", written, "1", "-n", "32"));
        Assert.Equal(expected, Run(peer, "greedy", aligned, "1", "-n", "32"));

        string quantized = Path.Combine(folder.Path, "q8.gguf");
        Run(peer, "quantize", written, quantized, "q8_0", "-t", "1");
        using ModelFile result = GgufReader.Open(quantized);
        Assert.Equal(TensorType.Q8_0, result.Find("blk.0.attn_q.weight")!.Type);
        Assert.Equal(new[] { 1, 2, 3 }, result.Metadata["test.list"]);
    }

    private static string Run(string program, params string[] arguments)
    {
        var start = new ProcessStartInfo(program, arguments) { RedirectStandardOutput = true, RedirectStandardError = true };
        using Process process = Process.Start(start)!;
        Task<string> errors = process.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken);
        string output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        Assert.True(process.ExitCode == 0, output + errors.Result);
        return output;
    }

    [Fact]
    public void A_failed_write_leaves_the_old_file_and_no_other()
    {
        using var folder = new TempFolder();
        string path = folder.Write("model.gguf", "old");
        TensorInfo[] tensors = [new("t", TensorType.F32, [4])];
        var none = new Dictionary<string, object>();

        Assert.Contains("got 12 bytes", Assert.Throws<InvalidOperationException>(
            () => GgufWriter.Write(path, none, tensors, (_, stream) => stream.Write(new byte[12]))).Message);
        Assert.Contains("got 20 bytes", Assert.Throws<InvalidOperationException>(
            () => GgufWriter.Write(path, none, tensors, (_, stream) => stream.Write(new byte[20]))).Message);
        Assert.Throws<NotSupportedException>(() => GgufWriter.Write(path, none, tensors, (_, _) => throw new NotSupportedException()));
        Assert.Throws<ArgumentException>(() => GgufWriter.Write(path, [new("k", DateTime.Now)], tensors, (_, _) => { }));

        Assert.Equal("old", File.ReadAllText(path));
        Assert.Single(Directory.GetFiles(folder.Path));
    }

    [Fact]
    public void A_place_that_cannot_be_written_is_named_at_once()
    {
        using var folder = new TempFolder();
        void Never(TensorInfo info, Stream stream) => Assert.Fail("must not be called");
        Assert.Contains("is a folder", Assert.Throws<IOException>(() => GgufWriter.Write(folder.Path, [], [], Never)).Message);
        string missing = Path.Combine(folder.Path, "none", "m.gguf");
        Assert.Contains("create it first", Assert.Throws<DirectoryNotFoundException>(() => GgufWriter.Write(missing, [], [], Never)).Message);
    }

    // Sparse on any usual file system, so that the gigabytes exist by name only.
    [Fact]
    public void Tensors_may_lie_beyond_4_gigabytes()
    {
        using var folder = new TempFolder();
        string path = Path.Combine(folder.Path, "large.gguf");
        GgufWriter.Write(path, [], [new("a", TensorType.F32, [1 << 15, 40_000]), new("b", TensorType.I8, [3])], static (info, stream) =>
        {
            stream.Seek(info.ByteLength - 1, SeekOrigin.Current);
            stream.WriteByte((byte)info.Name[0]);
        });

        using ModelFile file = GgufReader.Open(path);

        Tensor a = file.Find("a")!;
        Assert.Equal(5_242_880_000, a.ByteLength);
        Assert.Equal(40_000, a.Rows);
        Assert.Equal((byte)'a', Last(a));
        Assert.Equal((byte)'b', Last(file.Find("b")!));
        Assert.Equal(a.Data + (nint)a.ByteLength, file.Find("b")!.Data);

        static unsafe byte Last(Tensor tensor) => ((byte*)tensor.Data)[tensor.ByteLength - 1];
    }

    [Fact]
    public void What_the_format_cannot_hold_is_refused()
    {
        using var folder = new TempFolder();
        void Refused(string part, KeyValuePair<string, object>[] metadata, params TensorInfo[] tensors) => Assert.Contains(part,
            Assert.Throws<ArgumentException>(() => GgufWriter.Write(Path.Combine(folder.Path, "x"), metadata, tensors, (_, _) => { })).Message);

        Refused("empty", [new("", 1)]);
        Refused("twice", [new("k", 1), new("k", 2)]);
        Refused("DateTime", [new("k", DateTime.Now)]);
        Refused("Decimal", [new("k", new decimal[1])]);
        Refused("arrays only", [new("k", new object[] { 1 })]);
        Refused("power of two", [new("general.alignment", 24u)]);
        Refused("power of two", [new("general.alignment", 32)]);
        Refused("longer than 63", [], new TensorInfo(new string('n', 64), TensorType.F32, [1]));
        Refused("twice", [], new("t", TensorType.F32, [1]), new("t", TensorType.F32, [1]));
        Refused("dimensions", [], new TensorInfo("t", TensorType.F32, [1, 1, 1, 1, 1]));
        Refused("whole blocks", [], new TensorInfo("t", TensorType.Q4_0, [31]));
    }
}
