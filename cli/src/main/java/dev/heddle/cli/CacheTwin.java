package dev.heddle.cli;

import dev.heddle.exporter.graph.Initializer;
import dev.heddle.exporter.graph.Model;
import dev.heddle.models.attention.KvCache;
import dev.heddle.models.decoder.GraphOptions;
import dev.heddle.models.export.ModelExport;
import dev.heddle.models.family.SourceModel;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** A checkpoint's model with another kind of cache. Weights that the original has too are taken from there, so that they need not be written again. */
record CacheTwin(Model model, KvCache cache) {

    /**
     * @param original a model of the same checkpoint
     * @param cache kind of the original's cache
     * @param maxLen tokens that must fit
     */
    static CacheTwin of(SourceModel source, Model original, KvCache cache, int maxLen) {
        KvCache other = cache instanceof KvCache.Dynamic ? new KvCache.Static(maxLen) : new KvCache.Dynamic();
        GraphOptions options = TracedSides.options(original);
        Model model = new ModelExport(
                        new GraphOptions(options.opset(), options.style(), other, options.numerics(), options.target()),
                        Version.current())
                .graph(source, finding -> {});
        return new CacheTwin(withWeightsOf(original, model), other);
    }

    private static Model withWeightsOf(Model original, Model model) {
        Map<String, Initializer> known = new HashMap<>();
        original.graph().initializers().forEach(weight -> known.put(weight.name(), weight));
        List<Initializer> weights = model.graph().initializers().stream()
                .map(weight -> {
                    Initializer same = known.get(weight.name());
                    boolean fits = same != null
                            && same.data().type().equals(weight.data().type());
                    return fits ? same : weight;
                })
                .toList();
        return model.withGraph(model.graph().withInitializers(weights));
    }
}
