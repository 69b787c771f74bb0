namespace Takt.Compare;

/// <summary>Says on standard error what is being measured: on one line where a person watches, else line by line.</summary>
/// <param name="what">The model.</param>
internal sealed class Progress(string what)
{
    /// <summary>Which pair it is.</summary>
    public string Pair { get; set; } = "";

    /// <summary>Says what comes next.</summary>
    public void Step(string step)
    {
        string line = $"{what}: {Pair}: {step}";
        if (Console.IsErrorRedirected) Console.Error.WriteLine(line);
        else Console.Error.Write($"\r{line}\e[K");
    }

    /// <summary>Leaves the line.</summary>
    public static void End()
    {
        if (!Console.IsErrorRedirected) Console.Error.WriteLine();
    }
}
