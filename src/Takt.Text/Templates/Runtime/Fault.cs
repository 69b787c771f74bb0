namespace Takt.Text.Templates;

/// <summary>An error on its way out of the interpreter; <see cref="ChatTemplate"/> turns it into a <see cref="TemplateException"/>.</summary>
internal sealed class Fault(TemplateErrorKind kind, string message) : Exception(message)
{
    public TemplateErrorKind Kind => kind;

    /// <summary>Where in the source, or -1 while nobody has said.</summary>
    public int Position { get; private set; } = -1;

    public static Fault Runtime(string message) => new(TemplateErrorKind.Runtime, message);

    public static Fault Limit(string message) => new(TemplateErrorKind.Limit, message);

    public static Fault Syntax(int position, string message) => new(TemplateErrorKind.Syntax, message) { Position = position };

    public Fault At(int position)
    {
        Locate(position);
        return this;
    }

    /// <summary>Records the innermost place and declines to catch: meant for an exception filter, which runs before unwinding.</summary>
    public bool Locate(int position)
    {
        if (Position < 0) Position = position;
        return false;
    }
}
