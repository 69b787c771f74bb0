using Takt.Evaluation;

namespace Takt.Tests.Evaluation;

public class QuietTimeTests
{
    [Theory]
    // The quartiles are 10 and 10, so beyond 10 + 3 * 10 / 32 is too long.
    [InlineData("10 10 10 10 10 10 10 10 10 10", 10, 0)]
    [InlineData("10 10 10 10 10 10 10 10 10 10.9", 10, 0)]
    [InlineData("10 10 10 10 10 10 10 10 10 11", 10, 1)]
    // A tenth is one of ten: the second slow one counts.
    [InlineData("10 10 20 10 10 30 10 10 10 10", 10, 1)]
    // Of fewer than ten nothing is left out.
    [InlineData("1 1 1 9", 1, 0)]
    [InlineData("7", 7, 0)]
    // Where times differ by much, long is nothing special. A quick one is never left out.
    [InlineData("1 2 3 4 5 6 7 8 9 10", 5.5, 0)]
    [InlineData("1 10 10 10 10 10 10 10 10 10", 10, 0)]
    // The median of the other eleven is their sixth.
    [InlineData("1 2 3 4 5 6 7 8 9 10 11 1000", 6, 1)]
    public void The_slowest_tenth_is_left_out_where_it_lies_beyond_the_fence(string seconds, double median, int leftOut)
    {
        double[] all = [.. seconds.Split(' ').Select(text => double.Parse(text, System.Globalization.CultureInfo.InvariantCulture))];
        Assert.Equal(new QuietTime(median, all.Length, leftOut), QuietTime.Of(all));
    }

    [Fact]
    public void Nothing_has_no_time() => Assert.Throws<ArgumentException>(() => QuietTime.Of([]));
}
