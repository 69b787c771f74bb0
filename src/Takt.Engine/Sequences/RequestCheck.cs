using Takt.Engine.Sampling;

namespace Takt.Engine.Sequences;

/// <summary>Refuses requests that cannot be run, before anything runs.</summary>
internal static class RequestCheck
{
    public static void Run(Request request, int vocabularySize, int context)
    {
        int length = request.Prompt.Count;
        if (length == 0) throw new ArgumentException("the prompt is empty; it must have at least one token");
        if (length > context)
            throw new ArgumentException($"the prompt has {length} tokens, but the context holds {context}; shorten it, or raise the context or the cache");
        for (int i = 0; i < length; i++)
        {
            int token = request.Prompt[i];
            if (token < 0 || token >= vocabularySize)
                throw new ArgumentException($"token {i} of the prompt is {token}, but this model's ids go from 0 to {vocabularySize - 1}");
        }

        if (request.MaxTokens < 0)
            throw new ArgumentException($"the number of tokens to generate must be 0 or more, but is {request.MaxTokens}");
        CheckLogitPositions(request, length);
        request.Sampling.Check(vocabularySize);
    }

    private static void CheckLogitPositions(Request request, int length)
    {
        int begin = request.LogitPositions.Start.GetOffset(length), end = request.LogitPositions.End.GetOffset(length);
        if (begin < 0 || end > length || begin > end)
            throw new ArgumentException($"logits are wanted for positions {request.LogitPositions}, but the prompt's go from 0 to {length - 1}");
    }
}
