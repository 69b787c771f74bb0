using System.Text;

namespace Takt.Formats.Tests.Gguf;

/// <summary>Builds GGUF files byte by byte from the specification, right or wrong, independently of the writer under test.</summary>
internal sealed class GgufBytes
{
    private readonly List<byte> _pairs = [];
    private readonly List<byte> _infos = [];
    private readonly List<byte> _data = [];

    public uint Magic { get; set; } = 0x46554747;
    public uint Version { get; set; } = 3;
    public int Alignment { get; set; } = 32;
    public ulong Pairs { get; set; }
    public ulong Tensors { get; set; }

    /// <summary>Adds a pair; <paramref name="value"/> is its bytes after the type number.</summary>
    public GgufBytes Pair(string key, uint type, params object[] value)
    {
        Pairs++;
        Write(_pairs, key, type);
        Write(_pairs, value);
        return this;
    }

    /// <summary>Adds a tensor info with all numbers as given, and no data.</summary>
    public GgufBytes Info(string name, uint type, ulong offset, params long[] shape)
    {
        Tensors++;
        Write(_infos, name, (uint)shape.Length);
        foreach (long length in shape) Write(_infos, length);
        Write(_infos, type, offset);
        return this;
    }

    /// <summary>Adds a tensor with its data, aligned.</summary>
    public GgufBytes Tensor(string name, uint type, byte[] data, params long[] shape)
    {
        Info(name, type, (ulong)_data.Count, shape);
        _data.AddRange(data);
        while (_data.Count % Alignment != 0) _data.Add(0);
        return this;
    }

    public byte[] Build()
    {
        var file = new List<byte>();
        Write(file, Magic, Version, Tensors, Pairs);
        file.AddRange([.. _pairs, .. _infos]);
        if (_data.Count > 0)
        {
            while (file.Count % Alignment != 0) file.Add(0);
            file.AddRange(_data);
        }

        return [.. file];
    }

    private static void Write(List<byte> bytes, params object[] values)
    {
        foreach (object value in values)
        {
            bytes.AddRange(value switch
            {
                byte v => [v],
                sbyte v => [(byte)v],
                bool v => [v ? (byte)1 : (byte)0],
                ushort v => BitConverter.GetBytes(v),
                short v => BitConverter.GetBytes(v),
                uint v => BitConverter.GetBytes(v),
                int v => BitConverter.GetBytes(v),
                ulong v => BitConverter.GetBytes(v),
                long v => BitConverter.GetBytes(v),
                float v => BitConverter.GetBytes(v),
                double v => BitConverter.GetBytes(v),
                string v => [.. BitConverter.GetBytes((ulong)Encoding.UTF8.GetByteCount(v)), .. Encoding.UTF8.GetBytes(v)],
                byte[] v => v,
                _ => throw new ArgumentException(value.GetType().Name),
            });
        }
    }
}
