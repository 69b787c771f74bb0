using Takt.Clock;
using Takt.Clock.Graphs;
using Takt.Compute;
using Takt.Compute.Memory;
using Takt.Compute.Threading;
using Takt.Formats;
using Takt.Formats.Gguf;
using Takt.Models.Quantization;
using Takt.Testing;

namespace Takt.Models.Tests.Quantization;

public unsafe class TensorGroupTests
{
    public static TheoryData<string> Architectures => [.. RandomModel.Architectures];

    // The graph walks the forward pass and knows nothing of names.
    [Theory]
    [MemberData(nameof(Architectures))]
    public void Groups_are_the_products_of_the_forward_pass(string architecture)
    {
        using ModelFile file = RandomModel.Create(architecture);
        using var team = new Team(1);
        using Backend backend = Backends.Create(team);
        Dictionary<Moment, long> expected = Transformer.Graph(file, backend, KvType.F32).Moments
            .Where(static moment => moment.Kind == MomentKind.Product && moment.Moment.Op != "router")
            .ToDictionary(static moment => moment.Moment, static moment => moment.Weights.Sum(static part => part.Parameters));
        IReadOnlyList<TensorGroup> groups = TensorGroup.Of(file);
        Assert.Equal(expected.Keys.ToHashSet(), groups.Select(static group => group.Moment).ToHashSet());
        Assert.All(groups, group => Assert.Equal(expected[group.Moment], group.Values));
        Assert.Equal("logits", groups[^1].Moment.Op);
    }

    [Fact]
    public void A_group_fits_a_type_when_all_its_rows_do()
    {
        using ModelFile file = RandomModel.Create("llama", new RandomModelSize { Hidden = 64, Layers = 1, Heads = 2, KvHeads = 1, HeadSize = 32, FeedForward = 256 });
        IReadOnlyList<TensorGroup> groups = TensorGroup.Of(file);
        TensorGroup down = groups.Single(static group => group.Moment.Op == "down"), up = groups.Single(static group => group.Moment.Op == "gate_up");
        Assert.True(down.Fits(file, TensorType.Q4_K));
        Assert.False(up.Fits(file, TensorType.Q4_K));
        Assert.True(up.Fits(file, TensorType.Q4_0));
        Assert.Equal(2L * 256 * 64 * 4, up.Bytes(file));
        Assert.Equal(2L * 256 * 64 / 32 * 18, up.Bytes(file, TensorType.Q4_0));
    }

    // F16 keeps 11 bits: a uniform rounding error of half a unit in the last place gives 2^-24 to 2^-22 of the square, times 1/3.
    [Fact]
    public void The_error_of_a_type_is_what_rounding_leaves()
    {
        using ModelFile file = RandomModel.Create("llama");
        TensorGroup group = TensorGroup.Of(file)[0];
        Assert.InRange(TensorError.Of(file, group, TensorType.F16), Math.Pow(2, -26), Math.Pow(2, -22));
        Assert.Equal(0, TensorError.Of(file, group, TensorType.F32));
        double q8 = TensorError.Of(file, group, TensorType.Q8_0), q5 = TensorError.Of(file, group, TensorType.Q5_0), q4 = TensorError.Of(file, group, TensorType.Q4_0);
        // A bit less doubles the step, which makes four times the square.
        Assert.InRange(q4 / q5, 3, 5);
        Assert.InRange(q5 / q8, 32, 128);
    }

    [Fact]
    public void A_view_has_the_bytes_that_writing_makes_and_keeps_none()
    {
        using ModelFile file = RandomModel.Create("llama");
        TensorType[] types = [.. file.Tensors.Select(static tensor => tensor.Type)];
        TensorGroup group = TensorGroup.Of(file).First(static group => group.Moment.Op == "down");
        types[group.Tensors[0]] = TensorType.Q5_1;
        string path = Path.Combine(Path.GetTempPath(), $"takt-{Guid.NewGuid():n}.gguf");
        try
        {
            ModelQuantizer.Write(file, path, types, threads: 2);
            using ModelFile written = GgufReader.Open(path);
            Assert.Equal(0u, written.Metadata["general.file_type"]);
            using ModelFile view = ModelQuantizer.View(file, types, threads: 2);
            for (int i = 0; i < types.Length; i++)
            {
                Assert.Equal(types[i], view.Tensors[i].Type);
                nint data = view.Tensors[i].Borrow();
                Assert.Equal(written.Tensors[i].Bytes, new ReadOnlySpan<byte>((void*)data, (int)view.Tensors[i].ByteLength));
                view.Tensors[i].GiveBack();
            }

            Assert.False(view.Tensors[group.Tensors[0]].Derived!.InMemory);
            Assert.Same(file.Tensors[0], view.Tensors[0]);
        }
        finally
        {
            File.Delete(path);
        }
    }

    [Fact]
    public void Weights_that_cannot_be_stored_are_named()
    {
        using ModelFile file = RandomModel.Create("llama");
        TensorGroup group = TensorGroup.Of(file)[0];
        ((float*)file.Tensors[group.Tensors[0]].Data)[0] = float.NaN;
        string name = file.Tensors[group.Tensors[0]].Name;
        Assert.Contains(name, Assert.Throws<InvalidDataException>(() => TensorError.Of(file, group, TensorType.Q4_0)).Message);
        TensorType[] types = [.. file.Tensors.Select(static tensor => tensor.Type)];
        types[group.Tensors[0]] = TensorType.Q4_0;
        using ModelFile view = ModelQuantizer.View(file, types, threads: 1);
        Assert.Contains(name, Assert.Throws<InvalidDataException>(() => view.Tensors[group.Tensors[0]].Borrow()).Message);
    }
}
