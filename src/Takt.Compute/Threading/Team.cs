using System.Runtime.CompilerServices;
using System.Runtime.ExceptionServices;
using System.Runtime.InteropServices;

namespace Takt.Compute.Threading;

/// <summary>
/// Threads that work through the pieces of one task after the other. Pieces are claimed one by one, so that a slow thread does
/// fewer; between tasks that follow closely the threads spin, then yield, and after a while without work they sleep.
/// </summary>
/// <remarks>
/// The calling thread is one of the team. Several callers take turns, task by task. A task ends when every thread has looked for
/// work, so one that the system does not run holds up the rest.
/// </remarks>
public sealed unsafe class Team : IDisposable
{
    private const int Spins = 2_000;
    private const int Yields = 200;

    private readonly Thread[] _workers;
    private readonly Lock _turn = new();
    private readonly object _sleep = new();
    private Shared _shared;
    private int _sleepers;
    private volatile bool _stopping;
    private ExceptionDispatchInfo? _failure;

    /// <summary>Starts a team.</summary>
    /// <param name="threads">Threads including the caller's; 1 or more.</param>
    public Team(int threads)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(threads, 1);
        Threads = threads;
        _workers = new Thread[threads - 1];
        for (int i = 0; i < _workers.Length; i++)
        {
            int number = i + 1;
            _workers[i] = new Thread(() => Work(number)) { IsBackground = true, Name = $"takt-{number}" };
            _workers[i].Start();
        }
    }

    /// <summary>Threads that work, including the caller's.</summary>
    public int Threads { get; }

    /// <summary>Runs all pieces of a task and returns when the last is done.</summary>
    /// <param name="count">Number of pieces.</param>
    /// <param name="task">The work.</param>
    public void Run<TTask>(int count, TTask task) where TTask : struct, ITask
    {
        if (Threads == 1 || count <= 1)
        {
            for (int i = 0; i < count; i++) task.Run(i, 0);
            return;
        }

        if (_turn.IsHeldByCurrentThread) throw new InvalidOperationException("a piece of a task cannot run a task on the same team");
        lock (_turn)
        {
            ObjectDisposedException.ThrowIf(_stopping, this);
            // The task lives on this stack frame, which outlasts every worker's use of it.
            _shared.Task = Unsafe.AsPointer(ref task);
            _shared.Invoke = &Invoke<TTask>;
            _shared.Count = count;
            Volatile.Write(ref _shared.Next, 0);
            Volatile.Write(ref _shared.Busy, Threads - 1);
            Interlocked.Increment(ref _shared.Epoch); // a full fence: the count of sleepers is read after it
            if (Volatile.Read(ref _sleepers) > 0) Wake();
            Claim(0);
            WaitForWorkers();
            ExceptionDispatchInfo? failure = _failure;
            _failure = null;
            failure?.Throw();
        }
    }

    private static void Invoke<TTask>(void* task, int index, int thread) where TTask : struct, ITask =>
        Unsafe.AsRef<TTask>(task).Run(index, thread);

    private void Claim(int thread)
    {
        try
        {
            int index;
            while ((index = Interlocked.Increment(ref _shared.Next) - 1) < _shared.Count)
                _shared.Invoke(_shared.Task, index, thread);
        }
        catch (Exception failure)
        {
            _failure ??= ExceptionDispatchInfo.Capture(failure);
            Volatile.Write(ref _shared.Next, _shared.Count); // the rest is not worth starting
        }
    }

    private void WaitForWorkers()
    {
        for (int i = 0; Volatile.Read(ref _shared.Busy) != 0; i++)
        {
            if (i < Spins) Thread.SpinWait(1);
            else Thread.Yield();
        }
    }

    private void Work(int number)
    {
        int seen = 0;
        while (true)
        {
            WaitForEpoch(seen);
            if (_stopping) return;
            seen++;
            Claim(number);
            Interlocked.Decrement(ref _shared.Busy);
        }
    }

    private void WaitForEpoch(int seen)
    {
        for (int i = 0; i < Spins + Yields; i++)
        {
            if (Volatile.Read(ref _shared.Epoch) != seen) return;
            if (i < Spins) Thread.SpinWait(1);
            else Thread.Yield();
        }

        lock (_sleep)
        {
            Interlocked.Increment(ref _sleepers);
            while (Volatile.Read(ref _shared.Epoch) == seen) Monitor.Wait(_sleep);
            Interlocked.Decrement(ref _sleepers);
        }
    }

    private void Wake()
    {
        lock (_sleep) Monitor.PulseAll(_sleep);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        lock (_turn)
        {
            if (_stopping) return;
            _stopping = true;
            Interlocked.Increment(ref _shared.Epoch);
            Wake();
        }

        foreach (Thread worker in _workers) worker.Join();
    }

    // What threads write stands on cache lines of its own.
    [StructLayout(LayoutKind.Explicit, Size = 512)]
    private struct Shared
    {
        [FieldOffset(64)]
        public void* Task;

        [FieldOffset(72)]
        public delegate*<void*, int, int, void> Invoke;

        [FieldOffset(80)]
        public int Count;

        [FieldOffset(128)]
        public int Epoch;

        [FieldOffset(256)]
        public int Next;

        [FieldOffset(384)]
        public int Busy;
    }
}
