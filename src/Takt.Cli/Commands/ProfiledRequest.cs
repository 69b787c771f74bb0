using System.Diagnostics;
using System.Text.Json;
using Takt.Clock;

namespace Takt.Cli.Commands;

/// <summary>The profiled request beside the time that its host saw pass.</summary>
/// <param name="Record">What the ledger has of it.</param>
/// <param name="WallTicks">From before its text was encoded until its last text was there, by the host's own clock.</param>
internal sealed record ProfiledRequest(RequestRecord Record, long WallTicks)
{
    /// <summary>The share of the wall time that its parts explain.</summary>
    public double Coverage => (double)Record.Parts.Sum(static part => part.Ticks) / WallTicks;

    /// <summary>The same without what lies between cycles.</summary>
    public double CycleCoverage => (double)(Record.TotalTicks - Record.PrefillTicks - Record.GenerationTicks + Record.CycleTicks) / WallTicks;

    /// <summary>The shares of its parts, in order, and of detokenising, which is a part of generation.</summary>
    public IEnumerable<(string Name, double Share)> Shares =>
        Record.Parts.Append(("detokenize", Record.DetokenizeTicks)).Select(part => (part.Item1, (double)part.Item2 / WallTicks));

    /// <summary>Writes it as the property <c>request</c>.</summary>
    public void Write(Utf8JsonWriter json)
    {
        json.WriteStartObject("request");
        json.WriteNumber("wall_s", (double)WallTicks / Stopwatch.Frequency);
        json.WriteNumber("coverage", Coverage);
        json.WriteNumber("cycle_coverage", CycleCoverage);
        RequestTimes.Write(json, Record);
        json.WriteEndObject();
    }
}
