using Takt.Compute.Blocks;
using Takt.Compute.Lanes;

namespace Takt.Compute.Cpu.Packing;

/// <summary>Which planes each weight format is packed into.</summary>
internal static class MatrixKernels
{
    /// <summary>The kernel of a format on a tier.</summary>
    /// <exception cref="NotSupportedException">No weight format has that name.</exception>
    public static MatrixKernel For<T>(string format) where T : struct, ILanes<T> => format switch
    {
        "f32" => new FloatKernel<T, SinglePlane>(),
        "f16" => new FloatKernel<T, HalfPlane>(),
        "bf16" => new FloatKernel<T, BFloat16Plane>(),
        "q4_0" => new BlockKernel<T, Q4_0, NibblePlane, HalfScale>(),
        "q4_1" => new BlockKernel<T, Q4_1, NibblePlane, HalfScaleMin>(),
        "q5_0" => new BlockKernel<T, Q5_0, FivePlane, HalfScale>(),
        "q5_1" => new BlockKernel<T, Q5_1, FivePlane, HalfScaleMin>(),
        "q8_0" => new BlockKernel<T, Q8_0, BytePlane, HalfScale>(),
        "q2_k" => new BlockKernel<T, Q2_K, CrumbPlane, HalfPartScalesMins>(),
        "q3_k" => new BlockKernel<T, Q3_K, ThreePlane, HalfPartScales>(),
        "q4_k" => new BlockKernel<T, Q4_K, NibblePlane, PartScalesMins>(),
        "q5_k" => new BlockKernel<T, Q5_K, FivePlane, PartScalesMins>(),
        "q6_k" => new BlockKernel<T, Q6_K, SixPlane, HalfPartScales>(),
        "iq4_nl" => new BlockKernel<T, IQ4_NL, TablePlane<IQ4Table>, HalfScale>(),
        "iq4_xs" => new BlockKernel<T, IQ4_XS, TablePlane<IQ4Table>, PartScales>(),
        "mxfp4" => new BlockKernel<T, MXFP4, TablePlane<MXFP4Table>, BFloatScale>(),
        _ => throw new NotSupportedException($"'{format}' is no weight format that can be multiplied."),
    };
}
