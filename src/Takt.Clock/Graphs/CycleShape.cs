namespace Takt.Clock.Graphs;

/// <summary>What a cycle does for one sequence.</summary>
/// <param name="Rows">Rows of it in the batch, 1 or more.</param>
/// <param name="FirstPosition">Position of the first of them: the tokens it has stored before.</param>
/// <param name="Outputs">Rows whose logits are wanted.</param>
public readonly record struct SequenceShape(int Rows, int FirstPosition, int Outputs)
{
    /// <summary>Stored tokens that attention reads, each once.</summary>
    /// <param name="window">Tokens a row sees, itself included, or 0 for all.</param>
    public long Tokens(int window)
    {
        long end = (long)FirstPosition + Rows;
        return window == 0 ? end : Math.Min(end, (long)Rows + window - 1);
    }

    /// <summary>Pairs of a row and a token that it sees.</summary>
    /// <param name="window">Tokens a row sees, itself included, or 0 for all.</param>
    public long Pairs(int window)
    {
        // Row i sees FirstPosition + i + 1 tokens; rows from the window's border on see the window.
        long growing = window == 0 ? Rows : Math.Clamp((long)window - FirstPosition, 0, Rows);
        return growing * FirstPosition + growing * (growing + 1) / 2 + (Rows - growing) * window;
    }
}

/// <summary>The make-up of a cycle's batch: all that its cost depends on, apart from the model and the machine.</summary>
/// <param name="Sequences">The sequences in it.</param>
/// <param name="Threads">Threads that compute; null for as many as the machine's profile has.</param>
public sealed record CycleShape(IReadOnlyList<SequenceShape> Sequences, int? Threads = null)
{
    /// <summary>Rows of the batch.</summary>
    public int Rows { get; } = Sequences.Sum(static sequence => sequence.Rows);

    /// <summary>Rows whose logits are computed.</summary>
    public int Outputs { get; } = Sequences.Sum(static sequence => sequence.Outputs);

    /// <summary>A chunk of one prompt.</summary>
    /// <param name="rows">Its rows.</param>
    /// <param name="stored">Tokens of the prompt that are stored already.</param>
    /// <param name="last">Whether the prompt ends with it, so that its last row has logits.</param>
    public static CycleShape Prefill(int rows, int stored = 0, bool last = true) => new([new SequenceShape(rows, stored, last ? 1 : 0)]);

    /// <summary>One token for each of some sequences.</summary>
    /// <param name="sequences">How many.</param>
    /// <param name="stored">Tokens that each has stored before.</param>
    public static CycleShape Generation(int sequences, int stored) =>
        new([.. Enumerable.Repeat(new SequenceShape(1, stored, 1), sequences)]);

    /// <summary>Prompt rows and generating sequences in one cycle; either may be 0, not both.</summary>
    /// <param name="prefillRows">Rows of one prompt from its beginning on.</param>
    /// <param name="sequences">Sequences that generate a token each.</param>
    /// <param name="stored">Tokens that each of these has stored before.</param>
    public static CycleShape Mixed(int prefillRows, int sequences, int stored)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(prefillRows + sequences, 1);
        CycleShape generation = Generation(sequences, stored);
        return prefillRows == 0 ? generation : new CycleShape([new SequenceShape(prefillRows, 0, 1), .. generation.Sequences]);
    }

    /// <summary>
    /// The likely make-up of a recorded cycle: its prompt rows as one prompt's, its generating sequences with equally many tokens.
    /// Exact where it served one sequence, or several that generate at the same length.
    /// </summary>
    /// <param name="work">What the cycle did; at least one row.</param>
    /// <param name="outputs">Rows that had logits; null for those of generation and the prompt's last.</param>
    public static CycleShape Of(CycleWork work, int? outputs = null)
    {
        int prompts = work.PrefillRows > 0 ? 1 : 0, sequences = work.GenerationRows + prompts;
        if (sequences == 0) throw new ArgumentException("a cycle without rows has no shape; leave it out", nameof(work));
        long each = work.KvTokens / sequences;
        var shapes = new List<SequenceShape>(sequences);
        if (prompts > 0)
        {
            int wanted = Math.Clamp((outputs ?? work.GenerationRows + 1) - work.GenerationRows, 0, work.PrefillRows);
            shapes.Add(new SequenceShape(work.PrefillRows, (int)Math.Max(0, each - work.PrefillRows), wanted));
        }

        shapes.AddRange(Enumerable.Repeat(new SequenceShape(1, (int)Math.Max(0, each - 1), 1), work.GenerationRows));
        return new CycleShape(shapes);
    }
}
