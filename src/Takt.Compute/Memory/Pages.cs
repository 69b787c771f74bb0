using System.Runtime.InteropServices;

namespace Takt.Compute.Memory;

/// <summary>What the system is told about pages of memory. Where it cannot be told, or does not listen, nothing happens.</summary>
public static partial class Pages
{
    /// <summary>Bytes of a large page on the machines that have them: x86-64, and Arm with pages of 4 KiB.</summary>
    public const int LargeBytes = 2 << 20;

    // The same numbers on every Linux, and the first on macOS too.
    private const int DontNeed = 4, HugePage = 14, PopulateRead = 22, PopulateWrite = 23;

    /// <summary>
    /// Takes pages of a file that is mapped for reading out of this process's memory; what touches them later reads them again. Pages
    /// that are only partly in the range go too.
    /// </summary>
    public static void LetGo(nint start, long length)
    {
        (nint first, nuint bytes) = Whole(start, length);
        // A range that is not locked leaves the working set when it is unlocked: so the documentation of VirtualUnlock.
        if (OperatingSystem.IsWindows()) VirtualUnlock(first, bytes);
        else Advise(first, bytes, DontNeed);
    }

    /// <summary>Brings pages of a mapped file into this process's memory all at once, which costs less than page after page.</summary>
    public static void Fetch(nint start, long length)
    {
        if (!OperatingSystem.IsLinux()) return;
        (nint first, nuint bytes) = Whole(start, length);
        Advise(first, bytes, PopulateRead);
    }

    /// <summary>Gives memory its pages all at once, which costs less than page after page as it is written.</summary>
    public static void Provide(nint start, long length)
    {
        if (!OperatingSystem.IsLinux()) return;
        (nint first, nuint bytes) = Whole(start, length);
        Advise(first, bytes, PopulateWrite);
    }

    /// <summary>Asks for large pages where memory is not in use yet.</summary>
    public static void PreferLarge(nint start, long length)
    {
        if (OperatingSystem.IsLinux()) Advise(start, (nuint)length, HugePage);
    }

    private static (nint First, nuint Bytes) Whole(nint start, long length)
    {
        nint page = Environment.SystemPageSize, first = start & -page;
        return (first, (nuint)(start - first + (nint)length));
    }

    private static void Advise(nint start, nuint length, int advice)
    {
        try
        {
            _ = MAdvise(start, length, advice);
        }
        catch (Exception absent) when (absent is DllNotFoundException or EntryPointNotFoundException)
        {
            // A system without it goes without advice.
        }
    }

    [LibraryImport("libc", EntryPoint = "madvise")]
    private static partial int MAdvise(nint start, nuint length, int advice);

    [LibraryImport("kernel32")]
    [return: MarshalAs(UnmanagedType.Bool)]
    private static partial bool VirtualUnlock(nint start, nuint length);
}
