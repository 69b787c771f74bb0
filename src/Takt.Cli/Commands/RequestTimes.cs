using System.Diagnostics;
using System.Text.Json;
using Takt.Clock;

namespace Takt.Cli.Commands;

/// <summary>What a request's time went to.</summary>
internal static class RequestTimes
{
    /// <summary>Writes its parts in order as the property <c>times</c>; cycles and detokenising overlap with them.</summary>
    public static void Write(Utf8JsonWriter json, RequestRecord record)
    {
        json.WriteStartObject("times");
        void Time(string name, long ticks) => json.WriteNumber(name + "_s", (double)ticks / Stopwatch.Frequency);
        foreach ((string name, long ticks) in record.Parts) Time(name, ticks);
        Time("total", record.TotalTicks);
        Time("cycles", record.CycleTicks);
        Time("detokenize", record.DetokenizeTicks);
        json.WriteEndObject();
    }
}
