namespace Takt.Formats.Tests;

public sealed class MetadataExtensionsTests
{
    private static readonly Dictionary<string, object> Metadata = new()
    {
        ["u8"] = (byte)200,
        ["i8"] = (sbyte)-100,
        ["u16"] = (ushort)60000,
        ["i16"] = (short)-30000,
        ["u32"] = 7u,
        ["i32"] = -7,
        ["u64"] = 9UL,
        ["i64"] = -9L,
        ["f32"] = 1.5f,
        ["f64"] = 2.5,
        ["yes"] = true,
        ["text"] = "x",
        ["texts"] = new[] { "a", "b" },
        ["numbers"] = new uint[] { 1, 2, 3 },
        ["ints"] = new[] { 4, 5 },
        ["floats"] = new[] { 0.5f },
        ["doubles"] = new[] { 0.25 },
        ["large"] = ulong.MaxValue,
        ["u32.large"] = uint.MaxValue,
    };

    [Theory]
    [InlineData("u8", 200)]
    [InlineData("i8", -100)]
    [InlineData("u16", 60000)]
    [InlineData("i16", -30000)]
    [InlineData("u32", 7)]
    [InlineData("i32", -7)]
    [InlineData("u64", 9)]
    [InlineData("i64", -9)]
    public void Whole_numbers_of_any_width_are_ints(string key, int expected)
    {
        Assert.Equal(expected, Metadata.GetInt(key));
        Assert.Equal(expected, Metadata.GetInt(key, 0));
        Assert.Equal(expected, Metadata.GetFloat(key));
        Assert.Equal([expected, expected], Metadata.GetIntPerLayer(key, 2));
    }

    [Fact]
    public void Other_types_are_read()
    {
        Assert.Equal(1.5f, Metadata.GetFloat("f32"));
        Assert.Equal(2.5f, Metadata.GetFloat("f64", 0));
        Assert.True(Metadata.GetBool("yes"));
        Assert.Equal("x", Metadata.GetString("text"));
        Assert.Equal(["a", "b"], Metadata.GetStrings("texts"));
        Assert.Equal([1, 2, 3], Metadata.GetInts("numbers"));
        Assert.Equal([4, 5], Metadata.GetInts("ints"));
        Assert.Equal([1, 2, 3], Metadata.GetIntPerLayer("numbers", 3));
        Assert.Equal([0.5f], Metadata.GetFloats("floats"));
        Assert.Equal([0.25f], Metadata.GetFloats("doubles"));
    }

    [Fact]
    public void Fallbacks_stand_in_for_missing_keys_only()
    {
        Assert.Equal(3, Metadata.GetInt("none", 3));
        Assert.Equal(0.5f, Metadata.GetFloat("none", 0.5f));
        Assert.True(Metadata.GetBool("none", true));
        Assert.Equal("y", Metadata.GetString("none", "y"));
        Assert.Null(Metadata.GetString("none", null));
        Assert.Equal([3, 3], Metadata.GetIntPerLayer("none", 2, 3));
        Assert.Throws<InvalidDataException>(() => Metadata.GetInt("text", 3));
        Assert.Throws<InvalidDataException>(() => Metadata.GetBool("u8", true));
        Assert.Throws<InvalidDataException>(() => Metadata.GetString("u8", null));
    }

    [Fact]
    public void Errors_say_what_is_there_and_what_was_expected()
    {
        void Refused(string message, Action read) => Assert.Contains(message, Assert.Throws<InvalidDataException>(read).Message);

        Refused("'none' is missing; expected a whole number", () => Metadata.GetInt("none"));
        Refused("'none' is missing; expected a number", () => Metadata.GetFloat("none"));
        Refused("'none' is missing; expected true or false", () => Metadata.GetBool("none"));
        Refused("'none' is missing; expected a string", () => Metadata.GetString("none"));
        Refused("'none' is missing; expected an array of strings", () => Metadata.GetStrings("none"));
        Refused("'none' is missing; expected an array of whole numbers", () => Metadata.GetInts("none"));
        Refused("'none' is missing; expected a whole number or an array of 2", () => Metadata.GetIntPerLayer("none", 2));
        Refused("'text' is x (String); expected a whole number", () => Metadata.GetInt("text"));
        Refused("'f32' is 1.5 (Single)", () => Metadata.GetInt("f32"));
        Refused("'large' is 18446744073709551615", () => Metadata.GetInt("large"));
        Refused("'u32.large' is 4294967295", () => Metadata.GetInt("u32.large"));
        Refused("'text' is x (String)", () => Metadata.GetFloat("text"));
        Refused("an array of 2 String", () => Metadata.GetInts("texts"));
        Refused("an array of 1 Single", () => Metadata.GetStrings("floats"));
        Refused("'numbers' has 3 values; expected one, or one for each of 2 layers", () => Metadata.GetIntPerLayer("numbers", 2));
        Refused("expected", () => Metadata.GetInts("floats"));
    }
}
