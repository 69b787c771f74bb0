namespace Takt.Text.Templates;

/// <summary>Tests: what <c>is</c> asks of a value.</summary>
internal static class Tests
{
    private static readonly NativeTable s_table = new NativeTable
    {
        { "defined", "", call => call.Self is not Undefined },
        { "undefined", "", call => call.Self is Undefined },
        { "none", "", call => call.Self is null },
        { "boolean", "", call => call.Self is bool },
        { "true", "", call => call.Self is true },
        { "false", "", call => call.Self is false },
        { "integer", "", call => PythonNumbers.IsInteger(call.Self) && call.Self is not bool },
        { "float", "", call => call.Self is double },
        { "number", "", call => PythonNumbers.IsNumber(call.Self) },
        { "string", "", call => call.Self is string },
        { "mapping", "", call => call.Self is DictValue },
        { "sequence", "", call => call.Self is string or SequenceValue or DictValue or Undefined },
        { "iterable", "", call => Values.IsIterable(call.Self) },
        { "callable", "", call => call.Self is ICallable or Undefined },
        { "escaped", "", call => false },
        { "lower", "", call => StringCases.IsLower(call.SelfText) },
        { "upper", "", call => StringCases.IsUpper(call.SelfText) },
        { "odd", "", call => Remainder(call, 2L) is 1L or 1.0 },
        { "even", "", call => Remainder(call, 2L) is 0L or 0.0 },
        { "divisibleby", "num", call => Remainder(call, call[0]) is 0L or 0.0 },
        { "sameas", "other", call => IsSame(call.Self, call[0]) },
        { "in", "seq", call => Comparing.Contains(call.Runtime, call[0], call.Self) },
        { "filter", "", call => call.Self is string name && Filters.Find(name) is not null },
        { "test", "", call => call.Self is string name && Find(name) is not null },
        { "==", "other", call => Comparing.AreEqual(call.Runtime, call.Self, call[0]) },
        { "!=", "other", call => !Comparing.AreEqual(call.Runtime, call.Self, call[0]) },
        { "<", "other", call => Comparing.Holds(call.Runtime, "<", call.Self, call[0]) },
        { "<=", "other", call => Comparing.Holds(call.Runtime, "<=", call.Self, call[0]) },
        { ">", "other", call => Comparing.Holds(call.Runtime, ">", call.Self, call[0]) },
        { ">=", "other", call => Comparing.Holds(call.Runtime, ">=", call.Self, call[0]) },
        { "startswith", "prefix", call => call.SelfText.StartsWith(call.Text(0), StringComparison.Ordinal) },
        { "endswith", "suffix", call => call.SelfText.EndsWith(call.Text(0), StringComparison.Ordinal) },
    }
        .Alias("eq", "==").Alias("equalto", "==").Alias("ne", "!=")
        .Alias("lt", "<").Alias("lessthan", "<").Alias("le", "<=")
        .Alias("gt", ">").Alias("greaterthan", ">").Alias("ge", ">=");

    public static Native? Find(string name) => s_table.GetValueOrDefault(name);

    private static object? Remainder(NativeCall call, object? divisor) => Arithmetic.Modulo(call.Runtime, call.Self, divisor);

    private static bool IsSame(object? left, object? right) => (left, right) switch
    {
        (bool a, bool b) => a == b,
        (long a, long b) => a == b,
        (string a, string b) => a == b,
        _ => ReferenceEquals(left, right),
    };
}
