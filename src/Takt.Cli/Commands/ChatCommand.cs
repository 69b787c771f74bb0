using System.CommandLine;
using Takt.Cli.Chat;
using Takt.Cli.Options;
using Takt.Cli.Shell;

namespace Takt.Cli.Commands;

/// <summary><c>takt chat</c>: a conversation.</summary>
internal static class ChatCommand
{
    /// <summary>Makes the command.</summary>
    public static Command Create(Terminal terminal)
    {
        var command = new Command("chat", terminal.Say(Texts.Chat));
        var model = new ModelFlags(terminal, command, plan: true);
        Option<string?> system = terminal.Optional("--system", Texts.SystemMessage, "TEXT");
        Option<string?> load = terminal.Optional("--load", Texts.ChatStart, "FILE");
        command.Add(system);
        command.Add(load);
        var sampling = new SamplingFlags(terminal, command, maxTokens: 2048);
        command.SetAction(parse =>
        {
            using TaktModel loaded = model.OpenForText(parse);
            var session = new ChatSession(loaded);
            if (parse.GetValue(load) is { } file) session.Load(ConversationFile.Load(file));
            if (parse.GetValue(system) is { } text) session.System = text;
            return new ChatLoop(terminal, loaded, session, new ChatSettings(session, sampling.Read(parse))).Run();
        });
        return command;
    }
}
