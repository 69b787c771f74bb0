namespace Takt.Cli.Shell;

/// <summary>The languages the command line speaks.</summary>
internal enum Language
{
    /// <summary>English, the fallback.</summary>
    En,

    /// <summary>Chinese (simplified).</summary>
    Zh,
}

/// <summary>Finds out which language to speak.</summary>
internal static class Languages
{
    /// <summary>
    /// <c>--lang</c> among the arguments wins; else the first of LC_ALL, LC_MESSAGES and LANG that is set decides, as POSIX has it.
    /// </summary>
    public static Language Choose(IReadOnlyList<string> args, Func<string, string?> environment)
    {
        if (Requested(args) is { } requested) return FromName(requested);
        foreach (string variable in (ReadOnlySpan<string>)["LC_ALL", "LC_MESSAGES", "LANG"])
        {
            if (environment(variable) is { Length: > 0 } locale) return FromName(locale);
        }

        return Language.En;
    }

    // The texts of the parser itself are wanted in the right language, so the option is looked for before parsing.
    private static string? Requested(IReadOnlyList<string> args)
    {
        for (int i = 0; i < args.Count && args[i] != "--"; i++)
        {
            if (args[i] == "--lang" && i + 1 < args.Count) return args[i + 1];
            if (args[i].StartsWith("--lang=", StringComparison.Ordinal)) return args[i]["--lang=".Length..];
        }

        return null;
    }

    private static Language FromName(string locale) =>
        locale.StartsWith("zh", StringComparison.OrdinalIgnoreCase) ? Language.Zh : Language.En;
}
