using System.Text;

namespace Takt;

/// <summary>
/// Lets text through until one of several stop strings comes, and holds back what may be the beginning of one.
/// </summary>
internal sealed class StopStringFilter
{
    private readonly string[] _stops;
    private readonly StringBuilder _held = new();

    public StopStringFilter(IReadOnlyList<string> stops)
    {
        if (stops.Contains("")) throw new ArgumentException("a stop string must not be empty");
        _stops = [.. stops];
    }

    /// <summary>Whether a stop string came.</summary>
    public bool Stopped { get; private set; }

    /// <summary>Takes a piece and returns the text that is certain by now.</summary>
    public string Push(string piece)
    {
        if (Stopped) return "";
        if (_stops.Length == 0) return piece;
        string text = _held.Append(piece).ToString();
        int first = FirstStop(text);
        Stopped = first >= 0;
        int certain = Stopped ? first : text.Length - PossibleBeginning(text);
        _held.Clear();
        if (!Stopped) _held.Append(text, certain, text.Length - certain);
        return text[..certain];
    }

    /// <summary>What was held back, when no more text comes.</summary>
    public string Flush()
    {
        string rest = _held.ToString();
        _held.Clear();
        return rest;
    }

    // Where the stop string begins that is complete first, so that it does not matter how the text was cut into pieces; -1 for none.
    private int FirstStop(string text)
    {
        int start = -1, end = int.MaxValue;
        foreach (string stop in _stops)
        {
            int index = text.IndexOf(stop, StringComparison.Ordinal);
            if (index < 0 || index + stop.Length > end || (index + stop.Length == end && index > start)) continue;
            (start, end) = (index, index + stop.Length);
        }

        return start;
    }

    // The longest end of the text that a stop string begins with.
    private int PossibleBeginning(string text)
    {
        int longest = Math.Min(text.Length, _stops.Max(s => s.Length) - 1);
        for (int length = longest; length > 0; length--)
        {
            string end = text[^length..];
            if (_stops.Any(stop => stop.StartsWith(end, StringComparison.Ordinal))) return length;
        }

        return 0;
    }
}
