using System.Runtime.InteropServices;

namespace Takt.Formats.Gguf;

/// <summary>Reads GGUF's key-value pairs.</summary>
internal static class GgufMetadata
{
    // A key (length), a type and a value of one byte.
    private const int SmallestPair = sizeof(ulong) + sizeof(uint) + 1;
    private const int LongestKey = 65_535;
    private const int DeepestArray = 8;

    /// <summary>Reads <paramref name="count"/> pairs, in the file's order.</summary>
    public static OrderedDictionary<string, object> Read(ref ByteReader reader, ulong count)
    {
        if (count > (ulong)(reader.Remaining / SmallestPair))
            reader.Fail($"the header announces {count} metadata pairs, but only {reader.Remaining} bytes follow; the file is damaged.");
        var pairs = new OrderedDictionary<string, object>(StringComparer.Ordinal);
        for (ulong i = 0; i < count; i++)
        {
            string key = reader.ReadString("a metadata key", LongestKey);
            if (key.Length == 0) reader.Fail($"metadata pair {i} has an empty key; the file is damaged.");
            var type = (GgufValueType)reader.Read<uint>("a metadata type");
            object value = type == GgufValueType.Array ? ReadArray(ref reader, key, 1) : ReadScalar(ref reader, type, key);
            if (!pairs.TryAdd(key, value)) reader.Fail($"metadata key '{Shorten(key)}' occurs twice; keys must be unique.");
        }

        return pairs;
    }

    // A key as it may stand in a message.
    private static string Shorten(string name) => name.Length <= 80 ? name : string.Concat(name.AsSpan(0, 80), "...");

    private static object ReadScalar(ref ByteReader reader, GgufValueType type, string key)
    {
        switch (type)
        {
            case GgufValueType.UInt8: return reader.Read<byte>(key);
            case GgufValueType.Int8: return reader.Read<sbyte>(key);
            case GgufValueType.UInt16: return reader.Read<ushort>(key);
            case GgufValueType.Int16: return reader.Read<short>(key);
            case GgufValueType.UInt32: return reader.Read<uint>(key);
            case GgufValueType.Int32: return reader.Read<int>(key);
            case GgufValueType.UInt64: return reader.Read<ulong>(key);
            case GgufValueType.Int64: return reader.Read<long>(key);
            case GgufValueType.Float32: return reader.Read<float>(key);
            case GgufValueType.Float64: return reader.Read<double>(key);
            case GgufValueType.String: return reader.ReadString(key);
            case GgufValueType.Bool:
                byte value = reader.Read<byte>(key);
                if (value > 1) reader.Fail($"metadata '{Shorten(key)}' is a bool of value {value}; only 0 and 1 are allowed.");
                return value == 1;
            default:
                throw UnknownType(ref reader, type, key);
        }
    }

    private static Array ReadArray(ref ByteReader reader, string key, int depth)
    {
        var type = (GgufValueType)reader.Read<uint>(key);
        switch (type)
        {
            case GgufValueType.UInt8: return ReadNumbers<byte>(ref reader, key);
            case GgufValueType.Int8: return ReadNumbers<sbyte>(ref reader, key);
            case GgufValueType.UInt16: return ReadNumbers<ushort>(ref reader, key);
            case GgufValueType.Int16: return ReadNumbers<short>(ref reader, key);
            case GgufValueType.UInt32: return ReadNumbers<uint>(ref reader, key);
            case GgufValueType.Int32: return ReadNumbers<int>(ref reader, key);
            case GgufValueType.UInt64: return ReadNumbers<ulong>(ref reader, key);
            case GgufValueType.Int64: return ReadNumbers<long>(ref reader, key);
            case GgufValueType.Float32: return ReadNumbers<float>(ref reader, key);
            case GgufValueType.Float64: return ReadNumbers<double>(ref reader, key);
            case GgufValueType.Bool: return ReadBools(ref reader, key);
            case GgufValueType.String: return ReadStrings(ref reader, key);
            case GgufValueType.Array: return ReadArrays(ref reader, key, depth);
            default: throw UnknownType(ref reader, type, key);
        }
    }

    private static unsafe T[] ReadNumbers<T>(ref ByteReader reader, string key) where T : unmanaged
    {
        int count = reader.ReadCount(sizeof(T), $"the length of '{Shorten(key)}'");
        return MemoryMarshal.Cast<byte, T>(reader.Take((ulong)count * (ulong)sizeof(T), key)).ToArray();
    }

    private static bool[] ReadBools(ref ByteReader reader, string key)
    {
        byte[] bytes = ReadNumbers<byte>(ref reader, key);
        if (bytes.AsSpan().ContainsAnyExceptInRange((byte)0, (byte)1))
            reader.Fail($"metadata '{Shorten(key)}' is an array of bool with other values than 0 and 1.");
        return Array.ConvertAll(bytes, static b => b == 1);
    }

    private static string[] ReadStrings(ref ByteReader reader, string key)
    {
        var values = new string[reader.ReadCount(sizeof(ulong), $"the length of '{Shorten(key)}'")];
        for (int i = 0; i < values.Length; i++) values[i] = reader.ReadString(key);
        return values;
    }

    private static object[] ReadArrays(ref ByteReader reader, string key, int depth)
    {
        if (depth == DeepestArray) reader.Fail($"metadata '{Shorten(key)}' nests arrays more than {DeepestArray} deep.");
        var values = new object[reader.ReadCount(sizeof(uint) + sizeof(ulong), $"the length of '{Shorten(key)}'")];
        for (int i = 0; i < values.Length; i++) values[i] = ReadArray(ref reader, key, depth + 1);
        return values;
    }

    private static InvalidDataException UnknownType(ref ByteReader reader, GgufValueType type, string key) => new(
        $"{reader.Path}: metadata '{Shorten(key)}' has the type number {(uint)type} at byte {reader.Position - sizeof(uint)}; "
        + "GGUF knows 0 to 12. The file is damaged or of a later version.");
}
