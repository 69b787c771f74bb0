using System.CommandLine;
using Takt.Cli.Shell;
using Takt.Engine.Sampling;

namespace Takt.Cli.Options;

/// <summary>The options that say how text is generated; <c>run</c>, <c>chat</c> and <c>profile</c> share them.</summary>
internal sealed class SamplingFlags
{
    private readonly NumberOption _maxTokens;
    private readonly NumberOption _temperature;
    private readonly NumberOption _seed;
    private readonly NumberOption _topK;
    private readonly NumberOption _topP;
    private readonly NumberOption _minP;
    private readonly NumberOption _typical;
    private readonly NumberOption _repeat;
    private readonly NumberOption _frequency;
    private readonly NumberOption _presence;
    private readonly NumberOption _window;
    private readonly Option<string[]> _stop;
    private readonly Flag _ignoreEos;

    /// <summary>Adds the options to a command.</summary>
    public SamplingFlags(Terminal terminal, Command command, int maxTokens, float temperature = 0.8f)
    {
        var defaults = new SamplingOptions();
        _maxTokens = terminal.Whole("--max-tokens", Texts.OptionMaxTokens, maxTokens, -1, int.MaxValue, "-n");
        _temperature = terminal.Real("--temperature", Texts.OptionTemperature, temperature, 0, 100);
        _seed = terminal.Whole("--seed", Texts.OptionSeed, null, 0, ulong.MaxValue);
        _topK = terminal.Whole("--top-k", Texts.OptionTopK, defaults.TopK, 0, int.MaxValue);
        _topP = terminal.Real("--top-p", Texts.OptionTopP, defaults.TopP, 0.000001m, 1);
        _minP = terminal.Real("--min-p", Texts.OptionMinP, defaults.MinP, 0, 1);
        _typical = terminal.Real("--typical", Texts.OptionTypical, defaults.TypicalP, 0.000001m, 1);
        _repeat = terminal.Real("--repeat-penalty", Texts.OptionRepeatPenalty, defaults.RepetitionPenalty, 0.001m, 100);
        _frequency = terminal.Real("--frequency-penalty", Texts.OptionFrequencyPenalty, defaults.FrequencyPenalty, -100, 100);
        _presence = terminal.Real("--presence-penalty", Texts.OptionPresencePenalty, defaults.PresencePenalty, -100, 100);
        _window = terminal.Whole("--penalty-window", Texts.OptionPenaltyWindow, defaults.PenaltyWindow, 0, int.MaxValue);
        _stop = new Option<string[]>("--stop") { Description = terminal.Say(Texts.OptionStop), HelpName = "TEXT", AllowMultipleArgumentsPerToken = false };
        _ignoreEos = terminal.Flag("--ignore-eos", Texts.RunIgnoreEos);
        Option[] all =
            [_maxTokens, _temperature, _seed, _topK, _topP, _minP, _typical, _repeat, _frequency, _presence, _window, _stop, _ignoreEos];
        foreach (Option option in all) command.Add(option);
    }

    /// <summary>What was given.</summary>
    public GenerationOptions Read(ParseResult parse)
    {
        int maxTokens = _maxTokens.Int(parse);
        return new GenerationOptions
        {
            MaxTokens = maxTokens < 0 ? null : maxTokens,
            StopStrings = [.. (parse.GetValue(_stop) ?? []).Where(s => s.Length > 0)],
            IgnoreStopTokens = _ignoreEos.In(parse),
            Sampling = new SamplingOptions
            {
                Temperature = _temperature.Float(parse),
                Seed = (ulong?)_seed.Find(parse),
                TopK = _topK.Int(parse),
                TopP = _topP.Float(parse),
                MinP = _minP.Float(parse),
                TypicalP = _typical.Float(parse),
                RepetitionPenalty = _repeat.Float(parse),
                FrequencyPenalty = _frequency.Float(parse),
                PresencePenalty = _presence.Float(parse),
                PenaltyWindow = _window.Int(parse),
            },
        };
    }
}
