using Takt.Cli.Shell;
using Takt.Clock;

namespace Takt.Cli.Commands;

/// <summary>From the call to the ids that the model starts from.</summary>
internal static class PromptText
{
    /// <summary>The prompt: the argument, else a redirected standard input; null where there is none.</summary>
    public static string? Read(string? argument, Terminal terminal)
    {
        if (argument is not null || !terminal.InputRedirected) return argument;
        string text = terminal.In.ReadToEnd();
        // The line end that echo and editors put behind a text is not part of it.
        if (text.EndsWith('\n')) text = text[..^(text.EndsWith("\r\n", StringComparison.Ordinal) ? 2 : 1)];
        return text.Length == 0 ? null : text;
    }

    /// <summary>
    /// Without a prompt BOS alone; with one the chat template where the model has one and <paramref name="raw"/> does not forbid it,
    /// else the plain text.
    /// </summary>
    /// <param name="model">The model.</param>
    /// <param name="text">The prompt, or null.</param>
    /// <param name="system">The system message, or null.</param>
    /// <param name="raw">Whether the chat template is left out.</param>
    /// <param name="times">Where it notes how long it took.</param>
    public static int[] Encode(TaktModel model, string? text, string? system, bool raw, TextTimes times)
    {
        bool chat = !raw && model.ChatTemplate is not null && (text is not null || system is not null);
        if (chat)
        {
            List<ChatMessage> messages = [];
            if (system is not null) messages.Add(new ChatMessage("system", system));
            messages.Add(new ChatMessage("user", text ?? ""));
            return model.EncodeChat(messages, times);
        }

        int[] ids = model.EncodePrompt(text ?? "", times: times);
        return ids.Length > 0 ? ids : throw new CliException(Texts.EmptyRawPrompt);
    }
}
