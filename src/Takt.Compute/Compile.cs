using System.Runtime.CompilerServices;

namespace Takt.Compute;

/// <summary>How kernels are compiled.</summary>
internal static class Compile
{
    /// <summary>
    /// Optimised before the first call. Where the runtime compiles, that is an attribute: else a kernel's first calls would take many times as
    /// long. A published program was compiled ahead of time, from which the attribute would exclude the method; of what that left
    /// out, methods with loops are optimised at once by the settings of Takt.Cli.
    /// </summary>
#if AHEAD_OF_TIME
    public const MethodImplOptions AtOnce = default;
#else
    public const MethodImplOptions AtOnce = MethodImplOptions.AggressiveOptimization;
#endif
}
