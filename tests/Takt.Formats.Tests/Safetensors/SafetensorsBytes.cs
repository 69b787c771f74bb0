using System.Text;

namespace Takt.Formats.Tests.Safetensors;

/// <summary>Builds safetensors files from a header's text, right or wrong.</summary>
internal static class SafetensorsBytes
{
    public static byte[] Build(string header, params byte[] data) => Build(header, (ulong)Encoding.UTF8.GetByteCount(header), data);

    public static byte[] Build(string header, ulong length, params byte[] data) =>
        [.. BitConverter.GetBytes(length), .. Encoding.UTF8.GetBytes(header), .. data];
}
