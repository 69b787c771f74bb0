using System.CommandLine;
using Takt.Cli.Shell;
using Takt.Clock;
using Takt.Clock.Graphs;
using Takt.Clock.Reports;
using Takt.Compute;
using Takt.Compute.Memory;
using Takt.Compute.Threading;
using Takt.Formats;
using Takt.Models;

namespace Takt.Cli.Commands;

/// <summary><c>--graph</c> of <c>takt inspect</c> and what goes with it: which cycle, and how it is shown.</summary>
internal sealed class GraphFlags
{
    private readonly Terminal _terminal;
    private readonly Flag _graph;
    private readonly Option<string> _format;
    private readonly Option<string> _by;
    private readonly NumberOption _prompt;
    private readonly NumberOption _sequences;
    private readonly NumberOption _kv;
    private readonly NumberOption _threads;

    /// <summary>Adds the options to a command.</summary>
    public GraphFlags(Terminal terminal, Command command)
    {
        _terminal = terminal;
        _graph = terminal.Flag("--graph", Texts.InspectGraph);
        _format = terminal.Word("--format", Texts.GraphFormat, "table", "mermaid", "dot");
        _by = terminal.Word("--by", Texts.GraphBy, "op", "moment");
        _prompt = terminal.Whole("--prompt-tokens", Texts.GraphPromptTokens, 0, 0, 1 << 24);
        _sequences = terminal.Whole("--sequences", Texts.GraphSequences, 1, 0, 1 << 16);
        _kv = terminal.Whole("--kv-tokens", Texts.GraphKv, 128, 0, 1 << 24);
        _threads = terminal.Whole("--threads", Texts.OptionThreads, null, 1, 1024, "-t");
        foreach (Option option in (Option[])[_graph, _format, _by, _prompt, _sequences, _kv, _threads]) command.Add(option);
    }

    /// <summary>Whether the graph was asked for.</summary>
    public bool In(ParseResult parse) => _graph.In(parse);

    /// <summary>Shows the graph of a model that is not loaded.</summary>
    /// <exception cref="CliException">The cycle would have no rows.</exception>
    /// <exception cref="InvalidDataException">It is no known decoder.</exception>
    public void Show(ParseResult parse, ModelFile file, KvType? kvType, bool json)
    {
        int prompt = _prompt.Int(parse), sequences = _sequences.Int(parse);
        if (prompt == 0 && sequences == 0) throw CliException.Usage(Texts.GraphNothing);
        // Whoever asks for a prompt means the prompt alone.
        if (prompt > 0 && parse.GetResult(_sequences) is null) sequences = 0;
        using TeamLease lease = TeamLease.Take((int?)_threads.Find(parse));
        using Backend backend = Backends.Create(lease.Team);
        ModelGraph graph = Transformer.Graph(file, backend, kvType ?? KvCache.DefaultType(file));
        CycleShape shape = CycleShape.Mixed(prompt, sequences, _kv.Int(parse)) with { Threads = lease.Team.Threads };
        switch (parse.GetValue(_format))
        {
            case "mermaid": _terminal.Out.Write(GraphText.Mermaid(graph, shape)); return;
            case "dot": _terminal.Out.Write(GraphText.Dot(graph, shape)); return;
        }

        MachineProfile? profile = MachineFile.OfUser.Find(backend.Name, lease.Team.Threads);
        var report = new GraphReport(graph, shape, profile);
        bool byOp = parse.GetResult(_by) is { Implicit: false } ? parse.GetValue(_by) == "op" : !json;
        if (json) report.WriteJson(_terminal, byOp);
        else report.Print(_terminal, byOp);
    }
}
