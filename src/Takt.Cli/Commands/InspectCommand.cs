using System.CommandLine;
using System.Globalization;
using Spectre.Console;
using Takt.Cli.Options;
using Takt.Cli.Shell;
using Takt.Engine.Machine;
using Takt.Formats;
using Takt.Models;

namespace Takt.Cli.Commands;

/// <summary><c>takt inspect</c>: what a model is, before it is loaded.</summary>
internal static class InspectCommand
{
    /// <summary>Makes the command.</summary>
    public static Command Create(Terminal terminal)
    {
        Argument<string> model = ModelArgument.Create(terminal, Texts.Model);
        model.Arity = ArgumentArity.ZeroOrOne;
        Flag machine = terminal.Flag("--machine", Texts.InspectMachine);
        NumberOption context = terminal.Whole("--context", Texts.InspectContext, null, 1, int.MaxValue, "-c");
        Option<string> kv = terminal.Word("--kv-type", Texts.OptionKvType, ModelFlags.Auto, "f16", "f32", "bf16", "q8_0");
        Flag tensors = terminal.Flag("--tensors", Texts.InspectTensors);
        Flag json = terminal.Flag("--json", Texts.OptionJson);
        var command = new Command("inspect", terminal.Say(Texts.Inspect)) { model, machine, context, kv, tensors, json };
        var graph = new GraphFlags(terminal, command);
        command.SetAction(parse =>
        {
            if (machine.In(parse))
            {
                MachineReport report = MachineReport.Measure(TuningFile.OfUser);
                if (json.In(parse)) report.WriteJson(terminal);
                else report.Print(terminal);
                return;
            }

            if (parse.GetValue(model) is null) throw CliException.Usage(Texts.MissingArgument, model.Name, terminal.Say(Texts.Model));
            using ModelSource source = ModelSource.Open(parse.PathOf(model));
            if (graph.In(parse))
            {
                graph.Show(parse, source.File, ModelFlags.KvTypeOf(parse.GetValue(kv)!), json.In(parse));
                return;
            }

            using ModelFile? stored = AsStored(source, out string? problem);
            var facts = stored is null
                ? new ModelFacts(source.File, (int?)context.Find(parse), ModelFlags.KvTypeOf(parse.GetValue(kv)!))
                : new ModelFacts(stored, problem!);
            if (json.In(parse)) InspectJson.Write(facts, terminal);
            else Print(facts, terminal, tensors.In(parse));
        });
        return command;
    }

    // A folder that is no decoder (an encoder, say) can be looked at all the same, under its own names.
    private static ModelFile? AsStored(ModelSource source, out string? problem)
    {
        problem = null;
        if (!HuggingFaceFolder.IsOne(source.Path)) return null;
        try
        {
            _ = source.File;
            return null;
        }
        catch (InvalidDataException reason)
        {
            problem = reason.Message;
            return new HuggingFaceFolder(source.Path).OpenAsStored();
        }
    }

    private static void Print(ModelFacts facts, Terminal terminal, bool allTensors)
    {
        IAnsiConsole console = Consoles.Output(terminal);
        console.Write(Summary(facts, terminal));
        console.Write(Heading(terminal, Texts.FactMetadata));
        console.Write(Metadata(facts.File, terminal));
        console.Write(Heading(terminal, Texts.FactTensors));
        console.Write(allTensors ? TensorList(facts.File, terminal) : TypeList(facts, terminal));
        if (facts.Problem is not null) terminal.Error.WriteLine(terminal.Say(Texts.Warning, terminal.Say(Texts.NotRunnable, LibraryMessages.In(terminal.Language, facts.Problem))));
    }

