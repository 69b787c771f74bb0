using System.Text.Encodings.Web;
using System.Text.Json;

namespace Takt.Cli.Shell;

/// <summary>Writes JSON to standard output: one value a line, UTF-8, Chinese as it is.</summary>
internal static class JsonOutput
{
    private static readonly JsonWriterOptions _options = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>Writes one value and a line end.</summary>
    public static void WriteLine(Terminal terminal, Action<Utf8JsonWriter> write)
    {
        terminal.Out.Flush();
        using (var json = new Utf8JsonWriter(terminal.OutputStream, _options)) write(json);
        terminal.OutputStream.WriteByte((byte)'\n');
    }
}
