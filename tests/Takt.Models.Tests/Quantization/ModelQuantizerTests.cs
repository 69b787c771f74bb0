using Takt.Compute.Blocks;
using Takt.Formats;
using Takt.Formats.Gguf;
using Takt.Models.Quantization;
using Takt.Testing;

namespace Takt.Models.Tests.Quantization;

public sealed unsafe class ModelQuantizerTests : IDisposable
{
    private readonly string _path = Path.Combine(Path.GetTempPath(), $"takt-{Guid.NewGuid():n}.gguf");
    private readonly ModelFile _model = RandomModel.Create("llama", new RandomModelSize { Layers = 1, Vocabulary = 260, FeedForward = 256, Heads = 2, KvHeads = 1 });

    public void Dispose()
    {
        _model.Dispose();
        File.Delete(_path);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    public void Rows_are_what_the_format_makes_of_them(int threads)
    {
        QuantizationSummary summary = ModelQuantizer.Write(_model, _path, QuantizationTarget.Parse("q4_k_m"), pure: false, threads);
        using ModelFile written = GgufReader.Open(_path);
        Assert.Equal(_model.Tensors.Select(t => t.Name), written.Tensors.Select(t => t.Name));
        Assert.Equal(new FileInfo(_path).Length, summary.BytesOut);
        Assert.Equal(15u, written.Metadata["general.file_type"]);
        Assert.Equal(_model.Metadata["tokenizer.ggml.tokens"], written.Metadata["tokenizer.ggml.tokens"]);
        foreach (Tensor tensor in written.Tensors)
        {
            Tensor source = _model.Find(tensor.Name)!;
            var expected = new byte[tensor.ByteLength];
            fixed (byte* bytes = expected) WeightFormat.Find(tensor.Type.Name())!.Quantize((float*)source.Data, bytes, source.Count);
            Assert.Equal(expected, tensor.Bytes);
        }
    }

    [Fact]
    public void A_quantised_file_can_be_made_float_again()
    {
        ModelQuantizer.Write(_model, _path, QuantizationTarget.Parse("q8_0"), pure: true, threads: 2);
        string back = _path + ".f32";
        using (ModelFile quantised = GgufReader.Open(_path))
            ModelQuantizer.Write(quantised, back, QuantizationTarget.Parse("f32"), pure: false, threads: 2);
        using (ModelFile file = GgufReader.Open(back))
        {
            Assert.All(file.Tensors, t => Assert.Equal(TensorType.F32, t.Type));
            Tensor one = file.Find("blk.0.attn_q.weight")!, original = _model.Find(one.Name)!;
            for (int i = 0; i < one.Count; i++) Assert.Equal(((float*)original.Data)[i], ((float*)one.Data)[i], 0.01f);
        }

        File.Delete(back);
    }

    [Fact]
    public void A_value_that_is_not_finite_names_its_tensor_and_leaves_no_file()
    {
        ((float*)_model.Find("blk.0.ffn_up.weight")!.Data)[1000] = float.NaN;
        string message = Assert.Throws<InvalidDataException>(
            () => ModelQuantizer.Write(_model, _path, QuantizationTarget.Parse("q4_0"), pure: false, threads: 2)).Message;
        Assert.Contains("blk.0.ffn_up.weight", message);
        Assert.False(File.Exists(_path));
    }
}
