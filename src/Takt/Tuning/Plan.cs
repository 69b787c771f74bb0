using Takt.Compute;
using Takt.Compute.Memory;

namespace Takt.Tuning;

/// <summary>How a model is run.</summary>
/// <param name="Threads">Threads that compute.</param>
/// <param name="Tier">The kernel tier.</param>
/// <param name="KvType">How keys and values are stored.</param>
/// <param name="Tuning">How kernels read weights.</param>
public sealed record PlanOptions(int Threads, string Tier, KvType KvType, KernelTuning Tuning);

/// <summary>A model file or folder that a plan is about.</summary>
/// <param name="Path">Where it is; in a plan file relative to that file's folder.</param>
/// <param name="Bytes">Its size.</param>
/// <param name="Fingerprint">What <see cref="ModelFingerprint"/> makes of it.</param>
public sealed record PlanModel(string Path, long Bytes, string Fingerprint);

/// <summary>What was measured when a plan was made.</summary>
/// <param name="DefaultSeconds">Seconds between two tokens without the plan.</param>
/// <param name="PlanSeconds">The same with it.</param>
/// <param name="KlBound">The divergence that was allowed, in nats.</param>
/// <param name="Kl">The divergence measured on held-out text.</param>
/// <param name="DefaultPerplexity">Perplexity of that text without the plan.</param>
/// <param name="PlanPerplexity">With it.</param>
public sealed record PlanFigures(
    double DefaultSeconds, double PlanSeconds, double KlBound, double Kl, double DefaultPerplexity, double PlanPerplexity);

/// <summary>What <c>takt tune</c> found best for a model on a machine.</summary>
/// <param name="Source">The model that was tuned.</param>
/// <param name="Model">The model to run in its place; the same one where its weights stay as they are.</param>
/// <param name="Processor">The machine's processor.</param>
/// <param name="Options">How to run it.</param>
/// <param name="Figures">What was measured.</param>
public sealed record Plan(PlanModel Source, PlanModel Model, string Processor, PlanOptions Options, PlanFigures Figures);
