using System.Globalization;

namespace Takt.Text.Templates;

/// <summary>The time that <c>strftime_now</c> reads: fixed by the variable <c>now</c> or, without one, the local time.</summary>
internal readonly struct Clock
{
    private static readonly string[] _formats =
    [
        "yyyy-MM-dd", "yyyy-MM-dd'T'HH:mmK", "yyyy-MM-dd HH:mmK", "yyyy-MM-dd'T'HH:mm:ss.FFFFFFFK", "yyyy-MM-dd HH:mm:ss.FFFFFFFK",
    ];

    private readonly DateTime? _fixed;

    private Clock(DateTime time) => _fixed = time;

    /// <summary>The clock of a rendering with these variables.</summary>
    /// <exception cref="ArgumentException"><c>now</c> is there and is no time.</exception>
    public static Clock From(TemplateRuntime runtime, DictValue variables)
    {
        if (!variables.TryGet("now", out object? now) || now is null) return default;
        // An offset written behind the time does not shift it.
        if (now is string text
            && DateTimeOffset.TryParseExact(text, _formats, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out DateTimeOffset time))
        {
            return new Clock(time.DateTime);
        }

        throw new ArgumentException($"the variable now is {Repr.Of(runtime, now)}; expected a time in ISO 8601, such as '2026-03-05T14:07:09'");
    }

    /// <summary>The wall-clock time.</summary>
    public DateTime Read() => _fixed ?? DateTime.Now;
}
