using System.Diagnostics.CodeAnalysis;

namespace Takt.Text.Tokenizers.Patterns;

/// <summary>Runs compiled patterns over one text: a backtracking machine with its stack on the heap and a budget of steps.</summary>
internal sealed class PatternMachine(int textLength)
{
    /// <summary>Backtracking steps a character of text may cost on average; well-behaved patterns need one or two.</summary>
    private const long StepsPerCharacter = 200;
    private const int MaxStack = 2_000_000;
    private Saved[] _stack = new Saved[32];
    private int _count;
    private long _budget = StepsPerCharacter * (textLength + 10_000L);

    /// <summary>Where to resume: at <c>Pc</c> with the text at <c>At</c>; a run may be shortened as far back as <c>Low</c>.</summary>
    private readonly record struct Saved(int Pc, int At, int Low);

    /// <summary>The end of the match that starts exactly at <paramref name="at"/>, or -1.</summary>
    /// <exception cref="InvalidDataException">The pattern backtracks without measure on this text.</exception>
    public int Run(Instruction[] program, ReadOnlySpan<char> text, int at)
    {
        int bottom = _count;
        for (int pc = 0; ;)
        {
            Instruction step = program[pc];
            bool ok = true;
            switch (step.Op)
            {
                case Op.Match:
                    _count = bottom;
                    return at;
                case Op.Set:
                    int taken = step.Set!.Match(text, at);
                    at += taken;
                    ok = taken > 0;
                    pc++;
                    break;
                case Op.Run:
                    ok = TakeRun(step, text, ref at, ++pc);
                    break;
                case Op.Split:
                    Push(new Saved(step.Target, at, -1));
                    pc++;
                    break;
                case Op.SplitLazy:
                    Push(new Saved(pc + 1, at, -1));
                    pc = step.Target;
                    break;
                case Op.SplitOn:
                    if (step.Set!.Match(text, at) == 0) pc = step.Target;
                    else
                    {
                        Push(new Saved(step.Target, at, -1));
                        pc++;
                    }

                    break;
                case Op.Jump:
                    pc = step.Target;
                    break;
                case Op.Look:
                    ok = Run(step.Body!, text, at) >= 0 != step.Flag;
                    pc++;
                    break;
                case Op.Behind:
                    ok = (at > 0 && step.Set!.Match(text, CodePoints.Before(text, at)) > 0) != step.Flag;
                    pc++;
                    break;
                case Op.Atomic:
                    int end = Run(step.Body!, text, at);
                    if (ok = end >= 0) at = end;
                    pc++;
                    break;
                case Op.Boundary:
                    ok = IsAt((BoundaryKind)step.Target, text, at);
                    pc++;
                    break;
            }

            if (!ok && !Backtrack(text, bottom, ref pc, ref at)) return -1;
        }
    }

    private bool TakeRun(Instruction step, ReadOnlySpan<char> text, ref int at, int next)
    {
        int p = at, low = at, count = 0;
        for (int n; count < step.Max && (n = step.Set!.Match(text, p)) > 0; count++)
        {
            p += n;
            if (count + 1 == step.Min) low = p;
        }

        at = p;
        if (count < step.Min) return false;
        if (!step.Flag && p > low) Push(new Saved(next, p, low));
        return true;
    }

    private bool Backtrack(ReadOnlySpan<char> text, int bottom, ref int pc, ref int at)
    {
        if (_count == bottom) return false;
        if (--_budget < 0) ThrowBudget();
        Saved saved = _stack[--_count];
        (pc, at) = (saved.Pc, saved.At);
        if (saved.Low < 0) return true;
        at = CodePoints.Before(text, at);
        if (at > saved.Low) Push(saved with { At = at });
        return true;
    }

    private void Push(Saved saved)
    {
        if (_count == _stack.Length)
        {
            if (_count >= MaxStack) ThrowBudget();
            Array.Resize(ref _stack, _count * 2);
        }

        _stack[_count++] = saved;
    }

    private static bool IsAt(BoundaryKind kind, ReadOnlySpan<char> text, int at) => kind switch
    {
        BoundaryKind.TextStart => at == 0,
        BoundaryKind.TextEnd => at == text.Length,
        BoundaryKind.LineStart => at == 0 || text[at - 1] == '\n',
        BoundaryKind.LineEnd => at == text.Length || text[at] == '\n',
        _ => (IsWord(text, at) != (at > 0 && IsWord(text, CodePoints.Before(text, at)))) == (kind == BoundaryKind.Word),
    };

    private static bool IsWord(ReadOnlySpan<char> text, int at) => at < text.Length && CharClasses.IsWord(CodePoints.At(text, at, out _));

    [DoesNotReturn]
    private static void ThrowBudget() => throw new InvalidDataException(
        "The tokenizer's split pattern backtracks without measure on this text; the pattern needs possessive or disjoint repetitions.");
}
