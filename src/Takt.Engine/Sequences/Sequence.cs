using System.Diagnostics;
using System.Runtime.InteropServices;
using System.Text.Json;
using Takt.Clock;
using Takt.Engine.Cache;

namespace Takt.Engine.Sequences;

/// <summary>A request on its way through the engine: its tokens, its KV blocks and how far it is.</summary>
/// <remarks>The engine's thread changes it. Others may read it once <see cref="Completion"/> has ended, and <see cref="Cancel"/> it.</remarks>
public sealed class Sequence
{
    private readonly TaskCompletionSource<StopReason> _completion = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly long _submitted = Stopwatch.GetTimestamp();
    private readonly ActivityContext _parent = Activity.Current?.Context ?? default;
    private readonly int[] _stopTokens;
    private readonly List<int> _tokens;
    private long _admitted;
    private long _firstToken;
    private long _stopped;
    private long _firstCycle;
    private long _lastCycle;
    private long _enteredTicks;
    private long _cycleTicks;
    private volatile bool _cancelled;

    internal Sequence(Request request, int context, long number = 0)
    {
        Number = number;
        Request = request;
        PromptTokens = request.Prompt.Count; // the host's list may change later
        _stopTokens = [.. request.StopTokens];
        (LogitsBegin, int logits) = request.OnLogits is null ? (0, 0) : request.LogitPositions.GetOffsetAndLength(request.Prompt.Count);
        LogitsEnd = LogitsBegin + logits;
        Seed = request.Sampling.Seed ?? (ulong)Random.Shared.NextInt64();
        // Room for all tokens at once, so that generation allocates nothing.
        int longest = (int)Math.Min(context + 1L, PromptTokens + (long)(request.MaxTokens ?? context));
        _tokens = new List<int>(longest);
        _tokens.AddRange(request.Prompt);
        MostStored = Math.Max(PromptTokens, longest - 1);
        Blocks = new BlockTable(MostStored);
    }

    /// <summary>Requests before it in its engine.</summary>
    public long Number { get; }

    /// <summary>What was asked for.</summary>
    public Request Request { get; }

    /// <summary>Tokens of the prompt.</summary>
    public int PromptTokens { get; }

    /// <summary>The seed in use: the request's or, where it has none, a random one.</summary>
    public ulong Seed { get; }

    /// <summary>Tokens of the prompt and generated ones.</summary>
    public IReadOnlyList<int> Tokens => _tokens;

    /// <summary>Tokens generated so far; valid until the next one.</summary>
    public ReadOnlySpan<int> Generated => TokenSpan[PromptTokens..];

    /// <summary>Positions whose keys and values are in the cache.</summary>
    public int Stored { get; internal set; }

    /// <summary>Cycles it took part in.</summary>
    public int Cycles { get; private set; }

    /// <summary>Why it ended; null while it runs.</summary>
    public StopReason? StopReason { get; private set; }

    /// <summary>What failed, with <see cref="Sequences.StopReason.Failed"/>.</summary>
    public Exception? Error { get; private set; }

    /// <summary>Ends when the sequence does; never faults.</summary>
    public Task<StopReason> Completion => _completion.Task;

    /// <summary>From submission to the first token; null before it.</summary>
    public TimeSpan? TimeToFirstToken => _firstToken == 0 ? null : Stopwatch.GetElapsedTime(_submitted, _firstToken);

    /// <summary>From submission to the end; null before it.</summary>
    public TimeSpan? Duration => _stopped == 0 ? null : Stopwatch.GetElapsedTime(_submitted, _stopped);

    /// <summary>Where its time went; null while it runs.</summary>
    public RequestRecord? Record { get; private set; }

    internal BlockTable Blocks { get; }

    /// <summary>Positions it can come to store; the last token's keys and values are never needed.</summary>
    internal int MostStored { get; }

    /// <summary>Positions whose logits the host wants: from this one ...</summary>
    internal int LogitsBegin { get; }

    /// <summary>... to the one before this.</summary>
    internal int LogitsEnd { get; }

    internal bool IsCancelled => _cancelled;

    /// <summary>Rows not yet stored: what is left of the prompt, or the last generated token.</summary>
    internal int Pending => _tokens.Count - Stored;

    /// <summary>Whether its prompt is stored, so that its next row is the token generated last.</summary>
    internal bool Generates => Stored >= PromptTokens;

    internal ReadOnlySpan<int> TokenSpan => CollectionsMarshal.AsSpan(_tokens);

    /// <summary>Asks the engine to end it in its next cycle; safe from any thread, and after the end.</summary>
    public void Cancel() => _cancelled = true;

    /// <summary>Throws when the sequence failed.</summary>
    /// <exception cref="InvalidOperationException">It failed; the inner exception says how.</exception>
    public void ThrowIfFailed()
    {
        if (Error is not null) throw new InvalidOperationException($"generation failed: {Error.Message}", Error);
    }

    /// <summary>Whether a token is to be sampled from the logits of this position.</summary>
    internal bool SamplesAt(int position) => position == _tokens.Count - 1 && Request.MaxTokens != 0;

    /// <summary>Whether the host wants the logits of this position.</summary>
    internal bool ReadsAt(int position) => position >= LogitsBegin && position < LogitsEnd;

    internal bool WantsLogitsAt(int position) => SamplesAt(position) || ReadsAt(position);

    internal bool IsStopToken(int token) => Array.IndexOf(_stopTokens, token) >= 0;

    internal void Append(int token)
    {
        if (_firstToken == 0) _firstToken = Stopwatch.GetTimestamp();
        _tokens.Add(token);
    }

    internal void Admit() => _admitted = Stopwatch.GetTimestamp();

    /// <summary>Takes part in a cycle until <see cref="LeaveCycle"/> or the end.</summary>
    internal void EnterCycle(long number, long startTicks)
    {
        if (Cycles++ == 0) _firstCycle = number;
        _lastCycle = number;
        _enteredTicks = startTicks;
    }

    internal void LeaveCycle()
    {
        if (_enteredTicks != 0) _cycleTicks += Stopwatch.GetTimestamp() - _enteredTicks;
        _enteredTicks = 0;
    }

    internal void Stop(StopReason reason, Exception? error, Ledger ledger)
    {
        LeaveCycle();
        _stopped = Stopwatch.GetTimestamp();
        StopReason = reason;
        Error = error;
        ledger.Record(Record = MakeRecord(reason));
        _completion.TrySetResult(reason);
    }

    private RequestRecord MakeRecord(StopReason reason) => new()
    {
        Number = Number,
        SubmittedTicks = _submitted,
        AdmittedTicks = _admitted == 0 ? null : _admitted,
        FirstTokenTicks = _firstToken == 0 ? null : _firstToken,
        EndedTicks = _stopped,
        TemplateTicks = Request.Text?.TemplateTicks ?? 0,
        TokenizeTicks = Request.Text?.TokenizeTicks ?? 0,
        DetokenizeTicks = Request.Text?.DetokenizeTicks ?? 0,
        CycleTicks = _cycleTicks,
        FirstCycle = Cycles == 0 ? null : _firstCycle,
        LastCycle = Cycles == 0 ? null : _lastCycle,
        Cycles = Cycles,
        PromptTokens = PromptTokens,
        GeneratedTokens = Tokens.Count - PromptTokens,
        Parent = _parent,
        StopReason = JsonNamingPolicy.SnakeCaseLower.ConvertName(reason.ToString()),
    };
}
