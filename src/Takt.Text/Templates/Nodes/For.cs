using System.Text;

namespace Takt.Text.Templates;

/// <summary>A loop with its optional filter, else part and recursion.</summary>
internal sealed class For(
    int position, Target target, Expression items, Expression? filter, Statement[] body, Statement[] otherwise, bool recursive) : Statement
{
    public override Flow Execute(Scope scope) => Run(scope, items.Evaluate(scope), depth: 1);

    /// <summary>The text of the loop over other items, one level deeper: what calling <c>loop</c> gives.</summary>
    private string Recurse(Scope outer, object? values, int depth)
    {
        outer.Runtime.Enter();
        StringBuilder output = outer.Runtime.BeginCapture();
        Run(outer, values, depth);
        outer.Runtime.Leave();
        return outer.Runtime.EndCapture(output);
    }

    private Flow Run(Scope outer, object? values, int depth)
    {
        try
        {
            return Loop(outer, values, depth);
        }
        catch (Fault fault) when (fault.Locate(position))
        {
            throw;
        }
    }

    private Flow Loop(Scope outer, object? values, int depth)
    {
        IEnumerable<object?> sequence = Values.Iterate(outer.Runtime, values);
        int? length = null;
        if (filter is not null) sequence = Filtered(sequence, outer);
        else if (Values.TryLength(values, out int known)) length = known;

        using var loop = new LoopValue(outer.Runtime, sequence, length, depth, recursive ? inner => Recurse(outer, inner, depth + 1) : null);
        var scope = new Scope(outer);
        bool completed = false;
        while (loop.MoveNext())
        {
            scope.Clear();
            scope.Set("loop", loop);
            target.Assign(scope, loop.Current);
            Flow flow = Run(body, scope);
            if (flow == Flow.Break) break;
            completed |= flow == Flow.Next;
        }

        // As in Jinja2, the else part also runs where every round was cut short.
        return completed ? Flow.Next : Run(otherwise, new Scope(outer));
    }

    private IEnumerable<object?> Filtered(IEnumerable<object?> sequence, Scope outer)
    {
        var scope = new Scope(outer);
        foreach (object? item in sequence)
        {
            scope.Clear();
            target.Assign(scope, item);
            if (Values.IsTrue(filter!.Evaluate(scope))) yield return item;
        }
    }
}
