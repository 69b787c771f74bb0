using Takt.Clock;
using Takt.Compute;
using Takt.Compute.Memory;
using Takt.Compute.Threading;
using Takt.Engine.Machine;

namespace Takt;

/// <summary>
/// What a model runs on: threads, kernels, and what was measured of this machine. None of it depends on the model's file, so it is made
/// while that is read.
/// </summary>
internal sealed class ModelHost : IDisposable
{
    private readonly TeamLease _lease;

    /// <summary>Takes threads and makes a backend.</summary>
    /// <exception cref="ArgumentException">There is no such tier, or this machine cannot run it.</exception>
    public ModelHost(ModelOptions options)
    {
        _lease = TeamLease.Take(options.Threads);
        try
        {
            Backend = Backends.Create(_lease.Team, options.Tier, options.Numerics);
            // What an earlier measurement found best here; measuring takes longer than a start may.
            Tuning = options.Tuning ?? TuningFile.OfUser.Find(MachineFacts.ReadProcessor(), Backend.Name, Threads);
            // Nearly every file's keys and values are F16 unless somebody says otherwise; for others it happens in their first cycle.
            Backend.PrepareAttention(options.KvType ?? KvType.F16);
            (string tier, int threads) = (Backend.Name, Threads);
            Profile = Task.Run(() => MachineFile.OfUser.FindFor(tier, threads));
        }
        catch
        {
            Dispose();
            throw;
        }
    }

    /// <summary>Threads that compute.</summary>
    public int Threads => _lease.Team.Threads;

    /// <summary>Runs the operations.</summary>
    public Backend Backend { get; } = null!;

    /// <summary>How kernels are to read weights; null where nobody measured it.</summary>
    public KernelTuning? Tuning { get; }

    /// <summary>This machine's profile for the tier in use, or null where it was not calibrated for that.</summary>
    public Task<MachineProfile?> Profile { get; } = null!;

    /// <inheritdoc/>
    public void Dispose()
    {
        Backend?.Dispose();
        _lease.Dispose();
    }
}
