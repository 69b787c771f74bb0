namespace Takt.Text.Tokenizers.Patterns;

/// <summary>A pattern's syntax tree.</summary>
internal abstract record Node
{
    /// <summary>The sets one of which the first code point of any match belongs to; null if a match may be empty.</summary>
    public abstract List<CharSet>? First { get; }

    public bool Nullable => First is null;

    public sealed record One(CharSet Set) : Node
    {
        public override List<CharSet>? First => [Set];
    }

    public sealed record Sequence(IReadOnlyList<Node> Items) : Node
    {
        public override List<CharSet>? First { get; } = FirstOf(Items);

        private static List<CharSet>? FirstOf(IReadOnlyList<Node> items)
        {
            List<CharSet> sets = [];
            foreach (Node item in items)
            {
                if (item.First is { } first) return [.. sets, .. first];
                if (item is Repeat { Body.First: { } optional }) sets.AddRange(optional);
                else if (item is not (Look or Boundary)) return null;
            }

            return null;
        }
    }

    public sealed record Choice(IReadOnlyList<Node> Items) : Node
    {
        public override List<CharSet>? First { get; } =
            Items.Any(i => i.Nullable) ? null : [.. Items.SelectMany(i => i.First!)];
    }

    public sealed record Repeat(Node Body, int Min, int Max, RepeatMode Mode) : Node
    {
        public override List<CharSet>? First => Min > 0 ? Body.First : null;
    }

    /// <summary>Looks ahead (or one code point behind) without consuming.</summary>
    public sealed record Look(Node Body, bool Behind, bool Negative) : Node
    {
        public override List<CharSet>? First => null;
    }

    public sealed record Atomic(Node Body) : Node
    {
        public override List<CharSet>? First => Body.First;
    }

    public sealed record Boundary(BoundaryKind Kind) : Node
    {
        public override List<CharSet>? First => null;
    }
}

internal enum RepeatMode
{
    Greedy,
    Lazy,
    Possessive,
}

internal enum BoundaryKind
{
    TextStart,
    TextEnd,
    LineStart,
    LineEnd,
    Word,
    NotWord,
}
