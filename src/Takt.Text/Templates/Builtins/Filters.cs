namespace Takt.Text.Templates;

/// <summary>All filters by name.</summary>
internal static class Filters
{
    private static readonly Dictionary<string, Native> s_all = new[] { TextFilters.Table, NumberFilters.Table, SequenceFilters.Table, SelectionFilters.Table }
        .SelectMany(table => table)
        .ToDictionary(entry => entry.Key, entry => entry.Value, StringComparer.Ordinal);

    public static Native? Find(string name) => s_all.GetValueOrDefault(name);
}
