namespace Takt.Formats;

/// <summary>The files that together hold one model; disposed as one.</summary>
internal sealed class Owners : IDisposable
{
    public List<ModelFile> Files { get; } = [];

    /// <inheritdoc/>
    public void Dispose() => Files.ForEach(static file => file.Dispose());
}
