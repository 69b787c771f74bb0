using System.CommandLine;
using System.Text.Json;
using Takt.Cli.Shell;
using Takt.Compute;
using Takt.Compute.Memory;
using Takt.Models;
using Takt.Models.Packing;
using Takt.Tuning;

namespace Takt.Cli.Options;

/// <summary>MODEL and the options that say how it is loaded.</summary>
internal sealed class ModelFlags
{
    /// <summary>The word for <see cref="KvCache.DefaultType"/>.</summary>
    public const string Auto = "auto";

    private readonly Argument<string> _model;
    private readonly NumberOption _context;
    private readonly NumberOption _threads;
    private readonly Option<string> _kvType;
    private readonly Flag _packCache;
    private readonly Option<string> _numerics;
    private readonly Option<string?> _planFile;
    private readonly Terminal _terminal;
    private Plan? _plan;

    /// <summary>Adds the argument and the options to a command.</summary>
    /// <param name="terminal">Where the command runs.</param>
    /// <param name="command">The command.</param>
    /// <param name="exact">Whether keys and values are F32 unless the user says otherwise: for commands that measure.</param>
    /// <param name="context">Whether the user chooses the length of the context.</param>
    /// <param name="plan">Whether it may run by a plan.</param>
    public ModelFlags(Terminal terminal, Command command, bool exact = false, bool context = true, bool plan = false)
    {
        _terminal = terminal;
        _model = ModelArgument.Create(terminal, Texts.Model);
        _context = terminal.Whole("--context", Texts.OptionContext, null, 1, int.MaxValue, "-c");
        _threads = terminal.Whole("--threads", Texts.OptionThreads, null, 1, 1024, "-t");
        _kvType = terminal.Word("--kv-type", Texts.OptionKvType, exact ? ["f32", "f16", "bf16", "q8_0", Auto] : [Auto, "f16", "f32", "bf16", "q8_0"]);
        _numerics = terminal.Word("--numerics", Texts.OptionNumerics, "exact", "fast");
        command.Add(_model);
        if (context) command.Add(_context);
        command.Add(_threads);
        _packCache = terminal.Flag("--pack-cache", Texts.OptionPackCache);
        _terminal = terminal;
        command.Add(_kvType);
        command.Add(_packCache);
        command.Add(_numerics);
        _planFile = terminal.Optional("--plan", Texts.OptionPlan, "FILE");
        if (plan) command.Add(_planFile);
    }

    /// <summary>Which model: with a plan the one that it runs.</summary>
    /// <exception cref="InvalidDataException">The plan is none, or it was made for another model or machine.</exception>
    public string Path(ParseResult parse)
    {
        string path = parse.PathOf(_model);
        return PlanOf(parse) is { } plan ? plan.Model.Path : path;
    }

    /// <summary>The plan that was given, which fits the model; null for none.</summary>
    public Plan? PlanOf(ParseResult parse)
    {
        if (_plan is not null || parse.GetValue(_planFile) is not { } file) return _plan;
        Plan plan = PlanFile.Read(file);
        PlanFile.Check(file, plan, parse.PathOf(_model));
        return _plan = plan;
    }

    /// <summary>Loads it.</summary>
    public TaktModel Open(ParseResult parse) => Open(Path(parse), Options(parse));

    /// <summary>Loads a model; where fast numerics were asked for, says whether they are on.</summary>
    public TaktModel Open(string path, ModelOptions options)
    {
        using var progress = new LoadProgress(_terminal);
        TaktModel model = TaktModel.Open(path, options with { Progress = progress.Show });
        if (options.Numerics == Numerics.Fast) _terminal.Note(_terminal.Say(model.Numerics == Numerics.Fast ? Texts.NumericsFast : Texts.NumericsNotFast));
        return model;
    }

    /// <summary>Loads it for text.</summary>
    /// <exception cref="CliException">It has no tokenizer.</exception>
    public TaktModel OpenForText(ParseResult parse)
    {
        TaktModel model = Open(parse);
        if (model.HasTokenizer) return model;
        model.Dispose();
        throw new CliException(Texts.NoTokenizer, Path(parse));
    }

    /// <summary>How it is to be loaded.</summary>
    public ModelOptions Options(ParseResult parse) => new()
    {
        ContextLength = (int?)_context.Find(parse),
        Threads = (int?)_threads.Find(parse) ?? PlanOf(parse)?.Options.Threads,
        Tier = PlanOf(parse)?.Options.Tier,
        Tuning = PlanOf(parse)?.Options.Tuning,
        KvType = KvTypeOf(parse.GetValue(_kvType)!) ?? PlanOf(parse)?.Options.KvType,
        PackCache = PackCache.OfEnvironment(Environment.GetEnvironmentVariable(PackCache.Variable))
            ?? (_packCache.In(parse) ? new PackCache(PackCache.DefaultFolder) : null),
        Numerics = parse.GetValue(_numerics) == "fast" ? Numerics.Fast : Numerics.Exact,
    };

    /// <summary>The type of that name; null for auto.</summary>
    public static KvType? KvTypeOf(string name) => name switch
    {
        Auto => null,
        "f32" => KvType.F32,
        "bf16" => KvType.BF16,
        "q8_0" => KvType.Q8_0,
        _ => KvType.F16,
    };

    /// <summary>Says in a report that its numbers are fast ones; exact ones go without saying.</summary>
    public static void WriteNumerics(Utf8JsonWriter json, Numerics numerics)
    {
        if (numerics == Numerics.Fast) json.WriteString("numerics", "fast");
    }
}
