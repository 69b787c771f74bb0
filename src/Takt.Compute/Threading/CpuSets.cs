using System.Buffers.Binary;
using System.Runtime.InteropServices;

namespace Takt.Compute.Threading;

/// <summary>What Windows tells of its processors: records of <c>SYSTEM_CPU_SET_INFORMATION</c>, one a logical processor.</summary>
/// <remarks>
/// Read from bytes, since a record says its own size and later systems may make it longer
/// (learn.microsoft.com, ns-winnt-system_cpu_set_information).
/// </remarks>
internal static unsafe partial class CpuSets
{
    private const int Kind = 4, Group = 12, Processor = 14, Core = 15, EfficiencyClass = 18, Flags = 19, Fields = 20;
    private const int CpuSet = 0;
    private const byte Allocated = 2, AllocatedToUs = 4;

    /// <summary>The records of this machine; none where the system has no such call.</summary>
    public static byte[] Read()
    {
        const nint thisProcess = -1;
        try
        {
            _ = GetSystemCpuSetInformation(null, 0, out uint length, thisProcess, 0);
            var records = new byte[length];
            fixed (byte* buffer = records) return GetSystemCpuSetInformation(buffer, length, out length, thisProcess, 0) ? records : [];
        }
        catch (Exception absent) when (absent is DllNotFoundException or EntryPointNotFoundException)
        {
            return [];
        }
    }

    /// <summary>Cores of the fastest class among those that this process may use; 0 where the records do not say.</summary>
    /// <param name="records">What <see cref="Read"/> gives. A damaged record ends them.</param>
    /// <param name="affinity">The processors that this process is bound to, a bit each; 0 where it is bound to none.</param>
    public static int FastCores(ReadOnlySpan<byte> records, ulong affinity)
    {
        var cores = new HashSet<(int Group, int Core)>();
        int best = -1;
        while (records.Length >= Fields)
        {
            uint size = BinaryPrimitives.ReadUInt32LittleEndian(records);
            if (size < Fields || size > records.Length) break;
            ReadOnlySpan<byte> record = records[..(int)size];
            records = records[(int)size..];
            // A processor that another program has for itself alone is none of ours.
            bool taken = (record[Flags] & (Allocated | AllocatedToUs)) == Allocated;
            bool bound = affinity == 0 || (record[Processor] < 64 && (affinity >> record[Processor] & 1) == 1);
            if (BinaryPrimitives.ReadInt32LittleEndian(record[Kind..]) != CpuSet || taken || !bound) continue;
            // A higher class is faster and needs more power.
            if (record[EfficiencyClass] > best)
            {
                best = record[EfficiencyClass];
                cores.Clear();
            }

            if (record[EfficiencyClass] == best) cores.Add((BinaryPrimitives.ReadUInt16LittleEndian(record[Group..]), record[Core]));
        }

        return cores.Count;
    }

    [LibraryImport("kernel32", SetLastError = true)]
    [return: MarshalAs(UnmanagedType.Bool)]
    private static partial bool GetSystemCpuSetInformation(byte* records, uint length, out uint needed, nint process, uint flags);
}
