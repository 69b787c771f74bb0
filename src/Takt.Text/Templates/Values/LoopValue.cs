namespace Takt.Text.Templates;

/// <summary>
/// The <c>loop</c> of a for statement. It reads ahead only as far as it is asked to, since a lazy sequence may depend on what
/// the body has done so far.
/// </summary>
internal sealed class LoopValue : IAttributes, ICallable, IDisposable
{
    private static readonly Native s_cycle = new("cycle", "*", call => ((LoopValue)call.Self!).Cycle(call));
    private static readonly Native s_changed = new("changed", "*", call => ((LoopValue)call.Self!).Changed(call));

    private readonly TemplateRuntime _runtime;
    private readonly IEnumerator<object?> _items;
    private readonly Queue<object?> _ahead = new();
    private readonly int _depth;
    private readonly Func<object?, string>? _recurse;
    private int? _length;
    private long _index0 = -1;
    private object? _previous;
    private object?[]? _lastChanged;

    public LoopValue(
        TemplateRuntime runtime, IEnumerable<object?> items, int? length, int depth, Func<object?, string>? recurse)
    {
        _runtime = runtime;
        _items = items.GetEnumerator();
        _length = length;
        _depth = depth;
        _recurse = recurse;
    }

    public object? Current { get; private set; }

    public bool MoveNext()
    {
        if (!ReadAhead()) return false;
        _previous = Current;
        Current = _ahead.Dequeue();
        _index0++;
        return true;
    }

    public bool TryGetAttribute(string name, out object? value)
    {
        switch (name)
        {
            case "index": value = _index0 + 1; break;
            case "index0": value = _index0; break;
            case "first": value = _index0 == 0; break;
            case "last": value = !ReadAhead(); break;
            case "length": value = Length(); break;
            case "revindex": value = Length() - _index0; break;
            case "revindex0": value = Length() - _index0 - 1; break;
            case "previtem": value = _index0 == 0 ? Undefined.Hint("there is no previous item") : _previous; break;
            case "nextitem": value = ReadAhead() ? _ahead.Peek() : Undefined.Hint("there is no next item"); break;
            case "depth": value = (long)_depth; break;
            case "depth0": value = _depth - 1L; break;
            case "cycle": value = new NativeFunction(s_cycle, this); break;
            case "changed": value = new NativeFunction(s_changed, this); break;
            default: value = null; return false;
        }

        return true;
    }

    public object? Call(TemplateRuntime runtime, Arguments arguments)
    {
        if (_recurse is null) throw Fault.Runtime("only a loop marked 'recursive' can be called");
        if (arguments.Positional.Length != 1) throw Fault.Runtime("loop() takes one argument: the items to loop over");
        return _recurse(arguments.Positional[0]);
    }

    public void Dispose() => _items.Dispose();

    private bool ReadAhead()
    {
        if (_ahead.Count > 0) return true;
        if (!_items.MoveNext()) return false;
        _ahead.Enqueue(_items.Current);
        return true;
    }

    private long Length()
    {
        if (_length is null)
        {
            while (_items.MoveNext())
            {
                _runtime.Step();
                _ahead.Enqueue(_items.Current);
            }

            _length = (int)_index0 + 1 + _ahead.Count;
        }

        return _length.Value;
    }

    private object? Cycle(NativeCall call)
    {
        if (call.Rest.Length == 0) throw Fault.Runtime("loop.cycle() needs at least one value");
        return call.Rest[(int)(_index0 % call.Rest.Length)];
    }

    private bool Changed(NativeCall call)
    {
        if (_lastChanged is not null && Comparing.AreEqual(_runtime, new TupleValue(_lastChanged), new TupleValue(call.Rest))) return false;
        _lastChanged = call.Rest;
        return true;
    }
}
