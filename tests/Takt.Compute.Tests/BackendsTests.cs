using Takt.Compute.Cpu.Emitted;
using Takt.Compute.Tests.Cpu;

namespace Takt.Compute.Tests;

public sealed class BackendsTests
{
    [Theory]
    [InlineData(EmittedKernels.Vnni)]
    [InlineData(EmittedKernels.Amx)]
    public void An_emitted_tier_runs_or_says_why_not(string tier)
    {
        if (Backends.Supported.Contains(tier))
        {
            using Backend backend = Backends.Create(Tiers.Team, tier);
            Assert.Equal(tier, backend.Name);
            Assert.Contains($"{tier}: {EmittedKernels.Unproven}", Backends.Notes);
            return;
        }

        string note = Assert.Single(Backends.Notes, note => note.StartsWith($"{tier}: off, ", StringComparison.Ordinal));
        ArgumentException error = Assert.Throws<ArgumentException>(() => Backends.Create(Tiers.Team, tier));
        Assert.Contains(note[$"{tier}: off, ".Length..], error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void No_emitted_kernel_of_this_machine_was_refused_after_its_test()
    {
        foreach (string tier in Backends.Supported.Intersect(EmittedKernels.Tiers))
        {
            foreach (string format in Cpu.Emitted.BlockEmitterTests.Formats.Select(row => row.Data))
                EmittedKernels.Wrap(Compute.Cpu.Packing.MatrixKernels.For<Lanes.LanesScalar>(format), format, tier);
        }

        Assert.Empty(EmittedKernels.Refused);
    }

    [Fact]
    public void An_unknown_tier_is_named_with_those_there_are()
    {
        ArgumentException error = Assert.Throws<ArgumentException>(() => Backends.Create(Tiers.Team, "mmx"));
        Assert.Contains("'mmx' is no kernel tier; it can run", error.Message, StringComparison.Ordinal);
        Assert.Contains("scalar", error.Message, StringComparison.Ordinal);
    }
}
