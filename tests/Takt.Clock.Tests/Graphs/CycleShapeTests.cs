using Takt.Clock.Graphs;

namespace Takt.Clock.Tests.Graphs;

public class CycleShapeTests
{
    [Theory]
    [InlineData(1, 0, 0)]
    [InlineData(1, 9, 4)]
    [InlineData(7, 0, 4)]
    [InlineData(7, 2, 4)]
    [InlineData(7, 20, 4)]
    [InlineData(5, 3, 100)]
    [InlineData(5, 3, 0)]
    public void Attention_sees_what_counting_one_by_one_finds(int rows, int first, int window)
    {
        var seen = new HashSet<int>();
        long pairs = 0;
        for (int row = first; row < first + rows; row++)
        {
            for (int token = 0; token <= row; token++)
            {
                if (window != 0 && token <= row - window) continue;
                seen.Add(token);
                pairs++;
            }
        }

        var shape = new SequenceShape(rows, first, 1);
        Assert.Equal(seen.Count, shape.Tokens(window));
        Assert.Equal(pairs, shape.Pairs(window));
    }

    [Fact]
    public void A_mixed_cycle_has_the_rows_of_both()
    {
        CycleShape shape = CycleShape.Mixed(100, 3, 50);
        Assert.Equal(103, shape.Rows);
        Assert.Equal(4, shape.Outputs);
        Assert.Equal(CycleShape.Generation(3, 50).Sequences, shape.Sequences.Skip(1));
        Assert.Equal(3, CycleShape.Mixed(0, 3, 50).Rows);
        Assert.Throws<ArgumentOutOfRangeException>(() => CycleShape.Mixed(0, 0, 50));
    }

    [Fact]
    public void Experts_are_read_as_often_as_chance_has_it()
    {
        var moment = new GraphMoment(new Moment(Stage.Execute, 0, "gate_up"), MomentKind.Product)
        {
            WeightBytes = 1 << 20,
            Experts = 8,
            ExpertsUsed = 2,
        };
        Assert.Equal((1 << 20) / 4, moment.Work(CycleShape.Generation(1, 5)).WeightBytes);
        // Drawn with a fixed seed: the mean share of experts that 3 rows touch.
        var random = new Random(1);
        double touched = Enumerable.Range(0, 20_000).Average(_ => Enumerable.Range(0, 3)
            .SelectMany(_ => Enumerable.Range(0, 8).OrderBy(_ => random.Next()).Take(2)).Distinct().Count());
        Assert.Equal(touched / 8, moment.WeightShare(3), 0.01);
    }
}
