using System.Globalization;

namespace Takt.Text.Templates;

/// <summary>The <c>attribute</c> of filters: names and numbers with dots between.</summary>
internal sealed class AttributePath
{
    private readonly TemplateRuntime _runtime;
    private readonly object?[] _parts;
    private readonly object? _otherwise;

    public AttributePath(NativeCall call, object? attribute, object? otherwise)
    {
        _runtime = call.Runtime;
        _otherwise = otherwise;
        _parts = attribute is not string path ? [attribute] : [.. path.Split('.').Select(ToKey)];
    }

    public object? Get(object? item)
    {
        foreach (object? part in _parts)
        {
            item = Members.Item(_runtime, item, part);
            if (item is Undefined && _otherwise is not null) item = _otherwise;
        }

        return item;
    }

    private static object ToKey(string part) =>
        long.TryParse(part, NumberStyles.None, CultureInfo.InvariantCulture, out long index) ? index : part;
}
