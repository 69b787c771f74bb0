using System.Runtime.Intrinsics.X86;
using Takt.Compute.Cpu.Emitted;

namespace Takt.Compute.Tests.Cpu.Emitted;

public sealed unsafe class ProcessorFeaturesTests
{
    private const uint F = 1 << 16, Bw = 1 << 30, Vl = 1u << 31, Vnni = 1 << 11, AmxBFloat = 1 << 22, AmxTile = 1 << 24, AmxInt8 = 1 << 25;

    // The bits of CPUID leaf 7 that matter, as these processors have them, and XCR0 as Linux sets it there.
    private static readonly ProcessorFeatures SapphireRapids = new(F | Bw | Vl, Vnni, AmxBFloat | AmxTile | AmxInt8, 0x30, 1 << 29, 0x602e7);
    private static readonly ProcessorFeatures Zen4 = new(F | Bw | Vl, Vnni, 0, 0x20, 1 << 29, 0x2e7);
    private static readonly ProcessorFeatures Haswell = new(0, 0, 0, 0, 1 << 29, 7);

    [Fact]
    public void Known_processors_have_the_tiers_they_are_known_for()
    {
        Assert.Null(SapphireRapids.LacksVnni);
        Assert.Null(SapphireRapids.LacksAmx);
        Assert.Null(Zen4.LacksVnni);
        Assert.Equal("the processor lacks AMX-TILE, AMX-INT8", Zen4.LacksAmx);
        Assert.Null(SapphireRapids.LacksTileBFloat);
        Assert.Null(Zen4.LacksVectorBFloat);
        Assert.Equal("the processor lacks AVX512_BF16", (Zen4 with { Eax1 = 0 }).LacksVectorBFloat);
        Assert.Equal("the processor lacks AVX512F, AVX512BW, AVX512VL, AVX512_VNNI", Haswell.LacksVnni);
    }

    [Fact]
    public void What_the_system_does_not_save_is_not_used()
    {
        Assert.Equal("the system does not save 512-bit registers", (Zen4 with { States = 7 }).LacksVnni);
        Assert.Equal("the system does not save AMX tiles", (SapphireRapids with { States = 0x2e7 }).LacksAmx);
        Assert.Null((SapphireRapids with { States = 0x2e7 }).LacksVnni);
    }

    [Fact]
    public void This_machine_is_read_by_emitted_code()
    {
        ProcessorFeatures features = ProcessorFeatures.Read(out string? refusal);
        if (refusal is not null) Assert.Skip(refusal);
        Assert.Equal(Avx2.IsSupported, (features.Ebx >> 5 & 1) == 1);
        Assert.Equal(6u, features.States & 6); // AVX runs, so the system saves its registers
        if (Avx512BW.IsSupported) Assert.Equal(0xe6u, features.States & 0xe6);
    }

    [Fact]
    public void Memory_is_executable_and_holds_the_code()
    {
        byte[] code = [0xb8, 0x2a, 0, 0, 0, 0xc3]; // mov eax, 42; ret
        if (!X86Base.X64.IsSupported) Assert.Skip("the code is x86-64's");
        nint entry = ExecutableMemory.Place("test", code, out string? refusal);
        if (refusal is not null) Assert.Skip(refusal);
        Assert.Equal(42, ((delegate* unmanaged<int>)entry)());
    }
}
