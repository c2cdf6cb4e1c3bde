package dev.heddle.models.decoder;

import static org.assertj.core.api.Assertions.assertThat;

import dev.heddle.exporter.graph.DType;
import dev.heddle.exporter.graph.Function;
import dev.heddle.exporter.graph.FunctionStyle;
import dev.heddle.exporter.graph.Graph;
import dev.heddle.exporter.graph.Initializer;
import dev.heddle.exporter.graph.Model;
import dev.heddle.exporter.graph.NamedType;
import dev.heddle.exporter.graph.Node;
import dev.heddle.exporter.graph.TensorType;
import dev.heddle.exporter.onnx.GraphText;
import dev.heddle.exporter.onnx.ModelChecker;
import dev.heddle.models.Golden;
import dev.heddle.models.attention.AttentionGraphs;
import dev.heddle.models.attention.VariantSamples;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
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
        return Stream.concat(attention, Stream.of(new Sample("decoder.opset21.onnx.txt", decoder())));
    }

    private static Model decoder() {
        GraphOptions options = new GraphOptions(21, FunctionStyle.FUNCTION, KvCache.DYNAMIC, DType.FLOAT32);
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
        Graph graph = golden.model().graph();
        Stream<Initializer> initializers = graph.initializers().stream();
        Stream<NamedType> inputs = graph.inputs().stream();

        List<String> names = new ArrayList<>(names(graph.nodes()));
        Stream.concat(initializers.map(Initializer::name), inputs.map(NamedType::name))
                .forEach(names::add);

        assertThat(names).allMatch(GraphGoldenTest::isReadable).noneMatch(name -> isNumbered(name, names));
    }

    @ParameterizedTest
    @MethodSource("goldens")
    void functions_ofSample_haveReadableNames(Sample golden) {
        for (Function function : golden.model().functions()) {
            List<String> names = names(function.nodes());
            names.addAll(function.inputs());

            assertThat(names).allMatch(GraphGoldenTest::isReadable).noneMatch(name -> isNumbered(name, names));
        }
    }

    private static List<String> names(List<Node> nodes) {
        List<String> names = new ArrayList<>();
        nodes.forEach(node -> names.add(node.name()));
        nodes.forEach(node -> names.addAll(node.outputs()));
        return names;
    }

    private static boolean isReadable(String name) {
        boolean counted = name.matches("(.*[./])?\\d*") && !name.startsWith("const_");
        return name.matches("[A-Za-z0-9_./]+") && !counted;
    }

    /** Two values of one scope wanted the same name: the second should say what it is. */
    private static boolean isNumbered(String name, List<String> names) {
        String plain = name.replaceFirst("_\\d+(/\\w+)?$", "$1");
        return !name.startsWith("const_") && !plain.equals(name) && names.contains(plain);
    }
}
