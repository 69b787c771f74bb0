using System.Globalization;
using System.Text;

namespace Takt.Compare;

/// <summary>Results as a page.</summary>
internal static class Markdown
{
    /// <summary>The whole page.</summary>
    public static string Of(Results results)
    {
        MachineFacts machine = results.Machine;
        var page = new StringBuilder();
        page.Append(CultureInfo.InvariantCulture, $"# {machine.Cpu}\n\n");
        page.Append(CultureInfo.InvariantCulture, $"{machine.Cores} cores, {machine.MemoryGigabytes:0} GB of memory, {machine.System}, {machine.Runtime}; ");
        page.Append(CultureInfo.InvariantCulture, $"vectors: {string.Join(", ", machine.Vectors)}.\n\n");
        page.Append("Made by `bench/compare`, whose README says what is measured. Speeds are tokens a second; the ratio is Takt's figure over the peer's.\n");
        foreach (ComparedTable table in results.Tables) page.Append('\n').Append(Of(table));
        return page.ToString();
    }

    /// <summary>One table.</summary>
    public static string Of(ComparedTable table)
    {
        var text = new StringBuilder();
        text.Append(CultureInfo.InvariantCulture, $"## {table.Title}\n\n`{table.Command}`, {table.Date:yyyy-MM-dd}\n\n");
        text.Append("| model | row | Takt | llama.cpp | ratio | 95 % of the ratio | GB/s | of memory, Takt | of memory, llama.cpp | pairs (retaken, unsteady) |\n");
        text.Append("|---|---|---:|---:|---:|---|---:|---:|---:|---|\n");
        foreach (ComparedRow row in table.Rows) text.Append(CultureInfo.InvariantCulture, $"| {string.Join(" | ", Cells(row))} |\n");
        if (table.Rows.Any(row => row.Unsteady > 0))
        {
            text.Append(CultureInfo.InvariantCulture, $"\nTaken in unsteady conditions: in the last number of pairs, memory changed its speed by more than {Comparison.Tolerance:0 %} and the ");
            text.Append("retakes were used up. Small differences mean nothing there.\n");
        }

        return text.ToString();
    }

    private static IEnumerable<string> Cells(ComparedRow row) =>
    [
        row.Model,
        row.Name,
        Number(row.Takt),
        Number(row.Peer),
        row.Ratio.ToString("0.00", CultureInfo.InvariantCulture),
        row is { RatioLow: { } low, RatioHigh: { } high } ? string.Create(CultureInfo.InvariantCulture, $"{low:0.00} to {high:0.00}") : "",
        row.BytesPerSecond is { } speed ? (speed / 1e9).ToString("0.0", CultureInfo.InvariantCulture) : "",
        Share(row.MemoryShare),
        Share(row.PeerMemoryShare),
        $"{row.Pairs} ({row.Retaken}, {row.Unsteady})",
    ];

    private static string Share(double? share) => share?.ToString("0 %", CultureInfo.InvariantCulture) ?? "";

    private static string Number(double value) => value.ToString(value >= 100 ? "0" : value >= 10 ? "0.0" : "0.00", CultureInfo.InvariantCulture);
}
