namespace Takt.Formats.Tests;

public sealed class TensorTypesTests
{
    // Sizes from the specifications of the formats, as llama.cpp and the OCP paper give them.
    [Theory]
    [InlineData(TensorType.F32, "f32", 1, 4)]
    [InlineData(TensorType.F16, "f16", 1, 2)]
    [InlineData(TensorType.BF16, "bf16", 1, 2)]
    [InlineData(TensorType.F64, "f64", 1, 8)]
    [InlineData(TensorType.I8, "i8", 1, 1)]
    [InlineData(TensorType.I16, "i16", 1, 2)]
    [InlineData(TensorType.I32, "i32", 1, 4)]
    [InlineData(TensorType.I64, "i64", 1, 8)]
    [InlineData(TensorType.Q4_0, "q4_0", 32, 18)]
    [InlineData(TensorType.Q4_1, "q4_1", 32, 20)]
    [InlineData(TensorType.Q5_0, "q5_0", 32, 22)]
    [InlineData(TensorType.Q5_1, "q5_1", 32, 24)]
    [InlineData(TensorType.Q8_0, "q8_0", 32, 34)]
    [InlineData(TensorType.Q2_K, "q2_k", 256, 84)]
    [InlineData(TensorType.Q3_K, "q3_k", 256, 110)]
    [InlineData(TensorType.Q4_K, "q4_k", 256, 144)]
    [InlineData(TensorType.Q5_K, "q5_k", 256, 176)]
    [InlineData(TensorType.Q6_K, "q6_k", 256, 210)]
    [InlineData(TensorType.IQ4_NL, "iq4_nl", 32, 18)]
    [InlineData(TensorType.IQ4_XS, "iq4_xs", 256, 136)]
    [InlineData(TensorType.MXFP4, "mxfp4", 32, 17)]
    public void Each_type_has_its_block_and_name(TensorType type, string name, int length, int bytes)
    {
        Assert.Equal(length, type.BlockLength());
        Assert.Equal(bytes, type.BlockBytes());
        Assert.Equal(name, type.Name());
        Assert.True(TensorTypes.TryParse(name.ToUpperInvariant(), out TensorType parsed));
        Assert.Equal(type, parsed);
        Assert.Equal(3L * bytes, type.RowBytes(3 * length));
        Assert.Equal(6L * bytes, type.ByteLength([3 * length, 2]));
    }

    [Fact]
    public void Every_member_of_the_enum_is_described() => Assert.Equal(Enum.GetValues<TensorType>(), TensorTypes.All);

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("q4_k_m")]
    [InlineData("12")]
    public void Other_names_are_not_types(string? name) => Assert.False(TensorTypes.TryParse(name, out _));

    [Fact]
    public void Rows_of_broken_blocks_are_refused() =>
        Assert.Contains("whole blocks", Assert.Throws<ArgumentException>(() => TensorType.Q4_K.RowBytes(128)).Message);

    [Theory]
    [InlineData(long.MaxValue, 2)]
    [InlineData(1L << 62, 1)]
    [InlineData(long.MaxValue, 0)]
    [InlineData(-1, 1)]
    public void Sizes_beyond_63_bits_are_refused(long columns, long rows) =>
        Assert.Throws<ArgumentException>(() => TensorType.F32.ByteLength([columns, rows, rows]));

    [Fact]
    public void The_largest_sizes_fit()
    {
        Assert.Equal(long.MaxValue, TensorType.I8.ByteLength([long.MaxValue]));
        // More than 63 bits if bytes are multiplied before blocks are divided.
        Assert.Equal((1L << 58) / 256 * 144, TensorType.Q4_K.ByteLength([1L << 58]));
        Assert.Equal(0, TensorType.F32.ByteLength([0, 5]));
        Assert.Equal(4, TensorType.F32.ByteLength([]));
    }
}
