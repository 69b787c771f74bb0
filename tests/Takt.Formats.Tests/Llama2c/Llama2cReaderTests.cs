using System.Runtime.InteropServices;
using Takt.Formats.Gguf;
using Takt.Formats.Llama2c;
using Takt.Testing;

namespace Takt.Formats.Tests.Llama2c;

public sealed class Llama2cReaderTests
{
    private static readonly (string, float)[] FivePieces = [("<unk>", 0), ("\n<s>\n", 0), ("\n</s>\n", 0), ("<0x0A>", 0), (" a  b", -1)];

    private static string Refused(byte[] model)
    {
        using var folder = new TempFolder();
        string path = folder.Write("m.bin", model);
        return Assert.Throws<InvalidDataException>(() => Llama2cReader.Open(path)).Message;
    }

    [Fact]
    public void Stories260K_holds_the_weights_of_its_gguf()
    {
        using ModelFile bin = Llama2cReader.Open(SharedData.Path("models", "stories260K", "stories260K.bin"));
        using ModelFile gguf = GgufReader.Open(SharedData.Path("models", "stories260K", "stories260K.gguf"));

        // The GGUF spells the shared output matrix out.
        Assert.Equal(gguf.Tensors.Select(static t => t.Name).Except(["output.weight"]).Order(), bin.Tensors.Select(static t => t.Name).Order());
        foreach (Tensor tensor in bin.Tensors)
        {
            Tensor expected = gguf.Find(tensor.Name)!;
            Assert.Equal(expected.Shape, tensor.Shape);
            Assert.True(expected.Bytes.SequenceEqual(tensor.Bytes), tensor.Name);
        }

        foreach (string key in gguf.Metadata.Keys.Where(bin.Metadata.ContainsKey).Except(["general.name", "llama.context_length", "tokenizer.ggml.tokens", "tokenizer.ggml.token_type"]))
            Assert.Equal(gguf.Metadata[key], bin.Metadata[key]);
        Assert.Equal(512, bin.Metadata.GetInt("llama.context_length"));
        Assert.Equal(gguf.Metadata.GetStrings("tokenizer.ggml.tokens"), bin.Metadata.GetStrings("tokenizer.ggml.tokens"));
        Assert.Equal(gguf.Metadata.GetInts("tokenizer.ggml.token_type"), bin.Metadata.GetInts("tokenizer.ggml.token_type"));
    }

    [Fact]
    public void Babyllama_finds_its_tokenizer()
    {
        using ModelFile file = Llama2cReader.Open(SharedData.Path("models", "babyllama-char105", "model.bin"));
        string[] tokens = file.Metadata.GetStrings("tokenizer.ggml.tokens");
        Assert.Equal(105, tokens.Length);
        Assert.Equal(["<unk>", "<s>", "</s>", "\u2581", "e"], tokens[..5]);
        Assert.Equal([128L, 105L], file.Find("token_embd.weight")!.Shape);
    }

    [Theory]
    [InlineData(5)]
    [InlineData(-5)]
    public void Weights_follow_each_other_as_described(int vocabulary)
    {
        using var folder = new TempFolder();
        using ModelFile file = Llama2cReader.Open(folder.Write("m.bin", Llama2cBytes.Model(vocabulary: vocabulary)));

        float First(string name) => MemoryMarshal.Read<float>(file.Find(name)!.Bytes);
        Assert.Equal(0, First("token_embd.weight"));
        Assert.Equal(20, First("blk.0.attn_norm.weight"));
        Assert.Equal(24, First("blk.1.attn_norm.weight"));
        Assert.Equal(28, First("blk.0.attn_q.weight"));
        Assert.Equal(60, First("blk.0.attn_k.weight"));
        Assert.Equal(76, First("blk.0.attn_v.weight"));
        Assert.Equal(92, First("blk.0.attn_output.weight"));
        Assert.Equal(124, First("blk.0.ffn_norm.weight"));
        Assert.Equal(132, First("blk.0.ffn_gate.weight"));
        Assert.Equal(180, First("blk.0.ffn_down.weight"));
        Assert.Equal(228, First("blk.0.ffn_up.weight"));
        Assert.Equal(276, First("output_norm.weight"));
        Assert.Equal([4L, 2L], file.Find("blk.1.attn_v.weight")!.Shape);
        Assert.Equal([6L, 4L], file.Find("blk.1.ffn_down.weight")!.Shape);
        if (vocabulary > 0) Assert.Null(file.Find("output.weight"));
        // Two tables of context x head / 2 lie between.
        else Assert.Equal(286, First("output.weight"));
        Assert.False(file.Metadata.ContainsKey("tokenizer.ggml.model"));
    }

