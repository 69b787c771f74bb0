using System.CommandLine;
using System.Globalization;
using Spectre.Console;
using Takt.Cli.Shell;
using Takt.Models.Packing;

namespace Takt.Cli.Commands;

/// <summary><c>takt cache</c>: what is kept of packed weights, and deleting it.</summary>
internal static class CacheCommand
{
    /// <summary>Makes the command.</summary>
    public static Command Create(Terminal terminal)
    {
        Flag clear = terminal.Flag("--clear", Texts.CacheClear);
        Option<string?> folder = terminal.Optional("--folder", Texts.CacheFolder, "FOLDER");
        Flag json = terminal.Flag("--json", Texts.OptionJson);
        var command = new Command("cache", terminal.Say(Texts.Cache)) { clear, folder, json };
        command.SetAction(parse =>
        {
            PackCache cache = parse.GetValue(folder) is { } path ? new PackCache(path) : PackCache.OfUser;
            bool cleared = clear.In(parse);
            IReadOnlyList<PackCache.Entry> entries = cleared ? cache.Clear() : cache.Entries();
            if (json.In(parse)) WriteJson(cache, entries, cleared, terminal);
            else Print(cache, entries, cleared, terminal);
        });
        return command;
    }

    private static void Print(PackCache cache, IReadOnlyList<PackCache.Entry> entries, bool cleared, Terminal terminal)
    {
        if (entries.Count > 0)
        {
            Table table = new Table().Border(TableBorder.Simple);
            table.AddColumn(terminal.Say(Texts.ColumnName)).AddColumn(terminal.Say(Texts.ColumnSize)).AddColumn(terminal.Say(Texts.ColumnWritten));
            foreach (PackCache.Entry entry in entries)
            {
                table.AddRow(
                    new Spectre.Console.Text(Printable.OnOneLine(entry.Name)), new Spectre.Console.Text(Units.Bytes(entry.Bytes)),
                    new Spectre.Console.Text(entry.Written.ToString("yyyy-MM-dd HH:mm", CultureInfo.InvariantCulture)));
            }

            Consoles.Output(terminal).Write(table);
        }

        Phrase summary = cleared ? Texts.CacheCleared : Texts.CacheSummary;
        terminal.Out.WriteLine(terminal.Say(summary, cache.Folder, entries.Count, Units.Bytes(entries.Sum(static entry => entry.Bytes))));
    }

    private static void WriteJson(PackCache cache, IReadOnlyList<PackCache.Entry> entries, bool cleared, Terminal terminal) =>
        JsonOutput.WriteLine(terminal, json =>
        {
            json.WriteStartObject();
            json.WriteString("folder", cache.Folder);
            json.WriteBoolean("cleared", cleared);
            json.WriteNumber("bytes", entries.Sum(static entry => entry.Bytes));
            json.WriteStartArray("files");
            foreach (PackCache.Entry entry in entries)
            {
                json.WriteStartObject();
                json.WriteString("name", entry.Name);
                json.WriteNumber("bytes", entry.Bytes);
                json.WriteString("written", entry.Written.ToUniversalTime().ToString("O", CultureInfo.InvariantCulture));
                json.WriteEndObject();
            }

            json.WriteEndArray();
            json.WriteEndObject();
        });
}