    private static Grid Summary(ModelFacts facts, Terminal terminal)
    {
        Grid grid = new Grid().AddColumn(new GridColumn().NoWrap()).AddColumn();
        void Row(Phrase label, string? value)
        {
            if (value is not null) grid.AddRow(Plain(terminal.Say(label)), Plain(value));
        }

        string Say(Phrase text, params object?[] values) => terminal.Say(text, values);
        Row(Texts.FactFile, facts.File.Path);
        Row(Texts.FactName, facts.Name);
        Row(Texts.FactArchitecture, facts.Architecture);
        Row(Texts.FactParameters, Units.Count(facts.Parameters));
        Row(Texts.FactWeights, Say(Texts.FactBitsPerWeight, Units.Bytes(facts.WeightBytes), facts.BitsPerWeight));
        if (facts.Config is { } config)
        {
            Row(Texts.FactShape, Say(
                Texts.FactLayers, config.Layers.Count, config.HiddenSize, config.Heads, config.KvHeads, config.HeadSize, config.FeedForwardSize));
            if (config.Experts > 0)
                Row(Texts.FactExperts, Say(Texts.FactExpertsUsed, config.ExpertsUsed, config.Experts, config.ExpertSize));
            Row(Texts.FactContext, Say(Texts.FactTokens, config.ContextLength));
            Row(Texts.FactVocabulary, Say(Texts.FactTokens, config.VocabularySize));
        }

        Row(Texts.FactTemplate, Say(facts.HasTemplate ? Texts.Yes : Texts.No));
        if (facts.Config is not null)
        {
            Row(Texts.FactMemory, Say(
                Texts.FactMemoryParts, Units.Bytes(facts.WeightBytes + facts.KvBytes), facts.Context,
                Units.Bytes(facts.WeightBytes), Units.Bytes(facts.KvBytes)));
            if (facts.Kept is { } kept) Row(Texts.FactPackedFile, $"{kept.Name}, {Units.Bytes(kept.Bytes)}");
        }

        return grid;
    }

    private static Rows Heading(Terminal terminal, Phrase title) => new(Plain(""), new Markup($"[bold]{terminal.Say(title)}[/]"));

    private static Table Metadata(ModelFile file, Terminal terminal)
    {
        Table table = Columns(terminal, Texts.ColumnKey, Texts.ColumnValue);
        foreach ((string key, object value) in file.Metadata) table.AddRow(Plain(key), Plain(Show(value, terminal)));
        return table;
    }

    private static Table TypeList(ModelFacts facts, Terminal terminal)
    {
        Table table = Columns(terminal, Texts.ColumnType, Texts.ColumnCount, Texts.ColumnSize);
        foreach (ModelFacts.TypeSum sum in facts.Types)
            table.AddRow(Plain(sum.Type.Name()), Plain(sum.Tensors.ToString(CultureInfo.InvariantCulture)), Plain(Units.Bytes(sum.Bytes)));
        return table;
    }

    private static Table TensorList(ModelFile file, Terminal terminal)
    {
        Table table = Columns(terminal, Texts.ColumnName, Texts.ColumnType, Texts.ColumnShape, Texts.ColumnSize);
        foreach (Tensor tensor in file.Tensors)
        {
            table.AddRow(
                Plain(tensor.Name), Plain(tensor.Type.Name()), Plain(string.Join(" x ", tensor.Shape)), Plain(Units.Bytes(tensor.ByteLength)));
        }

        return table;
    }

    private static Table Columns(Terminal terminal, params Phrase[] names)
    {
        Table table = new Table().Border(TableBorder.Simple);
        foreach (Phrase name in names) table.AddColumn(terminal.Say(name));
        return table;
    }

    // Metadata comes from outside: no markup, no control characters.
    private static Spectre.Console.Text Plain(string text) => new(Printable.OnOneLine(text));

    private static string Show(object value, Terminal terminal)
    {
        const int Longest = 120;
        string text = value switch
        {
            Array { Length: <= 8 } array => $"[{string.Join(", ", array.Cast<object>())}]",
            Array array => terminal.Say(Texts.ArrayOf, array.Length, string.Join(", ", array.Cast<object>().Take(8)) + ", ..."),
            _ => Convert.ToString(value, CultureInfo.InvariantCulture) ?? "",
        };
        return text.Length > Longest ? text[..Longest] + "..." : text;
    }
}
