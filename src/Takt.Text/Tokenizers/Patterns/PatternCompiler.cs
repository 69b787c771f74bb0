namespace Takt.Text.Tokenizers.Patterns;

internal enum Op
{
    Match,
    Set,
    Run,
    Split,
    SplitLazy,
    SplitOn,
    Jump,
    Look,
    Behind,
    Atomic,
    Boundary,
}

/// <summary>One step of a compiled pattern.</summary>
/// <param name="Op">What it does.</param>
/// <param name="Set">The characters it takes, or for <see cref="Op.SplitOn"/> those with which the preferred branch can start.</param>
/// <param name="Target">The other branch's address; for <see cref="Op.Boundary"/> the kind.</param>
/// <param name="Min">For <see cref="Op.Run"/>, the least count.</param>
/// <param name="Max">For <see cref="Op.Run"/>, the most.</param>
/// <param name="Flag">A look is negative, a run never gives back.</param>
/// <param name="Body">The program of a look or an atomic group.</param>
internal sealed record Instruction(
    Op Op, CharSet? Set = null, int Target = 0, int Min = 0, int Max = 0, bool Flag = false, Instruction[]? Body = null);

/// <summary>Turns a syntax tree into a program.</summary>
internal sealed class PatternCompiler
{
    private const int MaxProgram = 20_000;
    private readonly List<Instruction> _code = [];

    public Instruction[] Compile(Node node)
    {
        Emit(node, last: true);
        Add(new Instruction(Op.Match));
        return [.. _code];
    }

    public static CharSet Union(List<CharSet> sets) => sets.Count == 1 ? sets[0] : new CharSet(c => sets.Exists(s => s.Contains(c)));

    private int Add(Instruction instruction)
    {
        if (_code.Count >= MaxProgram)
            throw new InvalidDataException($"A split pattern compiles to over {MaxProgram} steps; write its counted repetitions shorter.");
        _code.Add(instruction);
        return _code.Count - 1;
    }

    /// <param name="node">What to compile.</param>
    /// <param name="last">Nothing but the end of the match follows, so a run need not be able to give back.</param>
    private void Emit(Node node, bool last)
    {
        switch (node)
        {
            case Node.One one:
                Add(new Instruction(Op.Set, one.Set));
                break;
            case Node.Sequence sequence:
                for (int i = 0; i < sequence.Items.Count; i++) Emit(sequence.Items[i], last && i == sequence.Items.Count - 1);
                break;
            case Node.Choice choice:
                EmitChoice(choice, last);
                break;
            case Node.Repeat repeat:
                EmitRepeat(repeat, last);
                break;
            case Node.Look { Behind: true } look:
                Add(new Instruction(Op.Behind, ((Node.One)Only(look.Body)).Set, Flag: look.Negative));
                break;
            case Node.Look look:
                Add(new Instruction(Op.Look, Flag: look.Negative, Body: new PatternCompiler().Compile(look.Body)));
                break;
            case Node.Atomic atomic:
                Add(new Instruction(Op.Atomic, Body: new PatternCompiler().Compile(atomic.Body)));
                break;
            case Node.Boundary boundary:
                Add(new Instruction(Op.Boundary, Target: (int)boundary.Kind));
                break;
        }
    }

    private static Node Only(Node node)
    {
        while (node is Node.Sequence { Items: [var only] }) node = only;
        return node;
    }

    private void EmitChoice(Node.Choice choice, bool last)
    {
        List<int> jumps = [];
        for (int i = 0; i < choice.Items.Count; i++)
        {
            bool final = i == choice.Items.Count - 1;
            int split = final ? -1 : Add(new Instruction(Op.Split));
            Emit(choice.Items[i], last);
            if (final) break;
            jumps.Add(Add(new Instruction(last ? Op.Match : Op.Jump)));
            _code[split] = Branch(choice.Items[i], _code.Count);
        }

        foreach (int jump in jumps) _code[jump] = _code[jump] with { Target = _code.Count };
    }

    /// <summary>Prefers what follows, which is <paramref name="preferred"/>, to what stands at <paramref name="other"/>.</summary>
    private static Instruction Branch(Node preferred, int other) => preferred.First is { } first
        ? new Instruction(Op.SplitOn, Union(first), other)
        : new Instruction(Op.Split, Target: other);

    private void EmitRepeat(Node.Repeat repeat, bool last)
    {
        Node body = Only(repeat.Body);
        if (body is Node.One one && repeat.Mode != RepeatMode.Lazy)
        {
            Add(new Instruction(Op.Run, one.Set, 0, repeat.Min, repeat.Max, last || repeat.Mode == RepeatMode.Possessive));
            return;
        }

        if (repeat.Mode == RepeatMode.Possessive)
        {
            Add(new Instruction(Op.Atomic, Body: new PatternCompiler().Compile(repeat with { Mode = RepeatMode.Greedy })));
            return;
        }

        for (int i = 0; i < repeat.Min; i++) Emit(body, last: false);
        bool lazy = repeat.Mode == RepeatMode.Lazy;
        if (repeat.Max == int.MaxValue)
        {
            int loop = Add(new Instruction(Op.Split));
            Emit(body, last: false);
            Add(new Instruction(Op.Jump, Target: loop));
            _code[loop] = lazy ? new Instruction(Op.SplitLazy, Target: _code.Count) : Branch(body, _code.Count);
            return;
        }

        List<int> exits = [];
        for (int i = repeat.Min; i < repeat.Max; i++)
        {
            exits.Add(Add(new Instruction(Op.Split)));
            Emit(body, last: false);
        }

        foreach (int exit in exits) _code[exit] = lazy ? new Instruction(Op.SplitLazy, Target: _code.Count) : Branch(body, _code.Count);
    }
}
