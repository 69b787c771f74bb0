namespace Takt.Clock;

/// <summary>Energy that the processor took in a stretch of time.</summary>
/// <param name="Joules">How much, all packages together and whatever else ran on them; null where it cannot be read.</param>
/// <param name="Unavailable">Why it cannot be read; null where it can.</param>
public readonly record struct EnergyReading(double? Joules, string? Unavailable);
