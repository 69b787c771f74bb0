using System.Collections.Concurrent;
using System.Runtime.InteropServices;

namespace Takt.Compute.Cpu.Emitted;

/// <summary>
/// Memory for emitted code. It is writable while the code is copied and executable afterwards, never both, and stays until the process
/// ends: there are a few dozen kernels of some kilobytes.
/// </summary>
internal static unsafe partial class ExecutableMemory
{
    private const int Read = 1, Write = 2, Execute = 4, Private = 2, Anonymous = 0x20, MacAnonymous = 0x1000, MacJit = 0x800;
    private const uint Commit = 0x1000, Reserve = 0x2000, Release = 0x8000, ReadWrite = 0x04, ExecuteRead = 0x20;

    private static readonly ConcurrentQueue<EmittedCode> _placed = new();

    /// <summary>All code that was placed, for profilers: no symbol says where it lies.</summary>
    public static IReadOnlyCollection<EmittedCode> Placed => _placed;

    /// <summary>Puts code where it can be called.</summary>
    /// <param name="name">What it is.</param>
    /// <param name="code">Position-independent machine code.</param>
    /// <param name="refusal">Why the system does not allow it, where it does not.</param>
    /// <returns>Its address, or 0.</returns>
    public static nint Place(string name, ReadOnlySpan<byte> code, out string? refusal)
    {
        nuint length = (nuint)((code.Length + Environment.SystemPageSize - 1) / Environment.SystemPageSize * Environment.SystemPageSize);
        bool windows = OperatingSystem.IsWindows();
        int anonymous = OperatingSystem.IsMacOS() ? MacAnonymous | MacJit : Anonymous;
        nint memory = windows
            ? VirtualAlloc(0, length, Commit | Reserve, ReadWrite)
            : Map(0, length, Read | Write, Private | anonymous, -1, 0);
        if (memory is 0 or -1)
        {
            refusal = $"the system gives no memory for emitted code (error {Marshal.GetLastPInvokeError()})";
            return 0;
        }

        code.CopyTo(new Span<byte>((void*)memory, code.Length));
        bool allowed = windows
            ? VirtualProtect(memory, length, ExecuteRead, out _) && FlushInstructionCache(-1, memory, length)
            : Protect(memory, length, Read | Execute) == 0;
        refusal = allowed ? null : $"the system refuses executable memory (error {Marshal.GetLastPInvokeError()})";
        if (allowed)
        {
            _placed.Enqueue(new EmittedCode(name, memory, (long)length));
            return memory;
        }

        _ = windows ? VirtualFree(memory, 0, Release) : Unmap(memory, length) == 0;
        return 0;
    }

    [LibraryImport("libc", EntryPoint = "mmap", SetLastError = true)]
    private static partial nint Map(nint address, nuint length, int protection, int flags, int file, nint offset);

    [LibraryImport("libc", EntryPoint = "mprotect", SetLastError = true)]
    private static partial int Protect(nint address, nuint length, int protection);

    [LibraryImport("libc", EntryPoint = "munmap")]
    private static partial int Unmap(nint address, nuint length);

    [LibraryImport("kernel32", SetLastError = true)]
    private static partial nint VirtualAlloc(nint address, nuint length, uint kind, uint protection);

    [LibraryImport("kernel32", SetLastError = true)]
    [return: MarshalAs(UnmanagedType.Bool)]
    private static partial bool VirtualProtect(nint address, nuint length, uint protection, out uint before);

    [LibraryImport("kernel32", SetLastError = true)]
    [return: MarshalAs(UnmanagedType.Bool)]
    private static partial bool FlushInstructionCache(nint process, nint address, nuint length);

    [LibraryImport("kernel32")]
    [return: MarshalAs(UnmanagedType.Bool)]
    private static partial bool VirtualFree(nint address, nuint length, uint kind);
}

/// <summary>Emitted code in memory.</summary>
/// <param name="Name">What it is.</param>
/// <param name="Address">Its first byte.</param>
/// <param name="Bytes">Bytes up to the end of its last page.</param>
internal readonly record struct EmittedCode(string Name, nint Address, long Bytes);
