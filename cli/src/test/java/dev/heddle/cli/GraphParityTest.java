package dev.heddle.cli;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.heddle.exporter.graph.FunctionStyle;
import dev.heddle.models.attention.KvCache;
import dev.heddle.models.attention.VariantSamples;
import dev.heddle.runtime.RuntimeFailure;
import dev.heddle.runtime.session.OpsMode;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

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

    /** The day this fails, the gap can go from {@link GraphForm}. */
    @ParameterizedTest
    @EnumSource(names = {"PLAIN", "TALKING_HEADS", "KV_SHIFT", "DIFFERENTIAL"})
    void bodyInBfloat16_isRefusedByOnnxRuntime(VariantSamples sample) {
        GraphForm form =
                new GraphForm(sample, 23, FunctionStyle.INLINE, ElementPrecision.BFLOAT16, new KvCache.Dynamic());

        assertThatThrownBy(() -> OrtAttention.open(
                        form.variant(),
                        form.weights(),
                        23,
                        form.style(),
                        form.precision(),
                        form.cache(),
                        OpsMode.PORTABLE,
                        folder))
                .isInstanceOf(RuntimeFailure.class)
                .hasMessageContaining("Could not find an implementation for")
                .hasMessageFindingMatch("(Mul|Where)\\(\\d+\\) node");
    }
}