    [Theory]
    [InlineData("tok5.bin")]
    [InlineData("tokenizer.bin")]
    [InlineData("tok_en.bin")]
    public void A_tokenizer_beside_the_model_is_read(string name)
    {
        using var folder = new TempFolder();
        folder.Write(name, Llama2cBytes.Tokenizer(FivePieces));
        using ModelFile file = Llama2cReader.Open(folder.Write("m.bin", Llama2cBytes.Model()));

        Assert.Equal("llama", file.Metadata.GetString("tokenizer.ggml.model"));
        Assert.Equal(["<unk>", "<s>", "</s>", "<0x0A>", "\u2581a\u2581\u2581b"], file.Metadata.GetStrings("tokenizer.ggml.tokens"));
        Assert.Equal([0f, 0f, 0f, 0f, -1f], file.Metadata.GetFloats("tokenizer.ggml.scores"));
        Assert.Equal([2, 3, 3, 6, 1], file.Metadata.GetInts("tokenizer.ggml.token_type"));
        Assert.Equal(1, file.Metadata.GetInt("tokenizer.ggml.bos_token_id"));
        Assert.Equal(2, file.Metadata.GetInt("tokenizer.ggml.eos_token_id"));
        Assert.True(file.Metadata.GetBool("tokenizer.ggml.add_bos_token"));
    }

    [Fact]
    public void The_tokenizer_that_fits_is_taken()
    {
        using var folder = new TempFolder();
        folder.Write("tok5.bin", Llama2cBytes.Tokenizer(FivePieces));
        folder.Write("tokenizer.bin", Llama2cBytes.Tokenizer([.. FivePieces, ("x", 0)]));
        using (ModelFile file = Llama2cReader.Open(folder.Write("m.bin", Llama2cBytes.Model())))
            Assert.Equal(5, file.Metadata.GetStrings("tokenizer.ggml.tokens").Length);
        using (ModelFile file = Llama2cReader.Open(folder.Write("n.bin", Llama2cBytes.Model(vocabulary: 6))))
            Assert.Equal(6, file.Metadata.GetStrings("tokenizer.ggml.tokens").Length);
    }

    [Fact]
    public void A_tokenizer_that_does_not_fit_is_refused()
    {
        using var folder = new TempFolder();
        string model = folder.Write("m.bin", Llama2cBytes.Model());
        string Message(byte[] tokenizer)
        {
            folder.Write("tokenizer.bin", tokenizer);
            return Assert.Throws<InvalidDataException>(() => Llama2cReader.Open(model)).Message;
        }

        byte[] good = Llama2cBytes.Tokenizer(FivePieces);
        Assert.Contains("more than the 5 pieces", Message(Llama2cBytes.Tokenizer([.. FivePieces, ("x", 0)])));
        Assert.Contains("too few", Message(Llama2cBytes.Tokenizer(FivePieces[..2])));
        Assert.Contains("empty", Message([]));
        Assert.Contains("has the length -1", Message([.. good[..8], 255, 255, 255, 255, .. good[12..]]));
        Assert.Contains("the file ends", Message([.. good[..8], 255, 255, 255, 127, .. good[12..]]));
        for (int length = 0; length < good.Length; length++) Message(good[..length]);
    }

    [Fact]
    public void Other_files_are_refused()
    {
        byte[] model = Llama2cBytes.Model();
        Assert.Contains("file ends", Refused(model[..20]));
        Assert.Contains("incomplete", Refused(model[..^4]));
        Assert.Contains("incomplete", Refused([.. model, 0]));
        Assert.Contains("version 1", Refused([.. Llama2cBytes.Header(0x616b3432, 1, 64, 172, 5, 8, 4, 512), .. new byte[300]]));
        Assert.Contains("divide into heads", Refused(Llama2cBytes.Header(0, 1, 1, 1, 1, 1, 1)));
        Assert.Contains("divide into heads", Refused(Llama2cBytes.Header(6, 1, 1, 4, 1, 1, 1)));
        Assert.Contains("divide into heads", Refused(Llama2cBytes.Header(12, 1, 1, 4, 2, 1, 1)));
        Assert.Contains("divide into heads", Refused(Llama2cBytes.Header(8, 1, 1, 4, 3, 1, 1)));
        Assert.Contains("has 28 bytes", Refused(Llama2cBytes.Header(1 << 30, int.MaxValue, int.MaxValue, 1, 1, int.MinValue, int.MaxValue)));
    }
}
