using Takt.Compute.Blocks;
using Takt.Compute.Memory;
using Takt.Formats;

namespace Takt.Models;

/// <summary>A table of which single rows are read, as the file stores them.</summary>
internal sealed unsafe class EmbeddingTable(Tensor table)
{
    // A page that is read brings its neighbours in the file with it, as far as the system maps them at once (Linux: 64 KiB).
    private const long BytesAround = 64 << 10;

    private readonly WeightFormat _format = WeightLoader.Format(table);
    private readonly long _rowBytes = table.ByteLength / table.Rows;

    /// <summary>Reads a row.</summary>
    /// <param name="row">Its number, below the table's rows.</param>
    /// <param name="target">Receives the values.</param>
    /// <param name="count">How many values a row has.</param>
    public void Read(int row, float* target, int count) => _format.Dequantize((byte*)table.Data + row * _rowBytes, target, count);

    /// <summary>
    /// Lets go of the pages that came with some rows, where those are many and the table is larger than that: a long prompt would keep most
    /// of a table in memory that is there a second time as the packed output matrix.
    /// </summary>
    /// <param name="rows">Rows that were read.</param>
    public void LetGo(int rows)
    {
        const int Many = 128;
        if (table.IsMapped && rows >= Many && rows * BytesAround < table.ByteLength) Pages.LetGo(table.Data, table.ByteLength);
    }
}
