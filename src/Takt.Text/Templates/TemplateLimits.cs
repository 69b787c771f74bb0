namespace Takt.Text.Templates;

/// <summary>Bounds on one rendering, so that no template can hang the host or take its memory.</summary>
public sealed record TemplateLimits
{
    /// <summary>The limits that apply where none are given.</summary>
    public static TemplateLimits Default { get; } = new();

    /// <summary>Work in steps: one for each expression, statement and item visited, one for each 8 characters written.</summary>
    public long MaxSteps { get; init; } = 20_000_000;

    /// <summary>Characters (UTF-16 units) of the output and of any string, and items of any list.</summary>
    public int MaxLength { get; init; } = 16 << 20;

    /// <summary>Calls of macros and recursive loops inside one another, and values inside one another.</summary>
    public int MaxDepth { get; init; } = 200;
}
