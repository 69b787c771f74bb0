namespace Takt.Tests.House;

/// <summary>A file that outgrows its budget has a second subject in it.</summary>
public sealed class LineBudgetTests
{
    private const int Budget = 300;

    [Theory]
    [InlineData("src")]
    [InlineData("tests")]
    [InlineData("bench")]
    public void Files_stay_within_the_budget(string folder)
    {
        var over = Checkout.Sources(folder)
            .Select(file => (File: Path.GetRelativePath(Checkout.Root, file), Lines: File.ReadLines(file).Count()))
            .Where(entry => entry.Lines > Budget);
        Assert.True(!over.Any(), $"over {Budget} lines: {string.Join(", ", over.Select(entry => $"{entry.File} ({entry.Lines})"))}");
    }
}
