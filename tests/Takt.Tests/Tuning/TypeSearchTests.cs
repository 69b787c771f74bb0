using Takt.Tuning;

namespace Takt.Tests.Tuning;

/// <summary>The search believes what is measured: here by meters that disagree with the predictions in known ways.</summary>
public class TypeSearchTests
{
    private static readonly Choice[][] _groups =
    [
        .. Enumerable.Range(1, 30).Select(static i => (Choice[])[new(1, 0), new(0.7, 0.0005 * i), new(0.5, 0.002 * i)]),
    ];

    [Theory]
    [InlineData(1.0)] // divergences add up
    [InlineData(3.0)] // together they are worse than their sum
    [InlineData(0.3)] // or better
    [InlineData(50.0)]
    public void The_result_is_within_the_bound_whatever_the_predictions_are_off_by(double factor)
    {
        const double bound = 0.05;
        double Measure(int[] picks) => factor * Predicted(picks);
        Pick found = new TypeSearch(_groups, Measure, Measure).Find(bound);
        Assert.InRange(Measure(found.Picks), 0, bound);
        Assert.Equal(Measure(found.Picks), found.Kl, 1e-12);
        // And it is used, not kept clear of: nine tenths at least, where steps are fine enough.
        if (factor < 10) Assert.InRange(found.Kl, 0.9 * bound, bound);
    }

    [Fact]
    public void A_held_out_text_that_says_more_makes_it_back_off()
    {
        const double bound = 0.05;
        int verified = 0;
        double Held(int[] picks)
        {
            verified++;
            return 1.5 * Predicted(picks);
        }

        Pick found = new TypeSearch(_groups, Predicted, Held).Find(bound);
        Assert.InRange(found.Kl, 0.02, bound);
        Assert.Equal(1.5 * Predicted(found.Picks), found.Kl, 1e-12);
        Assert.InRange(verified, 2, TypeSearch.Verifications);
    }

    [Fact]
    public void Where_the_bound_cannot_be_kept_nothing_changes()
    {
        int verified = 0;
        Pick found = new TypeSearch(_groups, Predicted, picks => { verified++; return picks.Any(static pick => pick > 0) ? 1 : 0; }).Find(0.05);
        Assert.All(found.Picks, static pick => Assert.Equal(0, pick));
        Assert.Equal(0, found.Kl);
        Assert.InRange(verified, 1, TypeSearch.Verifications);
        found = new TypeSearch(_groups, static _ => double.PositiveInfinity, static _ => 0).Find(0.05);
        Assert.All(found.Picks, static pick => Assert.Equal(0, pick));
    }

    private static double Predicted(int[] picks) => _groups.Select((ways, i) => ways[picks[i]].Kl).Sum();
}
