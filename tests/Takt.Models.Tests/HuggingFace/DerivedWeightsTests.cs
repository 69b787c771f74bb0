using Takt.Compute;
using Takt.Compute.Threading;
using Takt.Formats;

namespace Takt.Models.Tests.HuggingFace;

/// <summary>Tensors that GGUF stores in another way than a checkpoint are computed for as long as somebody needs them.</summary>
public sealed class DerivedWeightsTests
{
    [Fact]
    public void A_view_computes_nothing_before_it_is_asked()
    {
        using ModelFile view = Checkpoint.View(Checkpoint.LlamaConfig, Checkpoint.Make(Checkpoint.LlamaTensors));
        Assert.Equal(2, Derived(view).Length); // queries and keys
        Assert.All(Derived(view), static bytes => Assert.Equal((0, false), (bytes.TimesMade, bytes.InMemory)));
    }

    [Fact]
    public void Packed_weights_keep_no_copy_of_what_they_were_packed_from()
    {
        using ModelFile view = Checkpoint.View(Checkpoint.LlamaConfig, Checkpoint.Make(Checkpoint.LlamaTensors));
        using var team = new Team(2);
        using Backend packing = Backends.Create(team, "scalar"), reading = Backends.Create(team, "reference");
        using (var model = new Transformer(view, packing))
            Assert.All(Derived(view), static bytes => Assert.Equal((1, false), (bytes.TimesMade, bytes.InMemory)));

        // The reference reads weights where they are: for it they stay, whoever packs them meanwhile.
        using var reference = new Transformer(view, reading);
        using var other = new Transformer(view, packing);
        Assert.All(Derived(view), static bytes => Assert.Equal((2, true), (bytes.TimesMade, bytes.InMemory)));
    }

    private static DerivedBytes[] Derived(ModelFile view) => [.. view.Tensors.Select(static tensor => tensor.Derived).OfType<DerivedBytes>()];
}
