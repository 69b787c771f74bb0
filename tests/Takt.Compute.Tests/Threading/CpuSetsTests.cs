using System.Buffers.Binary;
using Takt.Compute.Threading;

namespace Takt.Compute.Tests.Threading;

/// <summary>Records as Windows lays them out, for machines of several kinds.</summary>
public sealed class CpuSetsTests
{
    private const int All = 0;

    // One record byte for byte as the documentation of SYSTEM_CPU_SET_INFORMATION has the fields: size 32, type 0, id 0x101, group 0,
    // processor 1, core 0, cache 0, node 0, class 1, flags 0, scheduling class 0 and 3 bytes of padding, tag 0.
    private static readonly byte[] Literal = Convert.FromHexString("2000000000000000010100000000010000000100000000000000000000000000");

    [Fact]
    public void The_documented_layout_is_read()
    {
        Assert.Equal(32, Literal.Length);
        Assert.Equal(Record(processor: 1, core: 0, efficiency: 1, id: 0x101), Literal);
        Assert.Equal(1, CpuSets.FastCores(Literal, All));
        Assert.Equal(1, CpuSets.FastCores(Literal, 0b10));
        Assert.Equal(0, CpuSets.FastCores(Literal, 0b01));
    }

    [Fact]
    public void A_hybrid_processor_works_with_its_fast_cores()
    {
        // Eight fast cores of two threads each, then four slow ones.
        byte[] records = Records(20, cpu => cpu < 16 ? Record(cpu, cpu & ~1, efficiency: 1) : Record(cpu, cpu, efficiency: 0));
        Assert.Equal(8, CpuSets.FastCores(records, All));
        Assert.Equal(2, CpuSets.FastCores(records, 0b0000_0000_1100_0001));
        // Bound to slow cores it has to take those.
        Assert.Equal(3, CpuSets.FastCores(records, 0b0111_0000_0000_0000_0000));
    }

    [Fact]
    public void Slow_cores_may_come_first() =>
        Assert.Equal(2, CpuSets.FastCores(Records(6, cpu => Record(cpu, cpu, efficiency: cpu < 4 ? 0 : 3)), All));

    [Fact]
    public void Cores_of_two_groups_are_different_ones() =>
        Assert.Equal(128, CpuSets.FastCores(Records(128, cpu => Record(cpu % 64, cpu % 64, group: cpu / 64)), All));

    [Fact]
    public void Processors_that_others_have_for_themselves_do_not_count()
    {
        const byte others = 2, ours = 2 | 4, parked = 1;
        byte[] flags = [others, ours, parked, 0];
        Assert.Equal(3, CpuSets.FastCores(Records(4, cpu => Record(cpu, cpu, flags: flags[cpu])), All));
    }

    [Fact]
    public void Longer_records_and_other_kinds_are_passed_over()
    {
        byte[] unknown = Record(9, 9, efficiency: 7);
        unknown[4] = 5;
        byte[] longer = [.. Record(1, 1), 1, 2, 3, 4, 5, 6, 7, 8];
        longer[0] = (byte)longer.Length;
        Assert.Equal(3, CpuSets.FastCores([.. Record(0, 0), .. unknown, .. longer, .. Record(2, 2)], All));
    }

    [Fact]
    public void What_is_cut_off_or_damaged_ends_the_records()
    {
        byte[] two = [.. Record(0, 0), .. Record(1, 1)];
        for (int length = 0; length <= two.Length; length++) Assert.Equal(length / 32, CpuSets.FastCores(two.AsSpan(0, length), All));
        foreach (uint size in (uint[])[0, 19, 33, uint.MaxValue])
        {
            BinaryPrimitives.WriteUInt32LittleEndian(two.AsSpan(32), size);
            Assert.Equal(1, CpuSets.FastCores(two, All));
        }
    }

    private static byte[] Records(int count, Func<int, byte[]> record) => [.. Enumerable.Range(0, count).SelectMany(record)];

    private static byte[] Record(int processor, int core, int efficiency = 0, int group = 0, byte flags = 0, int? id = null)
    {
        var bytes = new byte[32];
        BinaryPrimitives.WriteInt32LittleEndian(bytes, bytes.Length);
        BinaryPrimitives.WriteInt32LittleEndian(bytes.AsSpan(8), id ?? 0x100 + processor);
        BinaryPrimitives.WriteInt16LittleEndian(bytes.AsSpan(12), (short)group);
        (bytes[14], bytes[15], bytes[18], bytes[19]) = ((byte)processor, (byte)core, (byte)efficiency, flags);
        return bytes;
    }
}
