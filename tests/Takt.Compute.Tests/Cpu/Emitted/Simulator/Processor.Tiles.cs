using System.Buffers.Binary;
using Iced.Intel;

namespace Takt.Compute.Tests.Cpu.Emitted.Simulator;

/// <summary>AMX: SDM volume 2 under LDTILECFG, TILELOADD and the others; what raises an exception there fails here.</summary>
internal sealed partial class Processor
{
    private const int TileRowBytes = 64, MostTileRows = 16;

    private readonly byte[] _tiles = new byte[8 * MostTileRows * TileRowBytes];
    private readonly int[] _tileRows = new int[8], _tileBytes = new int[8];
    private bool _tilesConfigured;

    private bool ExecuteTile(in Instruction i)
    {
        switch (i.Mnemonic)
        {
            case Mnemonic.Ldtilecfg: Configure(Bytes(Address(i), 64, false)); break;
            case Mnemonic.Tilerelease: _tilesConfigured = false; break;
            case Mnemonic.Tilezero: TileMemory(Tile(i.Op0Register)).Clear(); break;
            case Mnemonic.Tileloadd: LoadTile(i); break;
            case Mnemonic.Tilestored: StoreTile(i); break;
            case Mnemonic.Tdpbssd: DotTiles(i); break;
            case Mnemonic.Tdpbf16ps: DotBFloatTiles(i); break;
            default: return false;
        }

        return true;
    }

    private void Configure(ReadOnlySpan<byte> bytes)
    {
        if (bytes[0] != 1 || bytes[1] != 0) throw new SimulationException("palette 1 from row 0 on is expected");
        if (bytes[2..16].ContainsAnyExcept((byte)0) || bytes[32..48].ContainsAnyExcept((byte)0) || bytes[56..].ContainsAnyExcept((byte)0))
            throw new SimulationException("reserved bytes of the configuration are set");
        for (int tile = 0; tile < 8; tile++)
        {
            (int columns, int rows) = (BinaryPrimitives.ReadUInt16LittleEndian(bytes[(16 + 2 * tile)..]), bytes[48 + tile]);
            if (columns > TileRowBytes || rows > MostTileRows || (columns == 0) != (rows == 0))
                throw new SimulationException($"tile {tile} cannot have {rows} rows of {columns} bytes");
            (_tileBytes[tile], _tileRows[tile]) = (columns, rows);
        }

        _tiles.AsSpan().Clear();
        _tilesConfigured = true;
    }

    private int Tile(Register register)
    {
        int tile = register - Register.TMM0;
        if (!_tilesConfigured || _tileRows[tile] == 0) throw new SimulationException($"{register} is not configured");
        return tile;
    }

    private Span<byte> TileMemory(int tile) => _tiles.AsSpan(tile * MostTileRows * TileRowBytes, MostTileRows * TileRowBytes);

    private Span<byte> TileRow(int tile, int row) => TileMemory(tile).Slice(row * TileRowBytes, TileRowBytes);

    // A row's address: the index register is the distance of rows.
    private ulong TileAddress(in Instruction i, int row)
    {
        if (i.MemoryIndex == Register.None) throw new SimulationException("tiles need an index register for the distance of their rows");
        return General(i.MemoryBase) + i.MemoryDisplacement64 + (ulong)row * General(i.MemoryIndex) * (ulong)i.MemoryIndexScale;
    }

    private void LoadTile(in Instruction i)
    {
        int tile = Tile(i.Op0Register);
        TileMemory(tile).Clear();
        for (int row = 0; row < _tileRows[tile]; row++) Bytes(TileAddress(i, row), _tileBytes[tile], false).CopyTo(TileRow(tile, row));
    }

    private void StoreTile(in Instruction i)
    {
        int tile = Tile(i.Op1Register);
        for (int row = 0; row < _tileRows[tile]; row++)
            TileRow(tile, row)[.._tileBytes[tile]].CopyTo(Bytes(TileAddress(i, row), _tileBytes[tile], true));
    }

    private (int Target, int A, int B) DotOperands(in Instruction i)
    {
        (int target, int a, int b) = (Tile(i.Op0Register), Tile(i.Op1Register), Tile(i.Op2Register));
        if (target == a || a == b || target == b) throw new SimulationException("its tiles must differ");
        if (((_tileBytes[target] | _tileBytes[a] | _tileBytes[b]) & 3) != 0) throw new SimulationException("tile rows must be whole quads");
        if (_tileRows[target] != _tileRows[a] || _tileBytes[target] != _tileBytes[b] || _tileBytes[a] / 4 != _tileRows[b])
            throw new SimulationException("shapes of its tiles do not fit");
        return (target, a, b);
    }

    private void DotTiles(in Instruction i)
    {
        (int target, int a, int b) = DotOperands(i);
        for (int m = 0; m < _tileRows[target]; m++)
        {
            for (int n = 0; n < _tileBytes[target]; n += 4)
            {
                Span<byte> at = TileRow(target, m).Slice(n, 4);
                int sum = BinaryPrimitives.ReadInt32LittleEndian(at);
                for (int k = 0; k < _tileBytes[a]; k++)
                    sum = unchecked(sum + (sbyte)TileRow(a, m)[k] * (sbyte)TileRow(b, k / 4)[n + k % 4]);
                BinaryPrimitives.WriteInt32LittleEndian(at, sum);
            }
        }
    }
}
