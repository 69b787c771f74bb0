using Takt.Compute.Blocks;
using Takt.Compute.Cpu.Emitted;
using Takt.Compute.Cpu.Packing;
using Takt.Compute.Lanes;
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
            Assert.Contains($"{tier}: {Backends.Unproven}", Backends.Notes);
            return;
        }

        ArgumentException error = Assert.Throws<ArgumentException>(() => Backends.Create(Tiers.Team, tier));
        Assert.Contains(Backends.Tiers.Single(facts => facts.Name == tier).Lacks!, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Of_a_tier_that_is_off_the_notes_say_nothing_more()
    {
        Assert.Equal(Backends.Supported, Backends.Tiers.Where(static facts => facts.Lacks is null).Select(static facts => facts.Name));
        foreach ((string name, _, string? lacks) in Backends.Tiers)
        {
            if (lacks is not null) Assert.DoesNotContain(Backends.Notes, note => note.StartsWith(name + ":", StringComparison.Ordinal));
        }

        Assert.Equal(Backends.Notes.Distinct(), Backends.Notes);
    }

    [Fact]
    public void No_emitted_kernel_of_this_machine_was_refused_after_its_test()
    {
        foreach (string tier in Backends.Supported.Intersect(EmittedKernels.Tiers))
        {
            foreach (WeightFormat format in WeightFormat.All)
            {
                foreach (Numerics numerics in Enum.GetValues<Numerics>().Where(numerics => EmittedKernels.Unavailable(tier, numerics) is null))
                    EmittedKernels.Wrap(MatrixKernels.For<LanesScalar>(format.Name), format.Name, tier, numerics);
            }
        }

        Assert.Empty(EmittedKernels.Refused);
    }

    [Fact]
    public void Fast_numerics_are_exact_where_the_tier_has_none()
    {
        using Backend exact = Backends.Create(Tiers.Team), scalar = Backends.Create(Tiers.Team, "scalar", Numerics.Fast);
        Assert.Equal(Numerics.Exact, exact.Numerics);
        Assert.Equal(Numerics.Exact, scalar.Numerics);
    }

    [Fact]
    public void An_unknown_tier_is_named_with_those_there_are()
    {
        ArgumentException error = Assert.Throws<ArgumentException>(() => Backends.Create(Tiers.Team, "mmx"));
        Assert.Contains("'mmx' is no kernel tier; it can run", error.Message, StringComparison.Ordinal);
        Assert.Contains("scalar", error.Message, StringComparison.Ordinal);
    }
}
