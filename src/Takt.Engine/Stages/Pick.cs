using Takt.Clock;
using Takt.Engine.Sequences;

namespace Takt.Engine.Stages;

/// <summary>What a cycle does for a sequence: its next rows.</summary>
/// <param name="Sequence">The sequence.</param>
/// <param name="FirstPosition">Position of the first row: everything before it is stored.</param>
/// <param name="Rows">How many of its pending tokens.</param>
internal readonly record struct Pick(Sequence Sequence, int FirstPosition, int Rows)
{
    /// <summary>Rows whose logits are wanted.</summary>
    public int Outputs
    {
        get
        {
            int outputs = 0;
            for (int row = 0; row < Rows; row++)
            {
                if (Sequence.WantsLogitsAt(FirstPosition + row)) outputs++;
            }

            return outputs;
        }
    }

    /// <summary>What a cycle of these picks has to do.</summary>
    public static CycleWork Work(List<Pick> picked)
    {
        int prefill = 0, rows = 0, outputs = 0;
        long stored = 0, seen = 0;
        foreach (Pick pick in picked)
        {
            long end = pick.FirstPosition + pick.Rows;
            prefill += Math.Clamp(pick.Sequence.PromptTokens - pick.FirstPosition, 0, pick.Rows);
            rows += pick.Rows;
            outputs += pick.Outputs;
            stored += end;
            seen += (pick.FirstPosition + 1 + end) * pick.Rows / 2;
        }

        return new CycleWork(prefill, rows - prefill, picked.Count, outputs, stored, seen);
    }
}
