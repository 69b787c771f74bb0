using System.Runtime.InteropServices;

namespace Takt.Cli.Shell;

/// <summary>
/// A standard stream that the program's starter may have closed. The runtime's own files take the free numbers, so that reading from 0
/// would wait for a stranger's data and writing to 1 or 2 would spoil it. A closed stream is like <c>/dev/null</c>: empty, and it
/// swallows what is written.
/// </summary>
internal static partial class StandardStream
{
    private const int GetDescriptorFlags = 1, CloseOnExec = 1;

    /// <summary>Opens the stream, or null's stream where it is closed.</summary>
    /// <param name="descriptor">0, 1 or 2.</param>
    /// <param name="open">How it is opened else.</param>
    public static Stream Open(int descriptor, Func<Stream> open) => IsClosed(descriptor) ? Stream.Null : open();

    /// <summary>Whether the starter closed it.</summary>
    // What was handed over by exec cannot have the flag that closes it at exec; what the runtime opens always has it.
    private static bool IsClosed(int descriptor) =>
        !OperatingSystem.IsWindows() && FileControl(descriptor, GetDescriptorFlags) is var flags && (flags < 0 || (flags & CloseOnExec) != 0);

    [LibraryImport("libc", EntryPoint = "fcntl")]
    private static partial int FileControl(int descriptor, int command);
}
