using System.Globalization;
using System.Text;
using Takt.Clock.Graphs;

namespace Takt.Clock.Reports;

/// <summary>A model's graph in the languages of programs that draw graphs: a box a moment, an arrow where one takes another's result.</summary>
public static class GraphText
{
    /// <summary>As a Mermaid flowchart (mermaid.js.org), a frame a layer.</summary>
    /// <param name="graph">The graph.</param>
    /// <param name="shape">The cycle whose work the boxes show.</param>
    public static string Mermaid(ModelGraph graph, CycleShape shape) => Write(
        graph, "flowchart TD\n", static (text, layer) => text.Append(CultureInfo.InvariantCulture, $"  subgraph layer_{layer}[\"layer {layer}\"]\n"), "  end\n",
        (text, index, moment) => text.Append(CultureInfo.InvariantCulture, $"    m{index}[\"{Label(moment, shape, "<br/>")}\"]\n"),
        static (text, from, to) => text.Append(CultureInfo.InvariantCulture, $"  m{from} --> m{to}\n"), "");

    /// <summary>As a directed graph in DOT (graphviz.org), a cluster a layer.</summary>
    /// <param name="graph">The graph.</param>
    /// <param name="shape">The cycle whose work the boxes show.</param>
    public static string Dot(ModelGraph graph, CycleShape shape) => Write(
        graph, "digraph model {\n  node [shape=box, fontname=\"sans-serif\"];\n",
        static (text, layer) => text.Append(CultureInfo.InvariantCulture, $"  subgraph cluster_{layer} {{\n    label=\"layer {layer}\";\n"), "  }\n",
        (text, index, moment) => text.Append(CultureInfo.InvariantCulture, $"    m{index} [label=\"{Label(moment, shape, "\\n")}\"];\n"),
        static (text, from, to) => text.Append(CultureInfo.InvariantCulture, $"  m{from} -> m{to};\n"), "}\n");

    private static string Write(
        ModelGraph graph, string head, Action<StringBuilder, int> openLayer, string closeLayer,
        Action<StringBuilder, int, GraphMoment> box, Action<StringBuilder, int, int> arrow, string foot)
    {
        ArgumentNullException.ThrowIfNull(graph);
        var text = new StringBuilder(head);
        int open = Moment.NoLayer;
        for (int i = 0; i < graph.Moments.Count; i++)
        {
            int layer = graph.Moments[i].Moment.Layer;
            if (layer != open)
            {
                if (open != Moment.NoLayer) text.Append(closeLayer);
                if (layer != Moment.NoLayer) openLayer(text, layer);
                open = layer;
            }

            box(text, i, graph.Moments[i]);
        }

        if (open != Moment.NoLayer) text.Append(closeLayer);
        for (int i = 0; i < graph.Moments.Count; i++)
        {
            foreach (int input in graph.Moments[i].Inputs.Distinct()) arrow(text, input, i);
        }

        return text.Append(foot).ToString();
    }

    private static string Label(GraphMoment moment, CycleShape shape, string newLine)
    {
        MomentWork work = moment.Work(shape);
        return string.Create(
            CultureInfo.InvariantCulture, $"{moment.Moment.Op}{newLine}{work.Bytes / 1e6:0.###} MB, {work.Flops / 1e6:0.###} MFLOP");
    }
}
