using Takt.Tuning;

namespace Takt.Tests.Tuning;

public class KnapsackTests
{
    [Fact]
    public void A_choice_whose_answer_is_known()
    {
        // Bound 10: the two that gain most a unit are 60/5 and 40/4; 9 of 10 units, 100 seconds gained. The third alone gains 70.
        Choice[][] groups =
        [
            [new(100, 0), new(40, 5)],
            [new(100, 0), new(60, 4)],
            [new(100, 0), new(30, 8)],
        ];
        Assert.Equal([1, 1, 0], Knapsack.Solve(groups, 10));
        Assert.Equal([0, 0, 1], Knapsack.Solve(groups, 8));
        Assert.Equal([0, 1, 0], Knapsack.Solve(groups, 4));
        Assert.Equal([0, 0, 0], Knapsack.Solve(groups, 3.9));
        Assert.Equal([1, 1, 1], Knapsack.Solve(groups, 17.01));
    }

    [Fact]
    public void What_costs_nothing_is_free_and_what_gains_nothing_is_left()
    {
        Choice[][] groups = [[new(2, 0), new(1, 0)], [new(1, 0), new(3, 0.5)], [new(1, 0)]];
        Assert.Equal([1, 0, 0], Knapsack.Solve(groups, 0));
        Assert.Equal([1, 0, 0], Knapsack.Solve(groups, 1));
    }

    // Divergences on the knapsack's own steps, so that rounding cannot hide a difference from trying everything.
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void No_other_choice_within_the_bound_is_quicker(int seed)
    {
        var random = new Random(seed);
        for (int round = 0; round < 20; round++)
        {
            Choice[][] groups =
            [
                .. Enumerable.Range(0, 6).Select(_ => (Choice[])
                    [new(1 + random.NextDouble(), 0), .. Enumerable.Range(0, 3).Select(_ => new Choice(random.NextDouble(), random.Next(1, 2000) / 8192.0))]),
            ];
            double bound = 1;
            int[] picks = Knapsack.Solve(groups, bound);
            Assert.InRange(Sum(groups, picks, static way => way.Kl), 0, bound);
            Assert.Equal(All(groups).Where(all => Sum(groups, all, static way => way.Kl) <= bound).Min(all => Sum(groups, all, static way => way.Seconds)),
                Sum(groups, picks, static way => way.Seconds), 1e-12);
        }
    }

    [Fact]
    public void The_bound_holds_for_any_divergences()
    {
        var random = new Random(7);
        for (int round = 0; round < 50; round++)
        {
            Choice[][] groups =
            [
                .. Enumerable.Range(0, 40).Select(_ => (Choice[])[new(1, 0), new(random.NextDouble(), random.NextDouble()), new(random.NextDouble(), 1e-6)]),
            ];
            double bound = random.NextDouble() * 3;
            Assert.InRange(Sum(groups, Knapsack.Solve(groups, bound), static way => way.Kl), 0, bound);
        }
    }

    private static double Sum(Choice[][] groups, int[] picks, Func<Choice, double> of) => groups.Select((ways, i) => of(ways[picks[i]])).Sum();

    private static IEnumerable<int[]> All(Choice[][] groups) => groups.Aggregate(
        (IEnumerable<int[]>)[[]], static (heads, ways) => heads.SelectMany(head => Enumerable.Range(0, ways.Length).Select(way => (int[])[.. head, way])));
}
