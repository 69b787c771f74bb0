namespace Takt.Text.Templates;

/// <summary>A chat template that cannot be parsed or rendered.</summary>
public sealed class TemplateException : FormatException
{
    internal TemplateException(TemplateErrorKind kind, string templateName, int line, int column, string reason)
        : base($"{templateName}:{line}:{column}: {reason}")
    {
        Kind = kind;
        TemplateName = templateName;
        Line = line;
        Column = column;
        Reason = reason;
    }

    /// <summary>What went wrong.</summary>
    public TemplateErrorKind Kind { get; }

    /// <summary>The name given to <see cref="ChatTemplate.Parse"/>.</summary>
    public string TemplateName { get; }

    /// <summary>Line in the template, from 1.</summary>
    public int Line { get; }

    /// <summary>Column in that line in UTF-16 units, from 1.</summary>
    public int Column { get; }

    /// <summary>The message without the place. Of a <see cref="TemplateErrorKind.Raised"/> error it is the template's own text.</summary>
    public string Reason { get; }
}

/// <summary>Kinds of <see cref="TemplateException"/>.</summary>
public enum TemplateErrorKind
{
    /// <summary>The template's text is not valid.</summary>
    Syntax,

    /// <summary>A value has the wrong type, is undefined or cannot be used this way.</summary>
    Runtime,

    /// <summary>One of <see cref="TemplateLimits"/> was reached.</summary>
    Limit,

    /// <summary>The template called <c>raise_exception</c>: it refuses this conversation.</summary>
    Raised,
}
