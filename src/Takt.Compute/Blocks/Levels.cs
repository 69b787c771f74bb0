using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Takt.Compute.Blocks;

/// <summary>The numbers a code can stand for before it is scaled.</summary>
internal interface ILevels
{
    /// <summary>The level nearest to each value.</summary>
    Vector256<float> Nearest(Vector256<float> values);
}

/// <summary>Every integer from <paramref name="low"/> to <paramref name="high"/>.</summary>
internal readonly struct IntegerLevels(int low, int high) : ILevels
{
    private readonly Vector256<float> _low = Vector256.Create((float)low), _high = Vector256.Create((float)high);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public Vector256<float> Nearest(Vector256<float> values) =>
        Vector256.Round(Vector256.MinNative(Vector256.MaxNative(values, _low), _high));
}

/// <summary>The levels of <see cref="CodeTable.IQ4"/>.</summary>
internal readonly unsafe struct IQ4Levels : ILevels
{
    /// <summary>What the extreme value of a group may become: the levels are not symmetric, so either end is tried.</summary>
    public static ReadOnlySpan<float> Reaches =>
        [-151, -145, -139, -133, -127, -121, -115, -109, -103, -97, -91, 89, 95, 101, 107, 113, 119, 125];

    /// <summary>The table index of sixteen levels.</summary>
    public static Vector128<byte> Index(sbyte* levels) =>
        Staircase.Rank(Vector128.Load(levels), [-127, -104, -83, -65, -49, -35, -22, -10, 1, 13, 25, 38, 53, 69, 89]);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public Vector256<float> Nearest(Vector256<float> values)
    {
        ReadOnlySpan<float> edges = [-115.5f, -93.5f, -74, -57, -42, -28.5f, -16, -4.5f, 7, 19, 31.5f, 45.5f, 61, 79, 101];
        ReadOnlySpan<float> steps = [23, 21, 18, 16, 14, 13, 12, 11, 12, 12, 13, 15, 16, 20, 24];
        return Staircase.Climb(values, -127, edges, steps);
    }
}

/// <summary>The levels of <see cref="CodeTable.MXFP4"/>.</summary>
internal readonly unsafe struct MXFP4Levels : ILevels
{
    /// <summary>The table index of sixteen levels; never that of negative zero.</summary>
    public static Vector128<byte> Index(sbyte* levels)
    {
        var signed = Vector128.Load(levels);
        var sign = Vector128.LessThan(signed, Vector128<sbyte>.Zero).AsByte() & Vector128.Create((byte)8);
        return Staircase.Rank(Vector128.Abs(signed), [0, 1, 2, 3, 4, 6, 8]) | sign;
    }

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public Vector256<float> Nearest(Vector256<float> values)
    {
        ReadOnlySpan<float> edges = [-10, -7, -5, -3.5f, -2.5f, -1.5f, -0.5f, 0.5f, 1.5f, 2.5f, 3.5f, 5, 7, 10];
        ReadOnlySpan<float> steps = [4, 2, 2, 1, 1, 1, 1, 1, 1, 1, 1, 2, 2, 4];
        return Staircase.Climb(values, -12, edges, steps);
    }
}

/// <summary>Rounds to unequal levels without a branch or a look-up.</summary>
internal static class Staircase
{
    /// <summary>Starts at <paramref name="lowest"/> and adds the step of every edge that the value is above.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<float> Climb(
        Vector256<float> values, float lowest, ReadOnlySpan<float> edges, ReadOnlySpan<float> steps)
    {
        var level = Vector256.Create(lowest);
        for (int i = 0; i < edges.Length; i++)
            level += Vector256.GreaterThan(values, Vector256.Create(edges[i])) & Vector256.Create(steps[i]);
        return level;
    }

    /// <summary>How many of the limits each value is above.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<byte> Rank(Vector128<sbyte> values, ReadOnlySpan<sbyte> limits)
    {
        var rank = Vector128<byte>.Zero;
        foreach (sbyte limit in limits) rank -= Vector128.GreaterThan(values, Vector128.Create(limit)).AsByte();
        return rank;
    }
}
