using System.Text.Encodings.Web;
using System.Text.Json;

namespace Takt.Compare;

/// <summary>One line of a table: medians over the pairs.</summary>
/// <param name="Model">The model's name.</param>
/// <param name="Name">What was measured.</param>
/// <param name="Takt">Takt's median.</param>
/// <param name="Peer">The peer's median.</param>
/// <param name="Ratio">The median of the pairs' ratios, Takt over peer.</param>
internal sealed record ComparedRow(string Model, string Name, double Takt, double Peer, double Ratio)
{
    /// <summary>95 % interval of the ratio, from ...; null with too few pairs.</summary>
    public double? RatioLow { get; init; }

    /// <summary>... to.</summary>
    public double? RatioHigh { get; init; }

    /// <summary>Bytes of weights and KV that Takt's generation read a second; null in other rows.</summary>
    public double? BytesPerSecond { get; init; }

    /// <summary>The same as a share of the best that the probe read in the same minute.</summary>
    public double? MemoryShare { get; init; }

    /// <summary>The peer's share.</summary>
    public double? PeerMemoryShare { get; init; }

    /// <summary>Pairs that count.</summary>
    public int Pairs { get; init; }

    /// <summary>Pairs thrown away, because the memory's speed changed.</summary>
    public int Retaken { get; init; }

    /// <summary>Pairs that count although it changed.</summary>
    public int Unsteady { get; init; }
}

/// <summary>One table.</summary>
/// <param name="Title">What tells it from others: running the same again replaces its rows, model by model.</param>
/// <param name="Command">How it was made.</param>
/// <param name="Date">When a row was last added.</param>
/// <param name="Rows">Its rows.</param>
internal sealed record ComparedTable(string Title, string Command, DateOnly Date, IReadOnlyList<ComparedRow> Rows);

/// <summary>Everything that was compared on one machine.</summary>
/// <param name="Machine">What the machine is.</param>
/// <param name="Tables">The tables, in the order in which they were first made.</param>
internal sealed record Results(MachineFacts Machine, IReadOnlyList<ComparedTable> Tables)
{
    private static readonly JsonSerializerOptions _json = new()
    {
        PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower,
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
        WriteIndented = true,
    };

    /// <summary>What a file holds, with this machine's description; nothing where there is no file.</summary>
    public static Results Load(string path, MachineFacts machine)
    {
        if (!File.Exists(path)) return new Results(machine, []);
        Results found = JsonSerializer.Deserialize<Results>(File.ReadAllText(path), _json)
            ?? throw new InvalidDataException($"{path} has no results in it; move it away.");
        return found with { Machine = machine };
    }

    /// <summary>The same with a table's rows replaced by new ones of the same model, or added.</summary>
    public Results With(ComparedTable table)
    {
        if (Tables.FirstOrDefault(old => old.Title == table.Title) is not { } old) return this with { Tables = [.. Tables, table] };
        var models = table.Rows.Select(row => row.Model).ToHashSet();
        ComparedTable joined = table with { Rows = [.. old.Rows.Where(row => !models.Contains(row.Model)), .. table.Rows] };
        return this with { Tables = [.. Tables.Select(other => other == old ? joined : other)] };
    }

    /// <summary>Writes the JSON file and the Markdown file beside it.</summary>
    public void Save(string path)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(Path.GetFullPath(path))!);
        Write(path, JsonSerializer.Serialize(this, _json) + "\n");
        Write(Path.ChangeExtension(path, ".md"), Markdown.Of(this));
    }

    private static void Write(string path, string text)
    {
        string temporary = path + ".tmp";
        File.WriteAllText(temporary, text);
        File.Move(temporary, path, overwrite: true);
    }
}
