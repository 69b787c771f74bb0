namespace Takt.Clock;

/// <summary>Measured ceilings of this machine: the roof of a roofline (Williams et al., 2009).</summary>
/// <param name="Threads">Threads that measured together.</param>
/// <param name="ReadBytesPerSecond">Bytes a second read from memory that no cache holds.</param>
/// <param name="FlopsPerSecond">Peak of 32-bit fused multiply-adds, two operations each.</param>
public sealed record MachineProfile(int Threads, double ReadBytesPerSecond, double FlopsPerSecond)
{
    /// <summary>The share of the nearer ceiling that an amount of work reached; 0 for work of no size or no time.</summary>
    public double CeilingShare(double seconds, double bytes, double flops) =>
        seconds > 0 ? Math.Max(bytes / ReadBytesPerSecond, flops / FlopsPerSecond) / seconds : 0;
}
