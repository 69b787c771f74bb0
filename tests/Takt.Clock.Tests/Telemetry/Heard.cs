using System.Collections.Concurrent;
using System.Diagnostics.Metrics;

namespace Takt.Clock.Tests.Telemetry;

/// <summary>What the meter says of one model: other tests of the process have models too.</summary>
internal sealed class Heard : IDisposable
{
    private readonly MeterListener _listener = new();
    private readonly ConcurrentQueue<Measured> _all = new();
    private readonly string _model;

    public Heard(string model)
    {
        _model = model;
        _listener.InstrumentPublished = static (instrument, listener) =>
        {
            if (instrument.Meter.Name == "Takt") listener.EnableMeasurementEvents(instrument);
        };
        _listener.SetMeasurementEventCallback<double>((instrument, value, tags, _) => Hear(instrument, value, tags));
        _listener.SetMeasurementEventCallback<int>((instrument, value, tags, _) => Hear(instrument, value, tags));
        _listener.Start();
    }

    /// <summary>All values of an instrument, in order.</summary>
    public Measured[] Of(string instrument) => [.. _all.Where(measured => measured.Name == instrument)];

    public void ReadObservables() => _listener.RecordObservableInstruments();

    public void Dispose() => _listener.Dispose();

    private void Hear(Instrument instrument, double value, ReadOnlySpan<KeyValuePair<string, object?>> tags)
    {
        var all = new Dictionary<string, object?>(tags.ToArray());
        if (all.Remove("gen_ai.request.model", out object? model) && Equals(model, _model))
            _all.Enqueue(new Measured(instrument.Name, instrument.Unit, value, all));
    }
}

/// <summary>A value and its attributes, without the model's name.</summary>
internal sealed record Measured(string Name, string? Unit, double Value, IReadOnlyDictionary<string, object?> Tags);
