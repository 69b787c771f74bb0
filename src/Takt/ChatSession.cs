using Takt.Clock;

namespace Takt;

/// <summary>A conversation: its messages, and their fit into the model's context.</summary>
/// <param name="model">The model that answers.</param>
public sealed class ChatSession(TaktModel model)
{
    private readonly List<ChatMessage> _messages = [];

    /// <summary>What was said so far, a system message first if there is one.</summary>
    public IReadOnlyList<ChatMessage> Messages => _messages;

    /// <summary>The system message; null for the template's own.</summary>
    public string? System
    {
        get => _messages.FirstOrDefault() is { Role: "system" } system ? system.Content : null;
        set
        {
            if (System is not null) _messages.RemoveAt(0);
            if (!string.IsNullOrEmpty(value)) _messages.Insert(0, new ChatMessage("system", value));
        }
    }

    private int FirstTurn => System is null ? 0 : 1;

    /// <summary>Forgets all turns; the system message stays.</summary>
    public void Clear() => _messages.RemoveRange(FirstTurn, _messages.Count - FirstTurn);

    /// <summary>Replaces the whole conversation.</summary>
    public void Load(IEnumerable<ChatMessage> messages)
    {
        _messages.Clear();
        _messages.AddRange(messages);
    }

    /// <summary>Says something. The answer joins the conversation when <see cref="Keep"/> is called with it.</summary>
    /// <param name="text">What the user says.</param>
    /// <param name="options">How to answer.</param>
    /// <param name="droppedTurns">How many of the oldest turns had to be forgotten to make room.</param>
    /// <param name="cancellation">Ends the answer early.</param>
    /// <exception cref="InvalidDataException">The message alone is longer than the context.</exception>
    public Generation Ask(string text, GenerationOptions options, out int droppedTurns, CancellationToken cancellation = default)
    {
        ChatMessage[] before = [.. _messages];
        _messages.Add(new ChatMessage("user", text));
        droppedTurns = 0;
        try
        {
            var times = new TextTimes();
            int[] prompt = model.EncodeChat(_messages, times);
            // A quarter of the context is left for the answer, unless the answer is to be shorter.
            int room = model.ContextLength - Math.Min(options.MaxTokens ?? int.MaxValue, Math.Max(1, model.ContextLength / 4));
            while (prompt.Length > room && DropOldestTurn())
            {
                droppedTurns++;
                prompt = model.EncodeChat(_messages, times);
            }

            if (prompt.Length >= model.ContextLength)
            {
                throw new InvalidDataException(
                    $"the message takes {prompt.Length} tokens, but the context holds {model.ContextLength}; shorten it or raise the context.");
            }

            return model.GenerateChat(prompt, options, times, cancellation);
        }
        catch
        {
            Load(before);
            throw;
        }
    }

    /// <summary>Takes an answer, whole or not, into the conversation; without one the question is forgotten too.</summary>
    public void Keep(Generation answer)
    {
        if (answer.Text.Length > 0) _messages.Add(new ChatMessage("assistant", answer.Text));
        else _messages.RemoveAt(_messages.Count - 1);
    }

    // A turn is a user's message and all that follows it up to the next one; the last stays.
    private bool DropOldestTurn()
    {
        int next = _messages.FindIndex(FirstTurn + 1, m => m.Role == "user");
        if (next < 0) return false;
        _messages.RemoveRange(FirstTurn, next - FirstTurn);
        return true;
    }
}
