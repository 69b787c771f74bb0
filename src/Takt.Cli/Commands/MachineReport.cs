using System.Globalization;
using Spectre.Console;
using Takt.Cli.Shell;
using Takt.Clock;
using Takt.Compute;
using Takt.Compute.Threading;
using Takt.Engine.Machine;

namespace Takt.Cli.Commands;

/// <summary><c>takt inspect --machine</c>: what this machine is, measured, and how the kernels are set for it.</summary>
internal sealed class MachineReport
{
    private MachineReport(MachineFacts facts, string tier, int threads, IReadOnlyList<ReadBandwidth> reads, KernelTuning tuning) =>
        (Facts, Tier, Threads, Reads, Tuning) = (facts, tier, threads, reads, tuning);

    private MachineFacts Facts { get; }

    private string Tier { get; }

    private int Threads { get; }

    private IReadOnlyList<ReadBandwidth> Reads { get; }

    private KernelTuning Tuning { get; }

    // What takt calibrate measured; null before.
    private MachineProfile? Profile { get; init; }

    /// <summary>Measures this machine and keeps the tuning for the starts that follow.</summary>
    public static MachineReport Measure(TuningFile file)
    {
        using TeamLease lease = TeamLease.Take();
        using Backend backend = Backends.Create(lease.Team);
        MachineFacts facts = MachineFacts.Read();
        int threads = lease.Team.Threads;
        // The reference has no kernels to tune.
        KernelTuning tuning = backend.Name == "reference" ? KernelTuning.Default : KernelTuner.Measure(backend);
        file.Keep(facts.Processor, backend.Name, threads, tuning);
        return new MachineReport(facts, backend.Name, threads, BandwidthMeter.Measure(threads), tuning)
        {
            Profile = MachineFile.OfUser.Find(backend.Name, threads),
        };
    }

    /// <summary>Shows it as tables.</summary>
    public void Print(Terminal terminal)
    {
        IAnsiConsole console = Consoles.Output(terminal);
        Grid grid = new Grid().AddColumn(new GridColumn().NoWrap()).AddColumn();
        void Row(Phrase label, string value) =>
            grid.AddRow(new Spectre.Console.Text(terminal.Say(label)), new Spectre.Console.Text(Printable.OnOneLine(value)));
        Row(Texts.MachineProcessor, Facts.Processor);
        Row(Texts.MachineThreads, terminal.Say(Texts.MachineThreadsOf, Threads, Facts.Processors));
        if (Facts.Caches.Count > 0)
            Row(Texts.MachineCaches, string.Join(", ", Facts.Caches.Select(static cache => $"L{cache.Level} {cache.Kind} {Units.Bytes(cache.Bytes)}")));
        Row(Texts.MachinePages, terminal.Say(Texts.MachinePagesOf, Units.Bytes(Facts.PageBytes), Facts.LargePages ?? "-"));
        foreach ((string name, _, string? lacks) in Backends.Tiers)
        {
            Phrase state = name == Tier ? Texts.TierChosen : lacks is null ? Texts.TierSupported : Texts.TierOff;
            Row(Texts.MachineTier, terminal.Say(state, name, LibraryMessages.In(terminal.Language, lacks ?? "")));
        }

        foreach (string note in Backends.Notes) Row(Texts.MachineNote, LibraryMessages.In(terminal.Language, note));
        Row(Texts.MachineTuning, terminal.Say(
            Texts.MachineTuningOf, Tuning.Streams, Tuning.PrefetchBytes, terminal.Say(Tuning.HugePages ? Texts.PagesLarge : Texts.PagesSmall)));
        console.Write(grid);

        Table table = new Table().Border(TableBorder.Simple);
        foreach (Phrase name in (Phrase[])[Texts.ColumnThreads, Texts.ColumnStreams, Texts.ColumnPrefetch, Texts.ColumnPages, Texts.ColumnBandwidth])
            table.AddColumn(new TableColumn(terminal.Say(name)).RightAligned());
        foreach (ReadBandwidth read in Reads)
        {
            string[] cells =
            [
                read.Threads.ToString(CultureInfo.InvariantCulture), read.Streams.ToString(CultureInfo.InvariantCulture),
                terminal.Say(read.Prefetch ? Texts.Yes : Texts.No), terminal.Say(read.LargePages ? Texts.PagesLarge : Texts.PagesSmall),
                (read.BytesPerSecond / 1e9).ToString("0.0", CultureInfo.InvariantCulture),
            ];
            table.AddRow([.. cells.Select(static cell => new Spectre.Console.Text(cell))]);
        }

        console.Write(table);
        if (Profile is not null) ProfileTables.Print(Profile, terminal);
        else terminal.Note(terminal.Say(Texts.NotCalibrated));
    }

    /// <summary>Writes it as one JSON object.</summary>
    public void WriteJson(Terminal terminal) => JsonOutput.WriteLine(terminal, json =>
    {
        json.WriteStartObject();
        json.WriteString("processor", Facts.Processor);
        json.WriteNumber("processors", Facts.Processors);
        json.WriteNumber("threads", Threads);
        json.WriteStartArray("caches");
        foreach (CacheFacts cache in Facts.Caches)
        {
            json.WriteStartObject();
            json.WriteNumber("level", cache.Level);
            json.WriteString("kind", cache.Kind);
            json.WriteNumber("bytes", cache.Bytes);
            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.WriteNumber("page_bytes", Facts.PageBytes);
        json.WriteString("large_pages", Facts.LargePages);
        json.WriteStartArray("tiers");
        foreach ((string name, string needs, string? lacks) in Backends.Tiers)
        {
            json.WriteStartObject();
            json.WriteString("name", name);
            json.WriteBoolean("supported", lacks is null);
            json.WriteBoolean("chosen", name == Tier);
            json.WriteString("needs", needs);
            json.WriteString("lacks", lacks);
            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.WriteStartArray("notes");
        foreach (string note in Backends.Notes) json.WriteStringValue(note);
        json.WriteEndArray();
        json.WriteStartObject("tuning");
        json.WriteNumber("streams", Tuning.Streams);
        json.WriteNumber("prefetch_bytes", Tuning.PrefetchBytes);
        json.WriteBoolean("large_pages", Tuning.HugePages);
        json.WriteEndObject();
        json.WriteStartArray("read");
        foreach (ReadBandwidth read in Reads)
        {
            json.WriteStartObject();
            json.WriteNumber("threads", read.Threads);
            json.WriteNumber("streams", read.Streams);
            json.WriteBoolean("prefetch", read.Prefetch);
            json.WriteBoolean("large_pages", read.LargePages);
            json.WriteNumber("bytes_per_s", read.BytesPerSecond);
            json.WriteEndObject();
        }

        json.WriteEndArray();
        if (Profile is not null)
        {
            json.WriteStartObject("profile");
            ProfileTables.WriteJson(json, Profile);
            json.WriteEndObject();
        }

        json.WriteEndObject();
    });
}
