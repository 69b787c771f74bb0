namespace Takt.Text.Tokenizers;

/// <summary>Texts with a number each, found by walking along a text from a position. Edges lie in one hash table.</summary>
internal sealed class CharTrie
{
    private static readonly ulong Multiplier = (ulong)Random.Shared.NextInt64() << 1 | 1;
    private long[] _keys = new long[1 << 10];
    private int[] _children = new int[1 << 10];
    private int _shift = 64 - 10;
    private int[] _values = new int[256];
    private int _nodes = 1;

    public CharTrie() => _values[0] = -1;

    /// <summary>The node of the empty text.</summary>
    public const int Root = 0;

    public bool IsEmpty => _nodes == 1;

    /// <summary>Adds a text; its value must not be negative. The later of two equal texts counts.</summary>
    public void Add(ReadOnlySpan<char> text, int value)
    {
        int node = Root;
        foreach (char c in text)
        {
            int place = Place(node, c, out bool found);
            if (!found)
            {
                if (_nodes * 5L > _keys.Length * 3L)
                {
                    Grow();
                    place = Place(node, c, out _);
                }

                if (_nodes == _values.Length) Array.Resize(ref _values, _nodes * 2);
                _values[_nodes] = -1;
                _keys[place] = Key(node, c);
                _children[place] = _nodes++;
            }

            node = _children[place];
        }

        _values[node] = value;
    }

    /// <summary>The node one character further, or -1.</summary>
    public int Next(int node, char c)
    {
        int place = Place(node, c, out bool found);
        return found ? _children[place] : -1;
    }

    /// <summary>The node after a text, or -1.</summary>
    public int Walk(ReadOnlySpan<char> text)
    {
        int node = Root;
        foreach (char c in text)
        {
            if ((node = Next(node, c)) < 0) break;
        }

        return node;
    }

    /// <summary>The value of a node, or -1.</summary>
    public int Value(int node) => _values[node];

    /// <summary>The value of the longest text that <paramref name="text"/> begins with after <paramref name="node"/>, or -1.</summary>
    public int Longest(ReadOnlySpan<char> text, out int length, int node = Root)
    {
        int value = -1;
        length = 0;
        for (int i = 0; i < text.Length && (node = Next(node, text[i])) >= 0; i++)
        {
            if (_values[node] >= 0) (value, length) = (_values[node], i + 1);
        }

        return value;
    }

    // One is added so that no key is zero, which marks a free place.
    private static long Key(int node, char c) => ((long)node << 16 | c) + 1;

    private int Place(int node, char c, out bool found)
    {
        long key = Key(node, c);
        long[] keys = _keys;
        int i = (int)((ulong)key * Multiplier >> _shift);
        while (keys[i] != key && keys[i] != 0) i = (i + 1) & (keys.Length - 1);
        found = keys[i] != 0;
        return i;
    }

    private void Grow()
    {
        (long[] keys, int[] children) = (_keys, _children);
        (_keys, _children) = (new long[keys.Length * 2], new int[keys.Length * 2]);
        _shift--;
        for (int i = 0; i < keys.Length; i++)
        {
            if (keys[i] == 0) continue;
            int j = (int)((ulong)keys[i] * Multiplier >> _shift);
            while (_keys[j] != 0) j = (j + 1) & (_keys.Length - 1);
            (_keys[j], _children[j]) = (keys[i], children[i]);
        }
    }
}
