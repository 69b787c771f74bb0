namespace Takt.Formats;

/// <summary>Where this user's programs keep what can be made again.</summary>
public static class UserCache
{
    /// <summary>
    /// Takt's folder: in <c>XDG_CACHE_HOME</c> or <c>~/.cache</c>, on macOS in <c>~/Library/Caches</c>, on Windows in the local
    /// application data. It may not exist yet.
    /// </summary>
    public static string Folder { get; } = Path.Combine(Root(Environment.GetEnvironmentVariable), "takt");

    internal static string Root(Func<string, string?> environment)
    {
        // The specification of XDG has relative paths ignored.
        if (environment("XDG_CACHE_HOME") is { Length: > 0 } cache && Path.IsPathRooted(cache)) return cache;
        if (OperatingSystem.IsWindows()) return Environment.GetFolderPath(Environment.SpecialFolder.LocalApplicationData);
        string home = Environment.GetFolderPath(Environment.SpecialFolder.UserProfile);
        if (home.Length == 0) return Path.GetTempPath();
        return OperatingSystem.IsMacOS() ? Path.Combine(home, "Library", "Caches") : Path.Combine(home, ".cache");
    }
}
