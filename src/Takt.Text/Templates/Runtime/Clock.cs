using System.Globalization;

namespace Takt.Text.Templates;

/// <summary>The time that <c>strftime_now</c> reads: fixed by the variable <c>now</c> or, without one, the local time.</summary>
internal readonly struct Clock(object? now)
{
    public static Clock From(DictValue variables) => new(variables.TryGet("now", out object? now) ? now : null);

    /// <summary>The wall-clock time; an offset written in <c>now</c> does not shift it.</summary>
    public DateTime Read()
    {
        if (now is not string text) return DateTime.Now;
        if (DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out DateTimeOffset time))
            return time.DateTime;
        throw Fault.Runtime($"the variable now is '{text}'; expected a time in ISO 8601, such as 2026-03-05T14:07:09");
    }
}
