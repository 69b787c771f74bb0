using System.Text.Encodings.Web;
using System.Text.Json;
using Takt.Cli.Shell;
using Takt.Formats;

namespace Takt.Cli.Chat;

/// <summary>A conversation as a file: <c>{"messages": [{"role": ..., "content": ...}]}</c>.</summary>
internal static class ConversationFile
{
    private static readonly JsonWriterOptions _options = new() { Indented = true, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>Writes a conversation; a file that is there is replaced once the new one is whole.</summary>
    public static void Save(string path, IReadOnlyList<ChatMessage> messages) => AtomicFile.Write(path, stream =>
    {
        using var json = new Utf8JsonWriter(stream, _options);
        Write(json, messages);
    });

    /// <summary>Reads a conversation.</summary>
    /// <exception cref="CliException">The file holds none.</exception>
    public static IReadOnlyList<ChatMessage> Load(string path)
    {
        try
        {
            using FileStream stream = File.OpenRead(path);
            using JsonDocument document = JsonDocument.Parse(stream);
            return [.. document.RootElement.GetProperty("messages").EnumerateArray().Select(Message)];
        }
        catch (Exception failure) when (failure is JsonException or InvalidOperationException or KeyNotFoundException)
        {
            throw new CliException(Texts.ChatNoConversation, path);
        }
    }

    private static ChatMessage Message(JsonElement message) => new(
        message.GetProperty("role").GetString() ?? throw new JsonException(),
        message.GetProperty("content").GetString() ?? throw new JsonException());

    private static void Write(Utf8JsonWriter json, IReadOnlyList<ChatMessage> messages)
    {
        json.WriteStartObject();
        json.WriteStartArray("messages");
        foreach (ChatMessage message in messages)
        {
            json.WriteStartObject();
            json.WriteString("role", message.Role);
            json.WriteString("content", message.Content);
            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.WriteEndObject();
    }
}
