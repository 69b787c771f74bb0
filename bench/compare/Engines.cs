using System.Globalization;
using System.Text.Json;

namespace Takt.Compare;

/// <summary>What both engines are asked to do.</summary>
/// <param name="Model">The file.</param>
/// <param name="Threads">Threads that compute.</param>
/// <param name="Prompt">Tokens of the prompt row; 0: none.</param>
/// <param name="Generate">Tokens of the generation row; 0: none.</param>
/// <param name="Batch">Sequences of the batch row, of <see cref="BatchTokens"/> tokens each; 0: none.</param>
/// <param name="Depth">Tokens in the cache before the generation row; prompt and batch rows have no depth.</param>
/// <param name="Limit">How long one run may take.</param>
internal sealed record Workload(string Model, int Threads, int Prompt, int Generate, int Batch, int Depth, TimeSpan Limit)
{
    /// <summary>Tokens of each sequence of a batch.</summary>
    public const int BatchTokens = 32;

    /// <summary>The name under which peak memory is kept among the figures.</summary>
    public const string PeakMemory = "peak RSS, MB";

    /// <summary>The generation row's name, as <c>takt bench</c> has it.</summary>
    public string GenerateName => Depth == 0 ? $"tg{Generate}" : $"tg{Generate} @ d{Depth}";
}

/// <summary>An engine as a program.</summary>
internal interface IEngine
{
    /// <summary>Its name.</summary>
    string Name { get; }

    /// <summary>Measures each row once. Tokens a second by row name, and <see cref="Workload.PeakMemory"/>.</summary>
    Dictionary<string, double> Measure(Workload work);

    /// <summary>The command that loads a model, reads eight tokens and prints one more.</summary>
    string[] FirstToken(string model, int threads);
}

/// <summary>The program <c>takt</c>.</summary>
/// <param name="path">The program.</param>
/// <param name="options">Further options for both of its commands.</param>
/// <param name="tier">The kernel tier; null for the best.</param>
internal sealed class TaktProgram(string path, string[] options, string? tier) : IEngine
{
    /// <inheritdoc/>
    public string Name => "takt";

    /// <inheritdoc/>
    public Dictionary<string, double> Measure(Workload work)
    {
        string[] command =
        [
            path, "bench", work.Model, "--json", "-r", "1", "-t", Text(work.Threads), "-p", Text(work.Prompt), "-n", Text(work.Generate),
            "-b", Text(work.Batch), "-bn", Text(Workload.BatchTokens), "-d", Text(work.Depth), .. tier is null ? [] : (string[])["--tier", tier], .. options,
        ];
        using JsonDocument json = JsonDocument.Parse(Child.Run(command, work.Limit).Output);
        var figures = json.RootElement.GetProperty("tests").EnumerateArray()
            .ToDictionary(test => test.GetProperty("name").GetString()!, test => test.GetProperty("median").GetDouble());
        figures[Workload.PeakMemory] = json.RootElement.GetProperty("peak_rss_bytes").GetInt64() / 1e6;
        return figures;
    }

    /// <inheritdoc/>
    public string[] FirstToken(string model, int threads) =>
        [path, "run", model, "one two three four five six seven", "--raw", "-n", "1", "--temperature", "0", "-t", Text(threads), .. options];

    private static string Text(int number) => number.ToString(CultureInfo.InvariantCulture);
}

/// <summary>llama.cpp behind a program that answers <c>bench</c> and <c>greedy</c> as bench/README.md says.</summary>
/// <param name="command">The program, with the arguments that come first.</param>
/// <param name="backend">Its backend's name.</param>
internal sealed class PeerProgram(string[] command, string backend) : IEngine
{
    /// <inheritdoc/>
    public string Name => "llama.cpp";

    /// <inheritdoc/>
    public Dictionary<string, double> Measure(Workload work)
    {
        string text = string.Create(
            CultureInfo.InvariantCulture,
            $"-t {work.Threads} -r 1 -p {work.Prompt} -n {work.Generate} -s {work.Batch} -bn {Workload.BatchTokens} -d {work.Depth} -b {backend}");
        return Read(Child.Run([.. command, "bench", work.Model, .. text.Split(' ')], work.Limit).Output, work);
    }

    /// <inheritdoc/>
    public string[] FirstToken(string model, int threads) =>
        [.. command, "greedy", model, .. "1 2 3 4 5 6 7 8 -n 1 -t".Split(' '), threads.ToString(CultureInfo.InvariantCulture), "-b", backend];

    /// <summary>The figures of a line of key=value between tabs.</summary>
    internal static Dictionary<string, double> Read(string line, Workload work)
    {
        Dictionary<string, string> fields = line.Trim().Split('\t').Select(field => field.Split('=', 2)).Where(pair => pair.Length == 2)
            .ToDictionary(pair => pair[0], pair => pair[1]);
        double Find(string key) => fields.TryGetValue(key, out string? text) && double.TryParse(text, CultureInfo.InvariantCulture, out double value)
            ? value
            : throw new InvalidDataException($"the peer printed no {key}=NUMBER, but: {line.Trim()}");
        var figures = new Dictionary<string, double> { [Workload.PeakMemory] = Find("peak_rss_MB") };
        if (work.Prompt > 0) figures[$"pp{work.Prompt}"] = Find($"pp{work.Prompt}");
        if (work.Generate > 0) figures[work.GenerateName] = Find($"tg{work.Generate}");
        if (work.Batch > 0) figures[$"batch{work.Batch}"] = Find($"batch{work.Batch}");
        return figures;
    }
}
