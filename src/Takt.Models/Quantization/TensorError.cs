using Takt.Compute.Blocks;
using Takt.Compute.Memory;
using Takt.Formats;

namespace Takt.Models.Quantization;

/// <summary>How far weights move when they are stored in another type.</summary>
public static unsafe class TensorError
{
    private const int SampledRows = 64;

    /// <summary>
    /// The relative square error: the sum of squared differences over the sum of squares, of up to 64 rows spread evenly over each
    /// matrix of a group; 0 where the values stay the same.
    /// </summary>
    /// <param name="file">The model.</param>
    /// <param name="group">Matrices of it.</param>
    /// <param name="type">The other type, which the group fits.</param>
    /// <exception cref="InvalidDataException">A tensor is of no format of weights, or holds what cannot be stored.</exception>
    public static double Of(ModelFile file, TensorGroup group, TensorType type)
    {
        ArgumentNullException.ThrowIfNull(file);
        ArgumentNullException.ThrowIfNull(group);
        double error = 0, all = 0;
        foreach (int place in group.Tensors)
        {
            // Weighted by its size: fewer rows of a large matrix stand for more of them.
            Tensor tensor = file.Tensors[place];
            (double moved, double squares) = Sample(tensor, type);
            double weight = Math.Max(1, (double)tensor.Rows / SampledRows);
            (error, all) = (error + weight * moved, all + weight * squares);
        }

        return all > 0 ? error / all : 0;
    }

    private static (double Moved, double Squares) Sample(Tensor tensor, TensorType type)
    {
        WeightFormat from = WeightLoader.Format(tensor), to = WeightFormat.Find(type.Name())!;
        int length = (int)tensor.RowLength, count = (int)Math.Min(SampledRows, tensor.Rows);
        var values = new float[length];
        var back = new float[length];
        using var stored = new NativeBuffer(to.Bytes(length));
        double moved = 0, squares = 0;
        nint data = tensor.Borrow();
        try
        {
            fixed (float* before = values, after = back)
            {
                for (int i = 0; i < count; i++)
                {
                    from.Dequantize((byte*)data + i * tensor.Rows / count * from.Bytes(length), before, length);
                    to.Quantize(before, stored.Bytes, length);
                    to.Dequantize(stored.Bytes, after, length);
                    for (int k = 0; k < length; k++)
                    {
                        double difference = (double)after[k] - before[k];
                        moved += difference * difference;
                        squares += (double)before[k] * before[k];
                    }
                }
            }
        }
        catch (ArgumentException problem)
        {
            throw new InvalidDataException($"tensor '{tensor.Name}': {problem.Message}", problem);
        }
        finally
        {
            tensor.GiveBack();
        }

        return (moved, squares);
    }
}
