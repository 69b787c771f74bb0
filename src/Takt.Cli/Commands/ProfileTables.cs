using System.Globalization;
using System.Text.Json;
using Spectre.Console;
using Takt.Cli.Shell;
using Takt.Clock;

namespace Takt.Cli.Commands;

/// <summary>A machine's measured profile, as tables and as JSON.</summary>
internal static class ProfileTables
{
    /// <summary>Shows it as tables.</summary>
    public static void Print(MachineProfile profile, Terminal terminal)
    {
        IAnsiConsole console = Consoles.Output(terminal);
        terminal.Out.WriteLine(terminal.Say(
            Texts.CalibratedRoof, profile.Processor, profile.Tier, profile.Threads, profile.ReadBytesPerSecond / 1e9, profile.FlopsPerSecond / 1e9));
        console.Write(Filled(
            terminal, [Texts.ColumnThreads, Texts.ColumnLevel, Texts.ColumnWorkingSet, Texts.ColumnBandwidth, Texts.ColumnSpread],
            profile.Reads.Select(read => (string[])
                [Number(read.Threads), read.Level == "memory" ? terminal.Say(Texts.LevelMemory) : read.Level, Units.Bytes(read.WorkingSet), Giga(read.BytesPerSecond.Median), Share(read.BytesPerSecond.Spread)])));
        console.Write(Filled(
            terminal, [Texts.ColumnTier, Texts.ColumnFormat, Texts.ColumnThreads, Texts.ColumnRows, Texts.ColumnFrom, Texts.ColumnMacs, Texts.ColumnBandwidth, Texts.ColumnSpread],
            profile.Products.Select(rate => (string[])
                [rate.Tier, rate.Format, Number(rate.Threads), Number(rate.Rows), terminal.Say(rate.FromMemory ? Texts.LevelMemory : Texts.LevelCache), Giga(rate.MacsPerSecond.Median), Giga(rate.BytesPerSecond), Share(rate.MacsPerSecond.Spread)])));
        console.Write(Filled(
            terminal, [Texts.ColumnThreads, Texts.ColumnBarrier, Texts.ColumnSpread, Texts.ColumnProductCall, Texts.ColumnPassesApart],
            profile.Barriers.Select(cost => (string[])
                [
                    Number(cost.Threads), Units.Seconds(cost.Seconds.Median), Share(cost.Seconds.Spread), Units.Seconds(cost.ProductSeconds),
                    Share(profile.UnsteadinessOf(cost.Threads)),
                ])));
    }

    /// <summary>Writes it as properties of the object that is open.</summary>
    public static void WriteJson(Utf8JsonWriter json, MachineProfile profile)
    {
        json.WriteString("processor", profile.Processor);
        json.WriteString("tier", profile.Tier);
        json.WriteNumber("threads", profile.Threads);
        json.WriteNumber("read_bytes_per_s", profile.ReadBytesPerSecond);
        json.WriteNumber("flops_per_s", profile.FlopsPerSecond);
        json.WriteNumber("cache_bytes", profile.CacheBytes);
        List(json, "reads", profile.Reads, read =>
        {
            json.WriteNumber("threads", read.Threads);
            json.WriteString("level", read.Level);
            json.WriteNumber("working_set", read.WorkingSet);
            Write(json, "bytes_per_s", read.BytesPerSecond);
        });
        List(json, "products", profile.Products, rate =>
        {
            json.WriteString("tier", rate.Tier);
            json.WriteString("format", rate.Format);
            json.WriteNumber("threads", rate.Threads);
            json.WriteNumber("rows", rate.Rows);
            json.WriteBoolean("from_memory", rate.FromMemory);
            Write(json, "macs_per_s", rate.MacsPerSecond);
            json.WriteNumber("bytes_per_s", rate.BytesPerSecond);
        });
        List(json, "attention", profile.Attentions, rate =>
        {
            json.WriteString("kv_type", rate.KvType);
            json.WriteNumber("threads", rate.Threads);
            json.WriteBoolean("prefill", rate.Prefill);
            json.WriteNumber("s_per_byte", rate.SecondsPerByte);
            json.WriteNumber("s_per_flop", rate.SecondsPerFlop);
        });
        List(json, "rows", profile.RowRates, rate =>
        {
            json.WriteString("op", rate.Op);
            json.WriteNumber("s_per_row", rate.SecondsPerRow);
            json.WriteNumber("s_per_byte", rate.SecondsPerByte);
        });
        List(json, "barriers", profile.Barriers, cost =>
        {
            json.WriteNumber("threads", cost.Threads);
            Write(json, "seconds", cost.Seconds);
            json.WriteNumber("product_s", cost.ProductSeconds);
        });
        List(json, "unsteadiness", profile.Unsteadiness, one =>
        {
            json.WriteNumber("threads", one.Threads);
            json.WriteNumber("deviation", one.Deviation);
        });
    }

    private static Table Filled(Terminal terminal, Phrase[] columns, IEnumerable<string[]> rows)
    {
        Table table = new Table().Border(TableBorder.Simple);
        foreach (Phrase name in columns) table.AddColumn(new TableColumn(terminal.Say(name)).RightAligned());
        foreach (string[] row in rows) table.AddRow([.. row.Select(static cell => new Spectre.Console.Text(cell))]);
        return table;
    }

    private static void List<T>(Utf8JsonWriter json, string name, IEnumerable<T> items, Action<T> write)
    {
        json.WriteStartArray(name);
        foreach (T item in items)
        {
            json.WriteStartObject();
            write(item);
            json.WriteEndObject();
        }

        json.WriteEndArray();
    }

    private static void Write(Utf8JsonWriter json, string name, Measured value)
    {
        json.WriteNumber(name, value.Median);
        json.WriteNumber("best", value.Best);
        json.WriteNumber("spread", value.Spread);
    }

    private static string Number(int value) => value.ToString(CultureInfo.InvariantCulture);

    private static string Giga(double value) => (value / 1e9).ToString("0.0", CultureInfo.InvariantCulture);

    private static string Share(double value) => (value * 100).ToString("0.0", CultureInfo.InvariantCulture) + " %";
}
