using System.Text;

namespace Takt.Cli.Shell;

/// <summary>Text from models and files, made harmless for a terminal.</summary>
internal static class Printable
{
    /// <summary>Control characters other than line ends and tabs become U+FFFD, so that no text can drive the terminal.</summary>
    public static string OnTerminal(string text)
    {
        if (!text.Any(IsDangerous)) return text;
        var result = new StringBuilder(text.Length);
        foreach (char character in text) result.Append(IsDangerous(character) ? '\uFFFD' : character);
        return result.ToString();
    }

    /// <summary>The same on one line: line ends and tabs are written as escapes.</summary>
    public static string OnOneLine(string text) => OnTerminal(text
        .Replace("\r", "\\r", StringComparison.Ordinal)
        .Replace("\n", "\\n", StringComparison.Ordinal)
        .Replace("\t", "\\t", StringComparison.Ordinal));

    private static bool IsDangerous(char character) => char.IsControl(character) && character is not ('\n' or '\r' or '\t');
}
