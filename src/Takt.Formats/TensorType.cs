namespace Takt.Formats;

/// <summary>How the values of a tensor are stored. The numbers are those of the GGUF file format.</summary>
public enum TensorType : uint
{
    /// <summary>32-bit IEEE float.</summary>
    F32 = 0,

    /// <summary>16-bit IEEE float.</summary>
    F16 = 1,

    /// <summary>4-bit, blocks of 32, a half scale.</summary>
    Q4_0 = 2,

    /// <summary>4-bit, blocks of 32, half scale and minimum.</summary>
    Q4_1 = 3,

    /// <summary>5-bit, blocks of 32, a half scale.</summary>
    Q5_0 = 6,

    /// <summary>5-bit, blocks of 32, half scale and minimum.</summary>
    Q5_1 = 7,

    /// <summary>8-bit, blocks of 32, a half scale.</summary>
    Q8_0 = 8,

    /// <summary>2-bit, superblocks of 256 with 16 sub-blocks.</summary>
    Q2_K = 10,

    /// <summary>3-bit, superblocks of 256 with 16 sub-blocks.</summary>
    Q3_K = 11,

    /// <summary>4-bit, superblocks of 256 with 8 sub-blocks.</summary>
    Q4_K = 12,

    /// <summary>5-bit, superblocks of 256 with 8 sub-blocks.</summary>
    Q5_K = 13,

    /// <summary>6-bit, superblocks of 256 with 16 sub-blocks.</summary>
    Q6_K = 14,

    /// <summary>4-bit codes of a non-linear table, blocks of 32, a half scale.</summary>
    IQ4_NL = 20,

    /// <summary>4-bit codes of a non-linear table, superblocks of 256 with 8 sub-blocks.</summary>
    IQ4_XS = 23,

    /// <summary>8-bit integer (not a weight format; stored as it is).</summary>
    I8 = 24,

    /// <summary>16-bit integer.</summary>
    I16 = 25,

    /// <summary>32-bit integer.</summary>
    I32 = 26,

    /// <summary>64-bit integer.</summary>
    I64 = 27,

    /// <summary>64-bit IEEE float.</summary>
    F64 = 28,

    /// <summary>bfloat16.</summary>
    BF16 = 30,

    /// <summary>4-bit E2M1 codes, blocks of 32, an E8M0 scale (OCP microscaling).</summary>
    MXFP4 = 39,
}
