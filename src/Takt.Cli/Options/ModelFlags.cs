using Takt.Compute.Memory;
using System.CommandLine;
using Takt.Cli.Shell;
using Takt.Models;
using Takt.Models.Packing;

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
    private readonly Terminal _terminal;

    /// <summary>Adds the argument and the options to a command.</summary>
    /// <param name="terminal">Where the command runs.</param>
    /// <param name="command">The command.</param>
    /// <param name="exact">Whether keys and values are F32 unless the user says otherwise: for commands that measure.</param>
    /// <param name="context">Whether the user chooses the length of the context.</param>
    public ModelFlags(Terminal terminal, Command command, bool exact = false, bool context = true)
    {
        _model = ModelArgument.Create(terminal, Texts.Model);
        _context = terminal.Whole("--context", Texts.OptionContext, null, 1, int.MaxValue, "-c");
        _threads = terminal.Whole("--threads", Texts.OptionThreads, null, 1, 1024, "-t");
        _kvType = terminal.Word("--kv-type", Texts.OptionKvType, exact ? ["f32", "f16", "bf16", "q8_0", Auto] : [Auto, "f16", "f32", "bf16", "q8_0"]);
        command.Add(_model);
        if (context) command.Add(_context);
        command.Add(_threads);
        _packCache = terminal.Flag("--pack-cache", Texts.OptionPackCache);
        _terminal = terminal;
        command.Add(_kvType);
        command.Add(_packCache);
    }

    /// <summary>Which model.</summary>
    public string Path(ParseResult parse) => parse.PathOf(_model);

    /// <summary>Loads it.</summary>
    public TaktModel Open(ParseResult parse)
    {
        using var progress = new LoadProgress(_terminal);
        return TaktModel.Open(Path(parse), Options(parse) with { Progress = progress.Show });
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
        Threads = (int?)_threads.Find(parse),
        KvType = KvTypeOf(parse.GetValue(_kvType)!),
        PackCache = PackCache.OfEnvironment(Environment.GetEnvironmentVariable(PackCache.Variable))
            ?? (_packCache.In(parse) ? new PackCache(PackCache.DefaultFolder) : null),
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
}
