namespace Takt.Clock;

/// <summary>One operation on one layer of one stage: what the ledger keeps time of.</summary>
/// <param name="Stage">The stage it belongs to.</param>
/// <param name="Layer">Its layer, or <see cref="NoLayer"/>.</param>
/// <param name="Op">The operation, snake_case, such as <c>attention</c>.</param>
public readonly record struct Moment(Stage Stage, int Layer, string Op)
{
    /// <summary>The layer of an operation that belongs to none.</summary>
    public const int NoLayer = -1;
}
