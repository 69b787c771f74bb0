using System.Text;

namespace Takt;

/// <summary>The format of conversations for models without a chat template: <c>User: ...</c>, <c>Assistant: ...</c>.</summary>
internal static class PlainChat
{
    /// <summary>What the user's next turn would begin with.</summary>
    public const string UserPrefix = "\nUser:";

    /// <summary>The conversation, ending where the model answers.</summary>
    public static string Format(IReadOnlyList<ChatMessage> messages)
    {
        var text = new StringBuilder();
        foreach (ChatMessage message in messages)
        {
            string who = message.Role switch { "user" => "User: ", "assistant" => "Assistant: ", _ => "" };
            text.Append(who).Append(message.Content.Trim()).Append('\n');
        }

        return text.Append("Assistant:").ToString();
    }
}
