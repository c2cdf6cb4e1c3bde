package dev.heddle.models.decoder;

import static org.assertj.core.api.Assertions.assertThat;

import dev.heddle.exporter.graph.DType;
import dev.heddle.exporter.graph.FunctionStyle;
import dev.heddle.exporter.graph.Model;
import dev.heddle.exporter.graph.TensorType;
import dev.heddle.exporter.onnx.GraphText;
import dev.heddle.exporter.onnx.ModelChecker;
import dev.heddle.models.Golden;
import dev.heddle.models.GraphNames;
import dev.heddle.models.attention.AttentionGraphs;
import dev.heddle.models.attention.KvCache;
import dev.heddle.models.attention.VariantSamples;
import java.io.IOException;
import java.util.Arrays;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

final class GraphGoldenTest {

    /** @param name of the committed file */
    private record Sample(String name, Model model) {
        @Override
        public String toString() {
            return name;
        }
    }

    static Stream<Sample> goldens() {
        Stream<Sample> attention = Arrays.stream(VariantSamples.values())
                .flatMap(sample -> Arrays.stream(FunctionStyle.values())
                        .map(style -> new Sample(
                                sample + "." + style + ".onnx.txt", AttentionGraphs.of(sample.variant(), style))));
        return Stream.concat(
                attention,
                Stream.of(
                        new Sample("decoder.opset21.onnx.txt", decoder()),
                        new Sample("MULTI_TOKEN.STATIC.onnx.txt", staticCache())));
    }

    private static Model staticCache() {
        return AttentionGraphs.of(
                VariantSamples.MULTI_TOKEN.variant(),
                FunctionStyle.FUNCTION,
                23,
                new KvCache.Static(64),
                (weight, shape) -> new AttentionGraphs.Unwritten(new TensorType(DType.FLOAT32, shape)));
    }

    private static Model decoder() {
        GraphOptions options = new GraphOptions(21, FunctionStyle.FUNCTION, new KvCache.Dynamic(), DType.FLOAT32);
        return new DecoderEmitter(
                        DecoderSamples.around(VariantSamples.GROUPED_QUERIES.variant()),
                        options,
                        (weight, dtype) -> new AttentionGraphs.Unwritten(new TensorType(dtype, weight.shape())))
                .emit("test");
    }

    @ParameterizedTest
    @MethodSource("goldens")
    void graph_ofSample_isTheCommittedText(Sample golden) throws IOException {
        Golden.check(golden.name(), GraphText.of(golden.model()));
    }

    @ParameterizedTest
    @MethodSource("goldens")
    void graph_ofSample_hasNoFindings(Sample golden) {
        assertThat(ModelChecker.check(golden.model())).isEmpty();
    }

    @ParameterizedTest
    @MethodSource("goldens")
    void graph_ofSample_hasReadableNames(Sample golden) {
        assertThat(GraphNames.unreadable(golden.model())).isEmpty();
    }
}
