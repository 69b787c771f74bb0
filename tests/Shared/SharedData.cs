namespace Takt.Testing;

/// <summary>Finds the data folder <c>shared</c> beside the checkout; tests that need it skip where it is absent.</summary>
internal static class SharedData
{
    /// <summary>The folder, or null where there is none. <c>TAKT_SHARED</c> names another place.</summary>
    public static string? Root { get; } = Find();

    /// <summary>The full path of a file or folder in the shared data; skips the test when it is not there.</summary>
    public static string Path(params string[] parts)
    {
        if (Root is null) Assert.Skip("needs the shared data folder (../shared or TAKT_SHARED), which is not here");
        string path = System.IO.Path.Combine([Root, .. parts]);
        if (!File.Exists(path) && !Directory.Exists(path)) Assert.Skip($"needs {path}, which is not here");
        return path;
    }

    private static string? Find()
    {
        if (Environment.GetEnvironmentVariable("TAKT_SHARED") is { Length: > 0 } named)
            return Directory.Exists(named) ? named : null;
        for (DirectoryInfo? folder = new(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            if (!File.Exists(System.IO.Path.Combine(folder.FullName, "Takt.slnx"))) continue;
            string beside = System.IO.Path.Combine(folder.Parent?.FullName ?? "/", "shared");
            return File.Exists(System.IO.Path.Combine(beside, "DESIGN.md")) ? beside : null;
        }

        return null;
    }
}
