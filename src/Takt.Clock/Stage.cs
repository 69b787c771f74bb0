using System.Text.Json.Serialization;

namespace Takt.Clock;

/// <summary>The four stages of a cycle, in order.</summary>
public enum Stage
{
    /// <summary>Admits requests, chooses sequences and prompt chunks, reserves KV blocks.</summary>
    [JsonStringEnumMemberName("fetch")]
    Fetch,

    /// <summary>Turns that choice into one flat batch.</summary>
    [JsonStringEnumMemberName("decode")]
    Decode,

    /// <summary>Runs the layers.</summary>
    [JsonStringEnumMemberName("execute")]
    Execute,

    /// <summary>Samples, stores, stops, frees and publishes.</summary>
    [JsonStringEnumMemberName("write_back")]
    WriteBack,
}
