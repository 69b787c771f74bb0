using Takt.Engine.Sampling;
using Takt.Engine.Sequences;
using static Takt.Engine.Tests.Requests;

namespace Takt.Engine.Tests;

public class RefusalTests
{
    public static TheoryData<Request, string> BadRequests => new()
    {
        { Ask(0, 1), "the prompt is empty" },
        { Ask(101, 1), "the prompt has 101 tokens, but the context holds 64" },
        { Ask(70, 1), "the prompt has 70 tokens, but the context holds 64" },
        { Ask(3, 1) with { Prompt = [1, 97] }, "token 1 of the prompt is 97, but this model's ids go from 0 to 96" },
        { Ask(3, 1) with { Prompt = [-1] }, "token 0 of the prompt is -1" },
        { Ask(3, -1), "must be 0 or more, but is -1" },
        { Ask(3, 1) with { OnLogits = (_, _) => { }, LogitPositions = 2..4 }, "positions 2..4, but the prompt's go from 0 to 2" },
        { Ask(3, 1) with { Sampling = new SamplingOptions { Temperature = -1 } }, "temperature must be 0 or more, but is -1" },
    };

    [Theory]
    [MemberData(nameof(BadRequests), DisableDiscoveryEnumeration = true)]
    public void A_request_that_cannot_run_is_refused_before_anything_runs(Request request, string message)
    {
        using InferenceEngine engine = Make(new FakeModel(context: 100), cache: 64);
        var error = Assert.Throws<ArgumentException>(() => engine.Submit(request));
        Assert.Contains(message, error.Message, StringComparison.Ordinal);
        Assert.False(engine.Step());
    }

    public static TheoryData<EngineOptions, string> BadOptions => new()
    {
        { new EngineOptions { PrefillChunk = 0 }, "the prefill chunk must be 1 row or more, but is 0" },
        { new EngineOptions { MaxSequences = 0 }, "1 sequence or more must run at a time, but 0 are to" },
        { new EngineOptions { CacheTokens = 0 }, "must hold 1 token or more, but is to hold 0" },
        { new EngineOptions { ContextLength = 0 }, "the context must be 1 token or more, but is 0" },
        { new EngineOptions { ContextLength = 201 }, "the context is 201 tokens, but this model was made for 200" },
    };

    [Theory]
    [MemberData(nameof(BadOptions), DisableDiscoveryEnumeration = true)]
    public void Options_out_of_range_are_refused(EngineOptions options, string message)
    {
        var error = Assert.Throws<ArgumentException>(() => new InferenceEngine(new FakeModel(), options));
        Assert.Contains(message, error.Message, StringComparison.Ordinal);
    }
}
