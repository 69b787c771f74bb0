namespace Takt.Clock;

/// <summary>Where moments are recorded.</summary>
public sealed class Ledger
{
    /// <summary>Gives the number under which a moment is recorded from now on.</summary>
    /// <param name="stage">fetch, decode, execute or write_back.</param>
    /// <param name="layer">Layer, or -1 for what belongs to no layer.</param>
    /// <param name="op">The operation, snake_case, such as <c>attention</c>.</param>
    public int Register(string stage, int layer, string op) => throw new NotSupportedException($"{stage}/{layer}/{op}");
}
