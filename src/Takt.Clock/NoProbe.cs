namespace Takt.Clock;

/// <summary>Records nothing and compiles to nothing: a forward pass without the clock, to measure what the clock costs.</summary>
public readonly struct NoProbe : IProbe
{
    /// <inheritdoc/>
    public static bool Records => false;

    /// <inheritdoc/>
    public void Edge(int moment, long bytes = 0, long flops = 0)
    {
    }
}
