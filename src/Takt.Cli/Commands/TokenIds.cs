using System.Globalization;
using Takt.Cli.Shell;

namespace Takt.Cli.Commands;

/// <summary>Token ids on the command line: numbers between spaces, commas or JSON's brackets; <c>@FILE</c> for a file of them.</summary>
internal static class TokenIds
{
    private static readonly char[] _separators = [' ', ',', '\t', '\r', '\n', '[', ']'];

    /// <summary>The ids of all words.</summary>
    /// <exception cref="CliException">A word is no id.</exception>
    public static int[] Parse(IEnumerable<string> words)
    {
        var ids = new List<int>();
        foreach (string word in words)
        {
            string text = word.StartsWith('@') ? File.ReadAllText(word[1..]) : word;
            foreach (string part in text.Split(_separators, StringSplitOptions.RemoveEmptyEntries))
            {
                if (!int.TryParse(part, NumberStyles.None, CultureInfo.InvariantCulture, out int id))
                    throw CliException.Usage(Texts.NotAnId, part, int.MaxValue);
                ids.Add(id);
            }
        }

        return [.. ids];
    }
}
