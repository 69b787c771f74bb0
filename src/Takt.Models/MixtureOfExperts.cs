using Takt.Clock;
using Takt.Compute.Memory;

namespace Takt.Models;

/// <summary>
/// A mixture of experts (Shazeer et al., 2017): a router chooses some experts for each row; rows are grouped by expert, so that each
/// expert's weights are read once a batch.
/// </summary>
internal sealed unsafe class MixtureOfExperts(ModelConfig config, Backend backend, Workspace workspace)
{
    private int[] _chosen = [];
    private float[] _weights = [];
    private int[] _slots = [];
    private readonly int[] _counts = new int[config.Experts];
    private readonly int[] _starts = new int[config.Experts + 1];
    private readonly List<Projection> _projections = [];

    /// <summary>output = sum over the chosen experts of weight * expert(x).</summary>
    public void Run<TProbe>(ExpertWeights weights, Rows x, Rows output, TransformerMoments.Layer moments, ref TProbe probe)
        where TProbe : struct, IProbe
    {
        Rows logits = workspace.Get("router", x.Count, config.Experts);
        backend.MatMul([weights.Router.Of(x, logits)]);
        Route(logits);
        probe.Edge(moments.Router, Linear.Bytes(x.Count, weights.Router), 2L * x.Count * config.HiddenSize * config.Experts);

        int slots = x.Count * config.ExpertsUsed;
        Rows grouped = workspace.Get("expert_in", slots, config.HiddenSize);
        for (int i = 0; i < slots; i++)
            new Span<float>(x[i / config.ExpertsUsed], x.Stride).CopyTo(new Span<float>(grouped[_slots[i]], x.Stride));
        Rows gate = workspace.Get("expert_gate", slots, config.ExpertSize), up = workspace.Get("expert_up", slots, config.ExpertSize);
        long bytes = Project(weights.Gates, weights.Ups, grouped, gate, up)
            + (long)slots * (config.HiddenSize + 2 * config.ExpertSize) * sizeof(float);
        long flops = 2L * slots * config.HiddenSize * config.ExpertSize;
        probe.Edge(moments.GateUp, bytes, 2 * flops);

        backend.Activate(config.Activation, gate, up);
        probe.Edge(moments.Activate, 3L * slots * config.ExpertSize * sizeof(float), 5L * slots * config.ExpertSize);

        Rows down = workspace.Get("expert_out", slots, config.HiddenSize);
        bytes = Project(weights.Downs, null, up, down, default) + (long)slots * (config.ExpertSize + config.HiddenSize) * sizeof(float);
        Combine(down, output);
        probe.Edge(moments.Down, bytes, flops);
    }

    // Chooses experts row by row and gives every (row, choice) a place in the order of experts.
    private void Route(Rows logits)
    {
        int used = config.ExpertsUsed, slots = logits.Count * used;
        if (_chosen.Length < slots) (_chosen, _weights, _slots) = (new int[slots], new float[slots], new int[slots]);
        Array.Clear(_counts);
        for (int row = 0; row < logits.Count; row++)
        {
            ExpertRouter.Choose(config, logits.Span(row), _chosen.AsSpan(row * used, used), _weights.AsSpan(row * used, used));
            foreach (int expert in _chosen.AsSpan(row * used, used)) _counts[expert]++;
        }

        for (int i = 0; i < config.Experts; i++) _starts[i + 1] = _starts[i] + _counts[i];
        Array.Clear(_counts);
        for (int i = 0; i < slots; i++) _slots[i] = _starts[_chosen[i]] + _counts[_chosen[i]]++;
    }

    private long Project(Linear[] first, Linear[]? second, Rows x, Rows y, Rows z)
    {
        _projections.Clear();
        long bytes = 0;
        for (int i = 0; i < config.Experts; i++)
        {
            if (_counts[i] == 0) continue;
            _projections.Add(first[i].Of(Slice(x, i), Slice(y, i)));
            bytes += first[i].W.Bytes;
            if (second is null) continue;
            _projections.Add(second[i].Of(Slice(x, i), Slice(z, i)));
            bytes += second[i].W.Bytes;
        }

        backend.MatMul(System.Runtime.InteropServices.CollectionsMarshal.AsSpan(_projections));
        return bytes;
    }

    private Rows Slice(Rows rows, int expert) =>
        new((nint)rows[_starts[expert]], _counts[expert], rows.Width, rows.Stride);

    // In the order of choice, so that a row's sum does not depend on the batch.
    private void Combine(Rows down, Rows output)
    {
        for (int row = 0; row < output.Count; row++)
        {
            Rows target = new((nint)output[row], 1, output.Width, output.Stride);
            new Span<float>(output[row], output.Stride).Clear();
            for (int i = row * config.ExpertsUsed; i < (row + 1) * config.ExpertsUsed; i++)
                backend.AddScaled(new Rows((nint)down[_slots[i]], 1, down.Width, down.Stride), _weights[i], target);
        }
    }
}
