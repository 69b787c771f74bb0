using System.Runtime.CompilerServices;
using System.Text;

namespace Takt.Text.Templates;

/// <summary>The state of one rendering: its output, its clock and what it has used of its limits.</summary>
internal sealed class TemplateRuntime(TemplateLimits limits)
{
    private long _steps;
    private int _depth;
    private StringBuilder _output = new();

    public Clock Clock { get; set; }

    public ValueComparer Comparer => field ??= new ValueComparer(this);

    public int MaxDepth => limits.MaxDepth;

    /// <summary>Counts one step; called by everything that recurses or loops.</summary>
    public void Step()
    {
        if (++_steps > limits.MaxSteps) ThrowTooManySteps();
        if (!RuntimeHelpers.TryEnsureSufficientExecutionStack()) ThrowStackFull();
    }

    /// <summary>Counts the cost of going over so many items.</summary>
    public void ChargeItems(long count)
    {
        if ((_steps += count) > limits.MaxSteps) ThrowTooManySteps();
    }

    /// <summary>Counts the cost of going over so many characters.</summary>
    public void ChargeText(long characters) => ChargeItems(characters >> 3);

    /// <summary>Refuses a string or list that would be longer than allowed, before it is made, and counts its cost.</summary>
    public void Reserve(long length, bool text = true)
    {
        CheckLength(length, text);
        if (text) ChargeText(length);
        else ChargeItems(length);
    }

    /// <summary>Refuses a string or list that would be longer than allowed.</summary>
    public void CheckLength(long length, bool text = true)
    {
        if (length > limits.MaxLength) ThrowTooLong(text ? "string" : "list", length);
    }

    public string Concat(string left, string right)
    {
        Reserve((long)left.Length + right.Length);
        return string.Concat(left, right);
    }

    /// <summary>Goes one call or one value deeper.</summary>
    public void Enter()
    {
        if (++_depth > limits.MaxDepth) ThrowTooDeep();
        Step();
    }

    public void Leave() => _depth--;

    public void Write(string text)
    {
        if (text.Length == 0) return;
        if ((long)_output.Length + text.Length > limits.MaxLength) ThrowTooLong("output", (long)_output.Length + text.Length);
        ChargeText(text.Length);
        _output.Append(text);
    }

    public string Output() => _output.ToString();

    /// <summary>Runs statements and returns what they write instead of writing it.</summary>
    public string Capture(Statement[] body, Scope scope)
    {
        StringBuilder outer = BeginCapture();
        Statement.Run(body, scope);
        return EndCapture(outer);
    }

    /// <summary>From here on, what is written is kept apart; an error ends the rendering, so only a success needs the end.</summary>
    public StringBuilder BeginCapture()
    {
        StringBuilder outer = _output;
        _output = new StringBuilder();
        return outer;
    }

    /// <summary>What was written since <see cref="BeginCapture"/>, which gave <paramref name="outer"/>.</summary>
    public string EndCapture(StringBuilder outer)
    {
        string text = _output.ToString();
        _output = outer;
        return text;
    }

    private void ThrowTooManySteps() =>
        throw Fault.Limit($"the template took more than {limits.MaxSteps} steps; it may loop without end");

    private void ThrowTooDeep() =>
        throw Fault.Limit($"macros, loops or values are nested too deeply (the limit is {limits.MaxDepth}); is there a recursion without end?");

    private static void ThrowStackFull() => throw Fault.Limit("the template nests more deeply than this thread's stack allows");

    private void ThrowTooLong(string what, long length) =>
        throw Fault.Limit($"a {what} of length {length} is over the limit of {limits.MaxLength}");
}
