using System.Text.Json;

namespace Takt.Cli.Shell;

/// <summary>JSON Lines on standard input: one value a line; empty lines are passed over.</summary>
internal static class JsonLines
{
    /// <summary>Hands over every line; an error says which line it was.</summary>
    public static void ForEach(Terminal terminal, Action<string> handle)
    {
        for (int number = 1; terminal.In.ReadLine() is { } line; number++)
        {
            terminal.Interrupt.Token.ThrowIfCancellationRequested();
            if (string.IsNullOrWhiteSpace(line)) continue;
            try
            {
                handle(line);
            }
            catch (CliException problem)
            {
                throw new CliException(Texts.BadLine, number, problem.In(terminal.Language));
            }
        }
    }

    /// <summary>The line as a string.</summary>
    public static string String(string line) => Read(line, Texts.ExpectedJsonString, value => value.GetString() ?? throw new JsonException());

    /// <summary>The line as an array of ids.</summary>
    public static int[] Ids(string line) => Read<int[]>(line, Texts.ExpectedJsonIds, value => [.. value.EnumerateArray().Select(id => id.GetInt32())]);

    private static T Read<T>(string line, Phrase expected, Func<JsonElement, T> convert)
    {
        try
        {
            using JsonDocument document = JsonDocument.Parse(line);
            return convert(document.RootElement);
        }
        catch (Exception failure) when (failure is JsonException or InvalidOperationException or FormatException)
        {
            throw new CliException(expected);
        }
    }
}
