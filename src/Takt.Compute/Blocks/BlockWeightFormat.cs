using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Takt.Compute.Blocks;

/// <summary>Code that is generic over the block format.</summary>
public interface IBlockVisitor<TResult>
{
    /// <summary>Runs for <typeparamref name="TBlock"/>.</summary>
    TResult Visit<TBlock>() where TBlock : struct, IBlockFormat<TBlock>;
}

/// <summary>A weight format made of blocks.</summary>
public abstract class BlockWeightFormat : WeightFormat
{
    /// <summary>Runs the visitor with this format's block type.</summary>
    public abstract TResult Accept<TResult>(IBlockVisitor<TResult> visitor);
}

/// <inheritdoc/>
internal sealed unsafe class BlockWeightFormat<TBlock> : BlockWeightFormat where TBlock : struct, IBlockFormat<TBlock>
{
    /// <inheritdoc/>
    public override string Name => TBlock.Name;

    /// <inheritdoc/>
    public override int BlockValues => TBlock.Values;

    /// <inheritdoc/>
    public override int BlockBytes => TBlock.Bytes;

    /// <inheritdoc/>
    public override TResult Accept<TResult>(IBlockVisitor<TResult> visitor) => visitor.Visit<TBlock>();

    /// <inheritdoc/>
    public override void Dequantize(byte* source, float* target, long count)
    {
        byte* end = source + Bytes(count);
        for (; source < end; source += TBlock.Bytes)
        {
            for (int part = 0; part < TBlock.Values / 32; part++, target += 32)
            {
                TBlock.Unpack(source, part, out var block);
                ref sbyte codes = ref block.Codes[0];
                Expand(ref codes, block.Scale * block.Sub0, block.MinScale * block.SubMin0, target);
                Expand(ref Unsafe.Add(ref codes, 16), block.Scale * block.Sub1, block.MinScale * block.SubMin1, target + 16);
            }
        }
    }

    /// <inheritdoc/>
    public override void Quantize(float* source, byte* target, long count)
    {
        byte* end = target + Bytes(count);
        RequireFinite(source, count);
        for (; target < end; target += TBlock.Bytes, source += TBlock.Values) TBlock.Quantize(source, target);
    }

    /// <summary>Sixteen values <c>scale * code - min</c>.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Expand(ref sbyte codes, float scale, float min, float* target)
    {
        var words = Vector256.WidenLower(Vector128.LoadUnsafe(ref codes).ToVector256Unsafe());
        var (first, second) = Vector256.Widen(words);
        var factor = Vector256.Create(scale);
        var offset = Vector256.Create(min);
        (Vector256.ConvertToSingle(first) * factor - offset).Store(target);
        (Vector256.ConvertToSingle(second) * factor - offset).Store(target + 8);
    }

    /// <summary>Throws for the first value that is infinite or NaN. The count is a multiple of 8.</summary>
    private static void RequireFinite(float* values, long count)
    {
        for (long k = 0; k < count; k += 8)
        {
            // x - x is 0, but NaN for infinities and NaN.
            var value = Vector256.Load(values + k);
            if (!Vector256.EqualsAll(value - value, Vector256<float>.Zero)) ThrowNotFinite(values, k);
        }
    }

    [DoesNotReturn]
    private static void ThrowNotFinite(float* values, long index)
    {
        while (float.IsFinite(values[index])) index++;
        throw new ArgumentException(
            $"Value {index} is {values[index]}, which {TBlock.Name} cannot represent: quantisation needs finite weights.", nameof(values));
    }
}
