using System.CommandLine;
using System.Text.Json;
using Takt.Cli.Shell;
using Takt.Clock;
using Takt.Engine.Machine;

namespace Takt.Cli.Commands;

/// <summary><c>takt calibrate</c>: measures all that predictions of this machine need, and keeps it.</summary>
internal static class CalibrateCommand
{
    private const int BarWidth = 30;

    /// <summary>Makes the command.</summary>
    public static Command Create(Terminal terminal)
    {
        NumberOption threads = terminal.Whole("--threads", Texts.OptionThreads, null, 1, 1024, "-t");
        Flag json = terminal.Flag("--json", Texts.OptionJson);
        var command = new Command("calibrate", terminal.Say(Texts.Calibrate)) { threads, json };
        command.SetAction(parse =>
        {
            MachineProfile profile = Measure(terminal, (int?)threads.Find(parse));
            string? file = MachineFile.OfUser.Keep(profile);
            if (json.In(parse))
            {
                JsonOutput.WriteLine(terminal, writer =>
                {
                    writer.WriteStartObject();
                    writer.WriteString("file", file);
                    ProfileTables.WriteJson(writer, profile);
                    writer.WriteEndObject();
                });
                return;
            }

            ProfileTables.Print(profile, terminal);
            terminal.Note(file is null ? terminal.Say(Texts.CalibrateNotKept) : terminal.Say(Texts.CalibrateKept, file));
        });
        return command;
    }

    /// <summary>Measures this machine, with a bar that shows how far that is.</summary>
    internal static MachineProfile Measure(Terminal terminal, int? threads)
    {
        using var line = new ProgressLine(terminal);
        return MachineCalibrator.Measure(
            threads: threads,
            progress: share => line.Show(terminal.Say(
                Texts.Calibrating, new string('=', (int)(share * BarWidth)).PadRight(BarWidth), (int)(share * 100))),
            cancellation: terminal.Interrupt.Token);
    }
}
