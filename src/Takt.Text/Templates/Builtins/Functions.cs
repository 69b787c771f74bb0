namespace Takt.Text.Templates;

/// <summary>Functions that every template can call.</summary>
internal static class Functions
{
    public static readonly NativeTable Table = new()
    {
        { "raise_exception", "message", call => throw new Fault(TemplateErrorKind.Raised, Values.ToText(call.Runtime, call[0])) },
        { "strftime_now", "format", call => Strftime.Format(call.Runtime.Clock.Read(), call.Text(0)) },
        { "range", "start stop? step?", Range },
        { "dict", "items? **", call => NewDict(call) },
        { "namespace", "items? **", call => new NamespaceValue(NewDict(call)) },
        { "joiner", "sep?", call => new JoinerValue(call.Optional(0, ", ")) },
        { "cycler", "*", call => call.Rest.Length > 0 ? new CyclerValue(call.Rest) : throw Fault.Runtime("cycler() needs at least one value") },
    };

    /// <summary>A dict from another one or from pairs, and from named arguments.</summary>
    public static DictValue NewDict(NativeCall call)
    {
        var dict = new DictValue(call.Runtime.Comparer);
        if (call.Has(0)) DictMethods.Update(call.Runtime, dict, call[0]);
        foreach ((string name, object? value) in call.Named) dict.Set(name, value);
        return dict;
    }

    private static RangeValue Range(NativeCall call) => call.Has(1)
        ? RangeValue.Of(call.Long(0), call.Long(1), call.Has(2) ? call.Long(2) : 1)
        : RangeValue.Of(0, call.Long(0), 1);
}
