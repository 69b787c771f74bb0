using Takt.Clock;
using Takt.Models;

namespace Takt.Engine.Stages;

/// <summary>Third stage: sends the batch through the layers. Its moments are the model's own.</summary>
internal sealed class Execute
{
    private readonly IModel _model;
    private readonly KvCache _cache;

    public Execute(Ledger ledger, IModel model, KvCache cache)
    {
        _model = model;
        _cache = cache;
        model.Register(ledger);
    }

    /// <summary>Logits of the batch's output rows, row-major; valid until the next call.</summary>
    public Span<float> Run(Batch batch, ref CycleProbe probe) => _model.Forward(batch, _cache, ref probe);
}
