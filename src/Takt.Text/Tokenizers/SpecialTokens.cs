namespace Takt.Text.Tokenizers;

/// <summary>The ids with a role, and whether the model wants them around a text.</summary>
internal sealed record SpecialTokens
{
    public int? Bos { get; init; }

    public int? Eos { get; init; }

    public int? Eot { get; init; }

    public int? Unknown { get; init; }

    public int? Separator { get; init; }

    public int? Pad { get; init; }

    public int? Mask { get; init; }

    public bool AddBos { get; init; }

    public bool AddEos { get; init; }

    /// <exception cref="InvalidDataException">An id is not in the vocabulary.</exception>
    public void Check(int count)
    {
        (string Name, int? Id)[] all =
            [("BOS", Bos), ("EOS", Eos), ("EOT", Eot), ("unknown", Unknown), ("separator", Separator), ("padding", Pad), ("mask", Mask)];
        foreach ((string name, int? id) in all)
        {
            if (id < 0 || id >= count)
                throw new InvalidDataException($"The {name} token's id {id} is not in the vocabulary of {count} tokens.");
        }
    }
}

/// <summary>One place of a template: the first or the second text, or a token.</summary>
/// <param name="Token">The token's id; -1 for the first text, -2 for the second.</param>
/// <param name="Type">The token type id (segment) for encoders.</param>
internal readonly record struct TemplateItem(int Token, int Type)
{
    public const int First = -1;
    public const int Second = -2;
}

/// <summary>Which tokens stand around one text or a pair of texts.</summary>
internal sealed record Template(IReadOnlyList<TemplateItem> Single, IReadOnlyList<TemplateItem> Pair)
{
    /// <summary>BOS and EOS around each text, as far as they are wanted.</summary>
    public static Template Around(SpecialTokens special)
    {
        int? bos = special.AddBos ? special.Bos : null, eos = special.AddEos ? special.Eos : null;
        List<TemplateItem> single = [], pair = [];
        if (bos is { } first) single.Add(new TemplateItem(first, 0));
        single.Add(new TemplateItem(TemplateItem.First, 0));
        if (eos is { } last) single.Add(new TemplateItem(last, 0));
        pair.AddRange(single);
        if (bos is not null && eos is { } separator) pair.Add(new TemplateItem(separator, 0));
        pair.Add(new TemplateItem(TemplateItem.Second, 0));
        if (eos is { } end) pair.Add(new TemplateItem(end, 0));
        return new Template(single, pair);
    }

    /// <summary>BERT's and RoBERTa's: begin, first text, separator (twice for RoBERTa), second text, separator.</summary>
    public static Template Encoder(int begin, int separator, bool roberta)
    {
        int second = roberta ? 0 : 1;
        List<TemplateItem> single = [new(begin, 0), new(TemplateItem.First, 0), new(separator, 0)];
        List<TemplateItem> pair = [.. single];
        if (roberta) pair.Add(new TemplateItem(separator, 0));
        pair.AddRange([new TemplateItem(TemplateItem.Second, second), new TemplateItem(separator, second)]);
        return new Template(single, pair);
    }
}
