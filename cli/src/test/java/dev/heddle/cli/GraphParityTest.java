package dev.heddle.cli;

import dev.heddle.exporter.graph.FunctionStyle;
import dev.heddle.models.attention.KvCache;
import dev.heddle.runtime.session.OpsMode;
import java.util.stream.Stream;

/** The function bodies: all samples, both opsets, with functions and inlined. */
final class GraphParityTest extends GraphParitySuite {

    GraphParityTest() {
        super(OpsMode.PORTABLE);
    }

    static Stream<GraphForm> forms() {
        return GraphForm.all(FunctionStyle.values())
                .filter(form ->
                        form.precision() == ElementPrecision.FLOAT32 || form.cache() instanceof KvCache.Dynamic);
    }
}
