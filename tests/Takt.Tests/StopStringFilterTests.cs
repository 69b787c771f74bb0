using FsCheck;
using FsCheck.Fluent;

namespace Takt.Tests;

public class StopStringFilterTests
{
    [Fact]
    public void Text_that_may_become_a_stop_string_waits()
    {
        var filter = new StopStringFilter(["\nUser:", "END"]);
        Assert.Equal("hello", filter.Push("hello\nUs"));
        Assert.Equal("\nUseless E", filter.Push("eless EE"));
        Assert.False(filter.Stopped);
        Assert.Equal("", filter.Push("ND and more"));
        Assert.True(filter.Stopped);
        Assert.Equal("", filter.Push("anything"));
    }

    [Fact]
    public void What_waited_comes_at_the_end()
    {
        var filter = new StopStringFilter(["stop"]);
        Assert.Equal("do not ", filter.Push("do not st"));
        Assert.Equal("st", filter.Flush());
        Assert.Equal("", filter.Flush());
    }

    [Fact]
    public void An_empty_stop_string_is_refused() => Assert.Throws<ArgumentException>(() => new StopStringFilter(["a", ""]));

    [Fact]
    public void However_text_is_cut_into_pieces_it_ends_before_the_stop_string_that_is_complete_first()
    {
        Gen<string> texts = Gen.Elements('a', 'b', 'c').ArrayOf().Select(letters => new string(letters));
        Gen<string[]> pieces = texts.ArrayOf();
        Gen<string[]> stops = texts.Where(text => text.Length is > 0 and < 4).ArrayOf().Where(all => all.Length is > 0 and < 4);
        Prop.ForAll(pieces.Zip(stops).ToArbitrary(), pair =>
        {
            (string[] parts, string[] ends) = pair;
            var filter = new StopStringFilter(ends);
            string seen = string.Concat(parts.Select(filter.Push));
            if (!filter.Stopped) seen += filter.Flush();
            string whole = string.Concat(parts);
            (int End, int Start)[] found =
                [.. ends.Select(end => (End: whole.IndexOf(end, StringComparison.Ordinal) + end.Length, Start: whole.IndexOf(end, StringComparison.Ordinal))).Where(f => f.Start >= 0)];
            return seen == (found.Length == 0 ? whole : whole[..found.Min().Start]);
        }).QuickCheckThrowOnFailure();
    }
}
