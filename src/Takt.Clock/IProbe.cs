namespace Takt.Clock;

/// <summary>
/// Receives the edges between moments. One stamp ends a moment and begins the next, so a cycle of n moments costs n + 1 stamps.
/// </summary>
/// <remarks>Implementations are structs, so that with <see cref="NoProbe"/> the calls compile to nothing.</remarks>
public interface IProbe
{
    /// <summary>Whether edges are recorded; where they are not, threads need not keep their times either.</summary>
    static abstract bool Records { get; }

    /// <summary>Ends the running moment: all time since the last edge belongs to <paramref name="moment"/>.</summary>
    /// <param name="moment">A number from <see cref="Ledger.Register"/>.</param>
    /// <param name="bytes">Bytes the moment had to move (weights, KV and activations read and written).</param>
    /// <param name="flops">Floating-point operations it had to do.</param>
    void Edge(int moment, long bytes = 0, long flops = 0);
}
