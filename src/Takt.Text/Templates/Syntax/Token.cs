namespace Takt.Text.Templates;

internal enum TokenKind
{
    End,
    Data,
    VariableBegin,
    VariableEnd,
    BlockBegin,
    BlockEnd,
    Name,
    String,
    Number,
    Operator,
}

/// <summary>A piece of a template: its offset in the source, its text (of a string, the value) and a number's value.</summary>
internal readonly record struct Token(TokenKind Kind, int Position, string Text, object? Value = null)
{
    /// <summary>How an error message calls it.</summary>
    public string Describe() => Kind switch
    {
        TokenKind.End => "the end of the template",
        TokenKind.Data => "text",
        TokenKind.BlockEnd => "'%}'",
        TokenKind.VariableEnd => "'}}'",
        TokenKind.BlockBegin => "'{%'",
        TokenKind.VariableBegin => "'{{'",
        TokenKind.String => "a string",
        TokenKind.Number => "a number",
        _ => $"'{Text}'",
    };
}
