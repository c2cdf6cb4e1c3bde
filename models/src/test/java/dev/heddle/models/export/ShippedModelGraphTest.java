package dev.heddle.models.export;

import static org.assertj.core.api.Assertions.assertThat;

import dev.heddle.exporter.graph.DType;
import dev.heddle.exporter.graph.FunctionStyle;
import dev.heddle.exporter.graph.Model;
import dev.heddle.exporter.onnx.ModelChecker;
import dev.heddle.models.GraphNames;
import dev.heddle.models.attention.KvCache;
import dev.heddle.models.decoder.GraphOptions;
import dev.heddle.models.family.Families;
import dev.heddle.models.family.SourceModel;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Whole models of every family, some with layers of several kinds. */
final class ShippedModelGraphTest {

    private static final Path SAMPLES = Path.of("src/test/resources/samples");

    static List<Arguments> graphs() throws IOException {
        List<Path> samples;
        try (Stream<Path> folders = Files.list(SAMPLES)) {
            samples = folders.sorted().toList();
        }
        List<Arguments> graphs = new ArrayList<>();
        for (Path sample : samples) {
            for (FunctionStyle style : FunctionStyle.values()) {
                for (KvCache cache : List.of(new KvCache.None(), new KvCache.Dynamic(), new KvCache.Static(64))) {
                    graphs.add(Arguments.of(sample, new GraphOptions(21, style, cache, DType.FLOAT32)));
                    graphs.add(Arguments.of(sample, new GraphOptions(23, style, cache, DType.FLOAT32)));
                }
            }
        }
        return graphs;
    }

    private static Model graph(Path sample, GraphOptions options) {
        try (SourceModel source = SourceModel.open(sample, Families.all())) {
            return new ModelExport(options, "test").graph(source, finding -> {});
        }
    }

    @ParameterizedTest
    @MethodSource("graphs")
    void graph_ofAModel_hasNoFindings(Path sample, GraphOptions options) {
        assertThat(ModelChecker.check(graph(sample, options))).isEmpty();
    }

    @ParameterizedTest
    @MethodSource("graphs")
    void graph_ofAModel_hasReadableNames(Path sample, GraphOptions options) {
        assertThat(GraphNames.unreadable(graph(sample, options))).isEmpty();
    }
}
