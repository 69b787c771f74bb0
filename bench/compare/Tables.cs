namespace Takt.Compare;

/// <summary>What a table is made with.</summary>
internal sealed record Setup(IEngine Takt, IEngine Peer, int Pairs, int Threads)
{
    /// <summary>Tokens of the prompt row.</summary>
    public int Prompt { get; init; }

    /// <summary>Tokens of the generation row.</summary>
    public int Generate { get; init; }

    /// <summary>Sequences of the batch row.</summary>
    public int Batch { get; init; }

    /// <summary>Tokens in the cache before the generation row.</summary>
    public int Depth { get; init; }

    /// <summary>Busy processes of the table under load.</summary>
    public int Busy { get; init; }

    /// <summary>How many pairs are taken again at most.</summary>
    public int Retakes { get; init; }

    /// <summary>How long one run of an engine may take.</summary>
    public TimeSpan Limit { get; init; }

    /// <summary>The work of one run.</summary>
    public Workload Of(string model) => new(model, Threads, Depth > 0 ? 0 : Prompt, Generate, Depth > 0 ? 0 : Batch, Depth, Limit);
}

/// <summary>The tables: what is run for each, and which rows come of it.</summary>
internal static class Tables
{
    private const string FirstToken = "first token, s";
    private const string Share = "under load / alone";

    /// <summary>A title that tells tables of different settings apart.</summary>
    public static string Title(string word, Setup setup, string? tier, string backend)
    {
        string title = word switch
        {
            "speed" => setup.Depth > 0 ? $"Speed at depth {setup.Depth}" : "Speed",
            "start" => "Start",
            _ => $"Beside {setup.Busy} busy processes",
        };
        title += $", {setup.Threads} threads";
        if (tier is not null) title += $", tier {tier}";
        return backend == "best" ? title : title + $", llama.cpp's {backend}";
    }

    /// <summary>Prompts, generation and batches.</summary>
    public static PairSeries Speed(Setup setup, string model)
    {
        Workload work = setup.Of(model);
        return Pairs(setup, model, log => (Measure(setup.Takt, work, log), Measure(setup.Peer, work, log)));
    }

    /// <summary>Start of the process to the first token.</summary>
    public static PairSeries Start(Setup setup, string model)
    {
        Dictionary<string, double> Time(IEngine engine) =>
            new() { [FirstToken] = Child.Run(engine.FirstToken(model, setup.Threads), setup.Limit).FirstByte };
        // The page cache is warm and what an engine keeps from run to run is there.
        Time(setup.Takt);
        Time(setup.Peer);
        return Pairs(setup, model, log =>
        {
            log.Step("both starts");
            return (Time(setup.Takt), Time(setup.Peer));
        });
    }

    /// <summary>Generation alone and beside busy processes.</summary>
    public static PairSeries Loaded(Setup setup, string model)
    {
        if (setup.Generate == 0) throw new InvalidOperationException("--generate is 0, but generation is what this table measures; give 1 or more.");
        Workload work = setup.Of(model);
        string row = work.GenerateName;
        (double, double) Both(Progress log, string where) =>
            (Measure(setup.Takt, work, log, where)[row], Measure(setup.Peer, work, log, where)[row]);
        Dictionary<string, double> Figures(double alone, double loaded) =>
            new() { [row] = alone, [$"{row} under load"] = loaded, [Share] = loaded / alone };
        return Pairs(setup, model, log =>
        {
            (double takt, double peer) = Both(log, "alone");
            using IDisposable burners = Child.Burn(setup.Busy);
            (double taktLoaded, double peerLoaded) = Both(log, "under load");
            return (Figures(takt, taktLoaded), Figures(peer, peerLoaded));
        });
    }

    /// <summary>The rows of a model.</summary>
    public static IReadOnlyList<ComparedRow> Rows(string word, Setup setup, string model, PairSeries series)
    {
        string name = Path.GetFileNameWithoutExtension(model), generation = setup.Of(model).GenerateName;
        double bytes = word == "speed" && setup.Generate > 0 ? ModelBytes.PerToken(model, setup.Depth, setup.Generate) : 0;
        return [.. series.Samples[0].Takt.Keys.Select(figure => series.Row(name, figure, figure == generation ? bytes : 0))];
    }

    private static Dictionary<string, double> Measure(IEngine engine, Workload work, Progress log, string where = "")
    {
        log.Step($"{engine.Name} {where}");
        return engine.Measure(work);
    }

    private static PairSeries Pairs(Setup setup, string model, Func<Progress, (Dictionary<string, double> Takt, Dictionary<string, double> Peer)> pair)
    {
        using var probe = new ReadProbe(setup.Threads);
        var log = new Progress(Path.GetFileName(model));
        return new Comparison(probe, Math.Max(1, setup.Pairs), setup.Retakes, log).Run(() => pair(log));
    }
}
