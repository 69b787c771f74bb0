using System.Runtime.InteropServices;
using System.Runtime.Intrinsics.X86;

namespace Takt.Compute.Cpu.Emitted;

/// <summary>What a processor says it has, and what the system lets programs use of it.</summary>
/// <param name="Ebx">CPUID leaf 7.0, EBX.</param>
/// <param name="Ecx">CPUID leaf 7.0, ECX.</param>
/// <param name="Edx">CPUID leaf 7.0, EDX.</param>
/// <param name="Eax1">CPUID leaf 7.1, EAX.</param>
/// <param name="Ecx1">CPUID leaf 1, ECX.</param>
/// <param name="States">XCR0: the register states that the system saves.</param>
/// <remarks>Bits: Intel SDM volume 2A, CPUID; volume 1, chapter 13 (XCR0).</remarks>
internal readonly unsafe partial record struct ProcessorFeatures(uint Ebx, uint Ecx, uint Edx, uint Eax1, uint Ecx1, ulong States)
{
    private const ulong VectorStates = 0xe6, TileStates = 3 << 17;
    private const int PermissionCall = 158, RequestPermission = 0x1023, TileData = 18;

    // xor ecx, ecx; xgetbv; shl rdx, 32; or rax, rdx; ret
    private static ReadOnlySpan<byte> StatesReader => [0x31, 0xc9, 0x0f, 0x01, 0xd0, 0x48, 0xc1, 0xe2, 0x20, 0x48, 0x09, 0xd0, 0xc3];

    /// <summary>Those of this machine; all zero where it is none of x86-64 or does not let emitted code run.</summary>
    /// <param name="refusal">Why emitted code cannot run, where it cannot.</param>
    public static ProcessorFeatures Read(out string? refusal)
    {
        refusal = "the processor is not an x86-64 one with AVX";
        if (!X86Base.X64.IsSupported || !Avx.IsSupported) return default;
        nint reader = ExecutableMemory.Place("processor states", StatesReader, out refusal);
        if (reader == 0) return default;
        ulong states = ((delegate* unmanaged<ulong>)reader)();
        uint ecx1 = (uint)X86Base.CpuId(1, 0).Ecx;
        if (X86Base.CpuId(0, 0).Eax < 7) return new(0, 0, 0, 0, ecx1, states);
        (int most, int ebx, int ecx, int edx) = X86Base.CpuId(7, 0);
        uint eax1 = most >= 1 ? (uint)X86Base.CpuId(7, 1).Eax : 0;
        return new((uint)ebx, (uint)ecx, (uint)edx, eax1, ecx1, states);
    }

    /// <summary>What the AVX-512 VNNI tier lacks; null where it lacks nothing.</summary>
    public string? LacksVnni => Lacking(
        (Ebx >> 16 & 1, "AVX512F"), (Ebx >> 30 & 1, "AVX512BW"), (Ebx >> 31, "AVX512VL"), (Ecx >> 11 & 1, "AVX512_VNNI"))
        ?? ((States & VectorStates) == VectorStates ? null : "the system does not save 512-bit registers");

    /// <summary>What the AMX tier lacks besides permission; null where it lacks nothing.</summary>
    public string? LacksAmx => LacksVnni ?? Lacking((Edx >> 24 & 1, "AMX-TILE"), (Edx >> 25 & 1, "AMX-INT8"))
        ?? ((States & TileStates) == TileStates ? null : "the system does not save AMX tiles");

    /// <summary>What the bfloat16 products lack on vectors; null where they lack nothing.</summary>
    public string? LacksVectorBFloat => LacksVnni ?? Lacking((Eax1 >> 5 & 1, "AVX512_BF16"));

    /// <summary>What the bfloat16 products lack on tiles besides permission; null where they lack nothing.</summary>
    public string? LacksTileBFloat => LacksAmx ?? LacksVectorBFloat ?? Lacking((Edx >> 22 & 1, "AMX-BF16"));

    /// <summary>What the conversion of 16-bit floats lacks; null where it lacks nothing.</summary>
    public string? LacksHalfConversion => Lacking((Ecx1 >> 29 & 1, "F16C"), (Avx2.IsSupported && Fma.IsSupported ? 1u : 0, "AVX2, FMA"));

    /// <summary>Asks Linux for tiles, which it gives to processes that ask; other systems give them to all.</summary>
    /// <returns>Why not, or null.</returns>
    public static string? RequestTiles()
    {
        if (!OperatingSystem.IsLinux() || Call(PermissionCall, RequestPermission, TileData) == 0) return null;
        return $"Linux refuses this process AMX tiles (arch_prctl: error {Marshal.GetLastPInvokeError()}; they came with kernel 5.16)";
    }

    private static string? Lacking(params ReadOnlySpan<(uint Has, string Name)> features)
    {
        List<string> names = [];
        foreach ((uint has, string name) in features)
        {
            if (has == 0) names.Add(name);
        }

        return names.Count == 0 ? null : $"the processor lacks {string.Join(", ", names)}";
    }

    [LibraryImport("libc", EntryPoint = "syscall", SetLastError = true)]
    private static partial nint Call(nint number, nint first, nint second);
}
