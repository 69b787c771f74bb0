using System.Buffers.Binary;

namespace Takt.Text.Tokenizers.Normalization;

/// <summary>
/// The data behind Unicode's normalization forms, from an embedded table that <c>tools/normalization.mjs</c> writes. The runtime's own
/// <c>string.Normalize</c> leaves text as it is where globalization data is switched off.
/// </summary>
internal sealed class UnicodeData
{
    private readonly Dictionary<int, int> _classes = [];
    private readonly Dictionary<int, int[]> _canonical = [];
    private readonly Dictionary<int, int[]> _compatible = [];
    private readonly Dictionary<(int, int), int> _composites = [];
    private readonly ulong[] _touched = new ulong[1024];

    private UnicodeData()
    {
        using Stream stream = typeof(UnicodeData).Assembly.GetManifestResourceStream("normalization.bin")!;
        var bytes = new byte[stream.Length];
        stream.ReadExactly(bytes);
        int at = 0;
        int Next() => BinaryPrimitives.ReadInt32LittleEndian(bytes.AsSpan(4 * at++));

        for (int n = Next(); n > 0; n--) _classes[Touch(Next())] = Next();
        for (int n = Next(); n > 0; n--)
        {
            int point = Touch(Next()), header = Next();
            var parts = new int[header & 0xFF];
            for (int i = 0; i < parts.Length; i++) parts[i] = Next();
            (header > 0xFF ? _compatible : _canonical)[point] = parts;
        }

        for (int n = Next(); n > 0; n--) _composites[(Next(), Touch(Next()))] = Next();
    }

    /// <summary>The table, read on first use.</summary>
    public static UnicodeData Table { get; } = new();

    /// <summary>No form changes this UTF-16 unit, whatever stands beside it.</summary>
    public bool IsInert(char c) =>
        (_touched[c >> 6] >> (c & 63) & 1) == 0 &&
        c is not (>= '\uAC00' and <= '\uD7A3' or >= '\u1100' and <= '\u11FF' or >= '\uD800' and <= '\uDFFF');

    /// <summary>The rank of the canonical combining class; 0 for a starter.</summary>
    public int CombiningClass(int codePoint) => _classes.GetValueOrDefault(codePoint);

    /// <summary>The complete decomposition, or null.</summary>
    public int[]? Decomposition(int codePoint, bool compatible) =>
        compatible && _compatible.TryGetValue(codePoint, out int[]? parts) ? parts : _canonical.GetValueOrDefault(codePoint);

    /// <summary>The primary composite of a pair, or -1.</summary>
    public int Composite(int first, int second) => _composites.GetValueOrDefault((first, second), -1);

    private int Touch(int codePoint)
    {
        if (codePoint <= 0xFFFF) _touched[codePoint >> 6] |= 1ul << (codePoint & 63);
        return codePoint;
    }
}
