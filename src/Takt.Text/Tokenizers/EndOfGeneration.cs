namespace Takt.Text.Tokenizers;

/// <summary>Finds the tokens that end a generation: by role, and by the texts that chat models use.</summary>
internal static class EndOfGeneration
{
    private static readonly string[] Texts =
    [
        "<|eot_id|>", "<|im_end|>", "<|end|>", "<|return|>", "<|call|>", "<|flush|>", "<|calls|>", "<end_of_turn>", "<|endoftext|>",
        "<|eom_id|>", "_<EOT>", "<|end_of_text|>", "<end_of_utterance>", "<turn|>", "<|tool_response>", "<｜end▁of▁sentence｜>", "[e~[",
    ];

    // Texts that a vocabulary may also have learnt from web pages; they count if the file says they are more than text.
    private static readonly string[] Ambiguous = ["</s>", "<eos>", "<EOT>", "[EOT]", "[EOS]"];

    // The parts of gpt-oss's channels are text for the reader of a stream.
    private static readonly string[] Visible = ["<|channel|>", "<|message|>", "<|start|>", "<|constrain|>"];

    /// <summary>The ids; marks those found by text as control tokens.</summary>
    public static HashSet<int> Find(Vocabulary vocabulary, SpecialTokens special)
    {
        HashSet<int> ids = [];
        foreach (string text in Texts.Concat(Ambiguous))
        {
            if (vocabulary.Find(text) is not { } id || (vocabulary.TypeOf(id) == TokenType.Normal && Ambiguous.Contains(text))) continue;
            ids.Add(id);
            vocabulary.SetType(id, TokenType.Control);
        }

        foreach (string text in Visible)
        {
            if (vocabulary.Find(text) is { } id) vocabulary.SetType(id, TokenType.UserDefined);
        }

        bool Has(string text) => vocabulary.Find(text) is { } id && ids.Contains(id);
        if (special.Eos is { } eos) ids.Add(eos);
        if (special.Eot is { } eot) ids.Add(eot);
        bool channels = (Has("<|return|>") && Has("<|call|>")) || ((Has("<|call|>") || Has("<|calls|>")) && Has("<|flush|>"));
        if (channels && vocabulary.Find("<|end|>") is { } end) Drop(end, TokenType.UserDefined);
        if (Has("<|tool_response>") && vocabulary.Find("</s>") is { } old) Drop(old, TokenType.Normal);
        return ids;

        void Drop(int id, TokenType type)
        {
            ids.Remove(id);
            vocabulary.SetType(id, type);
        }
    }
}
