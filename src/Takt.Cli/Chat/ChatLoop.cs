using Takt.Cli.Commands;
using Takt.Cli.Shell;

namespace Takt.Cli.Chat;

/// <summary>Reads what a person says, answers, and does what they ask for with a slash.</summary>
internal sealed class ChatLoop(Terminal terminal, TaktModel model, ChatSession session, ChatSettings settings)
{
    private static readonly string[] _slashes = ["/help", "/set", "/save", "/load", "/clear", "/exit"];
    private readonly ChatInput _input = new(terminal);
    private bool _leaving;

    /// <summary>Talks until the person leaves.</summary>
    public int Run()
    {
        if (model.ChatTemplate is null) terminal.Note(terminal.Say(Texts.ChatNoTemplate));
        if (!terminal.InputRedirected) terminal.Note(terminal.Say(Texts.ChatHint));
        bool warned = false;
        while (!_leaving)
        {
            LineEnd end = _input.Read(terminal.Say(Texts.ChatPrompt), out string message);
            if (end == LineEnd.EndOfInput) break;
            if (end == LineEnd.Interrupted)
            {
                if (warned) return Interrupt.ExitCode;
                terminal.Note(terminal.Say(Texts.ChatOnceMore));
                warned = true;
                continue;
            }

            warned = false;
            terminal.Interrupt.Reset();
            Handle(message.Trim());
        }

        return 0;
    }

    private void Handle(string message)
    {
        if (message.Length == 0) return;
        if (message is "退出" or "exit" or "/exit" or "/quit" or "/bye")
        {
            _leaving = true;
            return;
        }

        try
        {
            if (message[0] == '/' && !message.Contains('\n')) Command(message);
            else Answer(message);
        }
        catch (Exception failure) when (failure is not OutOfMemoryException && !Failures.IsBrokenPipe(failure))
        {
            // A conversation outlives a file that cannot be read and a message that is too long.
            Failures.Report(failure, terminal);
        }
    }

    private void Answer(string message)
    {
        Generation answer = session.Ask(message, settings.Options, out int dropped, terminal.Interrupt.Token);
        if (dropped > 0) terminal.Note(terminal.Say(Texts.ChatDropped, dropped));
        RunCommand.Stream(answer, terminal);
        session.Keep(answer);
        string? remark = answer.FinishReason switch
        {
            FinishReason.Cancelled => terminal.Say(Texts.ChatStopped),
            FinishReason.ContextFull => terminal.Say(Texts.ChatCutOff),
            FinishReason.MaxTokens => terminal.Say(Texts.ChatTooLong, answer.Tokens),
            _ => null,
        };
        if (remark is not null) terminal.Note(remark);
        if (!terminal.ErrorRedirected) terminal.Note(RunCommand.Summary(answer, terminal));
    }

    private void Command(string line)
    {
        string[] words = line.Split(' ', 2, StringSplitOptions.TrimEntries);
        string argument = words.Length > 1 ? words[1] : "";
        switch (words[0])
        {
            case "/help":
                terminal.Out.WriteLine(terminal.Say(Texts.ChatHelp));
                break;
            case "/set":
                Set(argument);
                break;
            case "/clear":
                session.Clear();
                terminal.Note(terminal.Say(Texts.ChatCleared));
                break;
            case "/save":
                ConversationFile.Save(FileName(words[0], argument), session.Messages);
                terminal.Note(terminal.Say(Texts.ChatSaved, session.Messages.Count, argument));
                break;
            case "/load":
                session.Load(ConversationFile.Load(FileName(words[0], argument)));
                terminal.Note(terminal.Say(Texts.ChatLoaded, session.Messages.Count, argument));
                break;
            default:
                throw new CliException(Texts.ChatUnknownCommand, words[0], UsageErrors.Suggestion(terminal, words[0], _slashes));
        }

        terminal.Out.Flush();
    }

    private void Set(string argument)
    {
        if (argument.Length == 0)
        {
            foreach ((string name, string value) in settings.Values) terminal.Out.WriteLine($"{name,-18} {value}");
            return;
        }

        string[] words = argument.Split(' ', 2, StringSplitOptions.TrimEntries);
        string newValue = words.Length > 1 ? words[1] : "";
        switch (settings.Set(words[0], newValue))
        {
            case null: throw new CliException(Texts.ChatUnknownSetting, words[0], string.Join(", ", settings.Names));
            case false: throw new CliException(Texts.ChatBadValue, words[0], newValue);
        }
    }

    private static string FileName(string command, string argument) =>
        argument.Length > 0 ? argument : throw new CliException(Texts.ChatNeedsFile, command);
}
