namespace Takt.Compute.Lanes;

/// <content>Products of integers.</content>
public unsafe partial struct LanesScalar
{
    /// <inheritdoc/>
    public static LanesScalar DotUnsigned(LanesScalar sum, LanesScalar weights, LanesScalar values)
    {
        LanesScalar result = sum;
        for (int i = 0; i < 16; i++)
        {
            for (int k = 0; k < 4; k++) result.Int(i) += weights.Byte(4 * i + k) * (sbyte)values.Byte(4 * i + k);
        }

        return result;
    }

    /// <inheritdoc/>
    public static LanesScalar ShortDot(LanesScalar sum, LanesScalar weights, LanesScalar values) => DotUnsigned(sum, weights, values);

    /// <inheritdoc/>
    public static LanesScalar ShortStart(int value) => BroadcastInt(value);

    /// <inheritdoc/>
    public static LanesScalar Widen(LanesScalar sums) => sums;

    /// <inheritdoc/>
    public static LanesScalar DotSigned(LanesScalar sum, LanesScalar weights, LanesScalar values)
    {
        LanesScalar result = sum;
        for (int i = 0; i < 16; i++)
        {
            for (int k = 0; k < 4; k++) result.Int(i) += (sbyte)weights.Byte(4 * i + k) * (sbyte)values.Byte(4 * i + k);
        }

        return result;
    }

    /// <inheritdoc/>
    public static LanesScalar DotShorts(LanesScalar sum, LanesScalar weights, LanesScalar values)
    {
        for (int i = 0; i < 16; i++)
            sum.Int(i) += (short)weights.Int(i) * (short)values.Int(i) + (weights.Int(i) >> 16) * (values.Int(i) >> 16);
        return sum;
    }

    /// <inheritdoc/>
    public static LanesScalar EvenBytes(LanesScalar bytes)
    {
        for (int i = 0; i < 16; i++) bytes.Int(i) = (sbyte)bytes.Int(i) & 0xffff | (sbyte)(bytes.Int(i) >> 16) << 16;
        return bytes;
    }

    /// <inheritdoc/>
    public static LanesScalar OddBytes(LanesScalar bytes)
    {
        for (int i = 0; i < 16; i++) bytes.Int(i) = (sbyte)(bytes.Int(i) >> 8) & 0xffff | bytes.Int(i) >> 24 << 16;
        return bytes;
    }
}
