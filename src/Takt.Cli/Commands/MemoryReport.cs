using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using Takt.Cli.Shell;
using Takt.Models;
using Takt.Models.Packing;

namespace Takt.Cli.Commands;

/// <summary>What a loaded model takes in memory, and what of it the system says is resident.</summary>
internal static class MemoryReport
{
    private const string Status = "/proc/self/status";

    /// <summary>Most that the process had resident at once, in bytes (VmHWM on Linux).</summary>
    public static long PeakResidentBytes()
    {
        using Process self = Process.GetCurrentProcess();
        return self.PeakWorkingSet64;
    }

    /// <summary>Writes the object <c>memory</c>, all in bytes; what the system does not tell is left out.</summary>
    public static void Write(Utf8JsonWriter json, TaktModel model)
    {
        json.WriteStartObject("memory");
        json.WriteNumber("peak_rss_bytes", PeakResidentBytes());
        if (File.Exists(Status))
        {
            string[] lines = File.ReadAllLines(Status);
            WriteLine(json, "resident_bytes", lines, "VmRSS:");
            WriteLine(json, "resident_file_bytes", lines, "RssFile:");
        }

        json.WriteNumber("packed_weights_bytes", model.Weights.PackedBytes);
        json.WriteString("packed_weights_from", model.Weights.Origin == WeightOrigin.Cache ? "cache" : "packing");
        json.WriteNumber("vector_weights_bytes", model.Weights.VectorBytes);
        json.WriteNumber("kv_reserved_bytes", KvReservedBytes(model));
        json.WriteEndObject();
    }

    /// <summary>The same in one line for people.</summary>
    public static string Line(TaktModel model, Terminal terminal) => terminal.Say(
        Texts.MemoryLine, Units.Bytes(PeakResidentBytes()), Units.Bytes(model.Weights.PackedBytes),
        terminal.Say(model.Weights.Origin == WeightOrigin.Cache ? Texts.MemoryMapped : Texts.MemoryPacked),
        Units.Bytes(model.Weights.VectorBytes), Units.Bytes(KvReservedBytes(model)));

    private static long KvReservedBytes(TaktModel model) => model.Engine.TotalBlocks * KvCache.BlockBytes(model.Config, model.KvType);

    // A line such as "VmRSS:     1234 kB".
    private static void WriteLine(Utf8JsonWriter json, string name, string[] lines, string key)
    {
        string? line = Array.Find(lines, line => line.StartsWith(key, StringComparison.Ordinal));
        string? number = line?[key.Length..].Trim().Split(' ')[0];
        if (long.TryParse(number, CultureInfo.InvariantCulture, out long kibibytes)) json.WriteNumber(name, 1024 * kibibytes);
    }
}
