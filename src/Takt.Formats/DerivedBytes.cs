namespace Takt.Formats;

/// <summary>
/// The bytes of a tensor that is computed from others: made when somebody borrows them, and freed when the last borrower has given them
/// back. So what is needed only to pack a model is not kept beside what was packed.
/// </summary>
/// <param name="make">Allocates and computes the bytes: where they lie, and what frees them.</param>
public sealed class DerivedBytes(Func<(nint Data, IDisposable Memory)> make) : IDisposable
{
    private readonly Lock _lock = new();
    private (nint Data, IDisposable Memory)? _made;
    private int _borrowers;
    private bool _kept;

    /// <summary>How often the bytes were computed.</summary>
    public int TimesMade { get; private set; }

    /// <summary>Whether the bytes are in memory now.</summary>
    public bool InMemory => _made is not null;

    /// <summary>The bytes, until <see cref="GiveBack"/>.</summary>
    public nint Borrow()
    {
        lock (_lock)
        {
            if (_made is null)
            {
                _made = make();
                TimesMade++;
            }

            _borrowers++;
            return _made.Value.Data;
        }
    }

    /// <summary>Ends one <see cref="Borrow"/>.</summary>
    public void GiveBack()
    {
        lock (_lock)
        {
            if (--_borrowers == 0) Free();
        }
    }

    /// <summary>The bytes, until this is disposed.</summary>
    public nint Keep()
    {
        lock (_lock)
        {
            nint data = Borrow();
            if (_kept) _borrowers--;
            _kept = true;
            return data;
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        lock (_lock) Free();
    }

    private void Free()
    {
        _made?.Memory.Dispose();
        _made = null;
    }
}
