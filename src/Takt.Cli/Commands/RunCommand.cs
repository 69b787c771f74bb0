using System.CommandLine;
using System.Text.Json;
using Takt.Cli.Options;
using Takt.Cli.Shell;
using Takt.Clock;
using Takt.Compute;

namespace Takt.Cli.Commands;

/// <summary><c>takt run</c>: one text from one prompt, streamed.</summary>
internal static class RunCommand
{
    /// <summary>Makes the command.</summary>
    public static Command Create(Terminal terminal)
    {
        var command = new Command("run", terminal.Say(Texts.Run));
        var model = new ModelFlags(terminal, command, plan: true);
        var prompt = new Argument<string?>("PROMPT") { Description = terminal.Say(Texts.RunPrompt), Arity = ArgumentArity.ZeroOrOne };
        command.Add(prompt);
        var sampling = new SamplingFlags(terminal, command, maxTokens: 256);
        Option<string?> system = terminal.Optional("--system", Texts.SystemMessage, "TEXT");
        Flag raw = terminal.Flag("--raw", Texts.RunRaw);
        Flag json = terminal.Flag("--json", Texts.OptionJson);
        command.Add(system);
        command.Add(raw);
        command.Add(json);
        command.SetAction(parse =>
        {
            string? text = PromptText.Read(parse.GetValue(prompt), terminal);
            GenerationOptions options = sampling.Read(parse);
            using TaktModel loaded = model.OpenForText(parse);
            var times = new TextTimes();
            int[] ids = PromptText.Encode(loaded, text, parse.GetValue(system), raw.In(parse), times);
            Generation generation = loaded.Generate(ids, options, times, terminal.Interrupt.Token);
            if (json.In(parse))
            {
                generation.ToEnd();
                RunJson(generation, loaded, terminal);
            }
            else
            {
                Stream(generation, terminal);
                if (generation.FinishReason == FinishReason.ContextFull) terminal.Note(terminal.Say(Texts.RunContextFull, loaded.ContextLength));
                terminal.Note(Summary(generation, terminal));
            }

            return generation.FinishReason == FinishReason.Cancelled ? Interrupt.ExitCode : 0;
        });
        return command;
    }

    /// <summary>Writes the text as it comes, and a line end where a person reads it.</summary>
    public static void Stream(Generation generation, Terminal terminal)
    {
        foreach (string piece in generation)
        {
            terminal.Out.Write(terminal.OutputRedirected ? piece : Printable.OnTerminal(piece));
            terminal.Out.Flush();
        }

        if (!generation.Text.EndsWith('\n')) terminal.Out.WriteLine();
        terminal.Out.Flush();
    }

    /// <summary>The line at the end of a run.</summary>
    public static string Summary(Generation generation, Terminal terminal) => terminal.Say(
        Texts.RunSummary, generation.Tokens, generation.TokensPerSecond, generation.Cycles,
        Units.Seconds(generation.TimeToFirstToken?.TotalSeconds ?? 0));

    private static void RunJson(Generation generation, TaktModel model, Terminal terminal) => JsonOutput.WriteLine(terminal, json =>
    {
        json.WriteStartObject();
        json.WriteString("text", generation.Text);
        json.WriteStartArray("ids");
        foreach (int id in generation.Ids) json.WriteNumberValue(id);
        json.WriteEndArray();
        json.WriteNumber("prompt_tokens", generation.PromptTokens);
        json.WriteNumber("tokens", generation.Tokens);
        if (generation.TimeToFirstToken is { } first) json.WriteNumber("ttft_s", first.TotalSeconds);
        else json.WriteNull("ttft_s");
        json.WriteNumber("tokens_per_s", generation.TokensPerSecond);
        json.WriteNumber("cycles", generation.Cycles);
        json.WriteString("stop_reason", Name(generation.FinishReason));
        if (generation.Record is { } record) RequestTimes.Write(json, record);
        MemoryReport.Write(json, model);
        ModelFlags.WriteNumerics(json, model.Numerics);
        json.WriteEndObject();
    });

    private static string Name(FinishReason? reason) => reason switch
    {
        FinishReason.StopToken => "stop_token",
        FinishReason.StopString => "stop_string",
        FinishReason.MaxTokens => "max_tokens",
        FinishReason.ContextFull => "context_full",
        _ => "cancelled",
    };
}
