using Takt.Engine.Sequences;

namespace Takt.Engine.Stages;

/// <summary>What a cycle does for a sequence: its next rows.</summary>
/// <param name="Sequence">The sequence.</param>
/// <param name="FirstPosition">Position of the first row: everything before it is stored.</param>
/// <param name="Rows">How many of its pending tokens.</param>
internal readonly record struct Pick(Sequence Sequence, int FirstPosition, int Rows);
