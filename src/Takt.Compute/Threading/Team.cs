using System.Diagnostics;
using System.Runtime.CompilerServices;
using System.Runtime.ExceptionServices;
using System.Runtime.InteropServices;

namespace Takt.Compute.Threading;

/// <summary>
/// Threads that work through the pieces of one task after the other. Pieces are claimed one by one, so that a slow thread does
/// fewer; between tasks that follow closely the threads spin, then yield, and after a while without work they sleep.
/// </summary>
/// <remarks>
/// The calling thread is one of the team. Several callers take turns, task by task. A task ends when its last piece is done: a worker
/// that has claimed none is not waited for, so that a worker which the system does not run holds up nobody.
/// </remarks>
public sealed unsafe class Team : IDisposable
{
    private const int Spins = 2_000;
    private const int Yields = 200;
    private const int LineLongs = 16; // two cache lines, which some processors fetch together

    private readonly Thread[] _workers;

    // How many pieces are done, and behind it the threads' times: a worker writes its time where it has to count its pieces anyway, and
    // the caller, who waits for that count, has the times then too. So times cost no cache line of their own.
    private readonly long[] _ends;
    private readonly int _done;
    private readonly Lock _turn = new();
    private readonly object _sleep = new();
    private Shared _shared;
    private int _sleepers;
    private volatile bool _stopping;
    private volatile bool _keepsTimes;
    private ExceptionDispatchInfo? _failure;

    /// <summary>Starts a team.</summary>
    /// <param name="threads">Threads including the caller's; 1 or more.</param>
    public Team(int threads)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(threads, 1);
        Threads = threads;
        _ends = GC.AllocateArray<long>(3 * LineLongs + threads, pinned: true);
        _done = 2 * LineLongs - (int)((nint)Unsafe.AsPointer(ref _ends[0]) / sizeof(long) % LineLongs);
        TimeStamps.Prepare();
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

    /// <summary>Whether threads keep their times; it costs them two time stamps an operation.</summary>
    public bool KeepsTimes
    {
        get => _keepsTimes;
        set => _keepsTimes = value;
    }

    /// <summary>
    /// One counter a thread, in <see cref="Stopwatch"/> ticks by <see cref="TimeStamps"/>: how long callers waited for workers, then, for
    /// each worker, how long it worked. They grow while <see cref="KeepsTimes"/>; a task's time is in them when <see cref="Run"/> returns.
    /// </summary>
    public ReadOnlyMemory<long> Counters => _ends.AsMemory(_done + 1, Threads);

    private ref long Done => ref _ends[_done];

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
            // The task lives on this stack frame: whoever has claimed a piece of it is waited for.
            _shared.Task = Unsafe.AsPointer(ref task);
            _shared.Invoke = &Invoke<TTask>;
            Volatile.Write(ref Done, 0);
            Interlocked.Exchange(ref _shared.Ticket, (long)count << 32); // a full fence: the count of sleepers is read after it
            if (Volatile.Read(ref _sleepers) > 0) Wake();
            long none = 0; // callers count how long they wait instead
            Claim(0, ref none);
            WaitForPieces(count);
            ExceptionDispatchInfo? failure = _failure;
            _failure = null;
            failure?.Throw();
        }
    }

    private static void Invoke<TTask>(void* task, int index, int thread) where TTask : struct, ITask =>
        Unsafe.AsRef<TTask>(task).Run(index, thread);

    // A ticket holds the number of pieces beside the next of them. So one increment claims a piece of whatever task there is now, and
    // only then the task is looked at, which cannot change until the piece has been counted as done.
    private void Claim(int thread, ref long worked)
    {
        int done = 0;
        long began = 0;
        try
        {
            while (true)
            {
                long ticket = Interlocked.Increment(ref _shared.Ticket) - 1;
                if (!HasWork(ticket)) break;
                if (done++ == 0 && thread > 0 && _keepsTimes) began = TimeStamps.Now();
                _shared.Invoke(_shared.Task, (int)ticket, thread);
            }
        }
        catch (Exception failure)
        {
            _failure ??= ExceptionDispatchInfo.Capture(failure);
            // The rest is not worth starting, and counts as done.
            long ticket = Interlocked.Exchange(ref _shared.Ticket, 0);
            if (HasWork(ticket)) done += (int)(ticket >> 32) - (int)ticket;
        }

        if (began != 0) _ends[_done + 1 + thread] = worked += TimeStamps.Now() - began;
        if (done > 0) Interlocked.Add(ref Done, done);
    }

    private static bool HasWork(long ticket) => (uint)ticket < (uint)(ticket >> 32);

    private void WaitForPieces(int count)
    {
        if (Volatile.Read(ref Done) == count) return;
        long began = _keepsTimes ? TimeStamps.Now() : 0;
        for (int i = 0; Volatile.Read(ref Done) != count; i++)
        {
            if (i < Spins) Thread.SpinWait(1);
            else Thread.Yield();
        }

        if (began != 0) _ends[_done + 1] += TimeStamps.Now() - began;
    }

    private void Work(int number)
    {
        long worked = 0;
        while (true)
        {
            WaitForWork();
            if (_stopping) return;
            Claim(number, ref worked);
        }
    }

    private void WaitForWork()
    {
        for (int i = 0; i < Spins + Yields; i++)
        {
            if (HasWork(Volatile.Read(ref _shared.Ticket)) || _stopping) return;
            if (i < Spins) Thread.SpinWait(1);
            else Thread.Yield();
        }

        lock (_sleep)
        {
            Interlocked.Increment(ref _sleepers);
            while (!HasWork(Volatile.Read(ref _shared.Ticket)) && !_stopping) Monitor.Wait(_sleep);
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
            Wake();
        }

        foreach (Thread worker in _workers) worker.Join();
    }

    // What threads write stands on cache lines of its own.
    [StructLayout(LayoutKind.Explicit, Size = 256)]
    private struct Shared
    {
        [FieldOffset(64)]
        public void* Task;

        [FieldOffset(72)]
        public delegate*<void*, int, int, void> Invoke;

        [FieldOffset(128)]
        public long Ticket;
    }
}
