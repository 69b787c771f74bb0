using System.Runtime.InteropServices;
using System.Text;

namespace Takt.Formats.Gguf;

/// <summary>Writes metadata values in the encoding of GGUF.</summary>
internal static class GgufValueWriter
{
    /// <summary>Writes the type number and the value.</summary>
    public static void WriteTyped(BinaryWriter writer, string key, object value)
    {
        if (value is Array array)
        {
            writer.Write((uint)GgufValueType.Array);
            WriteArray(writer, key, array);
            return;
        }

        writer.Write((uint)TypeOf(value.GetType(), key));
        switch (value)
        {
            case byte v: writer.Write(v); break;
            case sbyte v: writer.Write(v); break;
            case ushort v: writer.Write(v); break;
            case short v: writer.Write(v); break;
            case uint v: writer.Write(v); break;
            case int v: writer.Write(v); break;
            case ulong v: writer.Write(v); break;
            case long v: writer.Write(v); break;
            case float v: writer.Write(v); break;
            case double v: writer.Write(v); break;
            case bool v: writer.Write(v); break;
            case string v: WriteString(writer, v); break;
        }
    }

    /// <summary>Writes a 64-bit length and UTF-8.</summary>
    public static void WriteString(BinaryWriter writer, string value)
    {
        byte[] bytes = Encoding.UTF8.GetBytes(value);
        writer.Write((long)bytes.Length);
        writer.Write(bytes);
    }

    private static void WriteArray(BinaryWriter writer, string key, Array values)
    {
        GgufValueType type = values is object[] and not string[]? GgufValueType.Array
            : TypeOf(values.GetType().GetElementType()!, key);
        writer.Write((uint)type);
        writer.Write(values.LongLength);
        switch (values)
        {
            // byte[] and sbyte[], and so on, are the same to the runtime's casts: the bits are written.
            case byte[] v: writer.Write(v); break;
            case ushort[] v: writer.Write(MemoryMarshal.AsBytes(v.AsSpan())); break;
            case uint[] v: writer.Write(MemoryMarshal.AsBytes(v.AsSpan())); break;
            case ulong[] v: writer.Write(MemoryMarshal.AsBytes(v.AsSpan())); break;
            case float[] v: writer.Write(MemoryMarshal.AsBytes(v.AsSpan())); break;
            case double[] v: writer.Write(MemoryMarshal.AsBytes(v.AsSpan())); break;
            case bool[] v: Array.ForEach(v, writer.Write); break;
            case string[] v: Array.ForEach(v, text => WriteString(writer, text)); break;
            case object[] v: Array.ForEach(v, inner => WriteInner(writer, key, inner)); break;
        }
    }

    private static void WriteInner(BinaryWriter writer, string key, object inner)
    {
        if (inner is not Array array)
            throw new ArgumentException($"metadata '{key}' is an object[] with a {inner.GetType().Name}; it may hold arrays only.");
        WriteArray(writer, key, array);
    }

    private static GgufValueType TypeOf(Type type, string key)
    {
        if (type == typeof(byte)) return GgufValueType.UInt8;
        if (type == typeof(sbyte)) return GgufValueType.Int8;
        if (type == typeof(ushort)) return GgufValueType.UInt16;
        if (type == typeof(short)) return GgufValueType.Int16;
        if (type == typeof(uint)) return GgufValueType.UInt32;
        if (type == typeof(int)) return GgufValueType.Int32;
        if (type == typeof(ulong)) return GgufValueType.UInt64;
        if (type == typeof(long)) return GgufValueType.Int64;
        if (type == typeof(float)) return GgufValueType.Float32;
        if (type == typeof(double)) return GgufValueType.Float64;
        if (type == typeof(bool)) return GgufValueType.Bool;
        if (type == typeof(string)) return GgufValueType.String;
        throw new ArgumentException($"metadata '{key}' is a {type.Name}; GGUF holds numbers, bool, string and arrays of them.");
    }
}
