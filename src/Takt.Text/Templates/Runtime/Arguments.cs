namespace Takt.Text.Templates;

/// <summary>The values given to a call.</summary>
internal readonly record struct Arguments(object?[] Positional, KeyValuePair<string, object?>[] Named)
{
    public static Arguments None { get; } = new([], []);

    public Arguments With(string name, object? value) => this with { Named = [.. Named, new(name, value)] };

    /// <summary>Without the first positional ones.</summary>
    public Arguments Skip(int count) => this with { Positional = Positional[Math.Min(count, Positional.Length)..] };
}
