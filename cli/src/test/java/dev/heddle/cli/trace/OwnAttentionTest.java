package dev.heddle.cli.trace;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.heddle.exporter.graph.DType;
import dev.heddle.exporter.graph.FunctionStyle;
import dev.heddle.exporter.graph.Literal;
import dev.heddle.exporter.rewrite.ScoreOutputs;
import dev.heddle.models.attention.KvCache;
import dev.heddle.models.decoder.GraphOptions;
import dev.heddle.runtime.cache.AttentionMask;
import dev.heddle.runtime.cache.TokenBlock;
import dev.heddle.runtime.parity.Grid;
import dev.heddle.runtime.parity.Illustration;
import dev.heddle.runtime.parity.Section;
import dev.heddle.runtime.session.HostTensor;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Scores of ONNX's own {@code Attention}, opset 23, whose softmax is no node. */
final class OwnAttentionTest {

    private static final String FIRST = "model.layers.0.self_attn.attended";

    @TempDir
    Path folder;

    private static ExportedSample sample(String name, KvCache cache) {
        return new ExportedSample(name, new GraphOptions(23, FunctionStyle.FUNCTION, cache, DType.FLOAT32));
    }

    private static TokenBlock tokens() {
        long[] ids = new long[2 * 12];
        for (int i = 0; i < ids.length; i++) {
            ids[i] = 1 + i * 5 % 23;
        }
        return TokenBlock.of(HostTensor.ofLongs(ids, 2, 12));
    }

    private static ValueTrace trace(TracedSide right, TracedSide judged, TokenBlock tokens) throws IOException {
        return ValueTrace.start(right, judged, new GraphInputs("test", judged.model(), 0).of(tokens, Map.of()));
    }

    private static List<Illustration.AttentionScores> scores(Section section) {
        return section.illustrations().stream()
                .flatMap(shown ->
                        shown instanceof Illustration.AttentionScores scores ? Stream.of(scores) : Stream.empty())
                .toList();
    }

    static Stream<Arguments> samples() {
        return Stream.of("llama-tiny", "baichuan-m1-tiny")
                .flatMap(name ->
                        Stream.of(new KvCache.None(), new KvCache.Dynamic()).map(cache -> Arguments.of(name, cache)));
    }

    @ParameterizedTest
    @MethodSource("samples")
    void rightModel_showsScoresOfBothSides_inEveryLook(String name, KvCache cache) throws IOException {
        ExportedSample sample = sample(name, cache);
        try (TracedSide right = sample.reference();
                OrtSide judged = ExportedSample.judged(sample.write(folder));
                ValueTrace trace = trace(right, judged, tokens())) {
            assertThat(judged.model().graph().nodes())
                    .anyMatch(node -> ScoreOutputs.of(node).isPresent());

            for (Section section : List.of(ValueSections.all(trace), ValueSections.alone(trace))) {
                assertThat(section.failures()).as("%s", section.findings()).isZero();
                assertThat(scores(section)).isNotEmpty().allSatisfy(map -> {
                    assertThat(map.title()).contains("_scores[");
                    assertRowsAreProbabilities(map.expected());
                    assertRowsAreProbabilities(map.actual());
                });
            }
        }
    }

    private static void assertRowsAreProbabilities(Grid grid) {
        assertThat(grid.rows()).isEqualTo(12);
        assertThat(IntStream.range(0, grid.rows()).mapToDouble(row -> sum(grid, row)))
                .allSatisfy(sum -> assertThat(sum).isCloseTo(1, within(1e-4)));
    }

    private static double sum(Grid grid, int row) {
        return IntStream.range(0, grid.columns())
                .mapToDouble(column -> grid.at(row, column))
                .sum();
    }

    /** What a row of pads attends to is nobody's business, but it must not be an alarm. */
    @Test
    void padsInFront_areNoAlarm() throws IOException {
        ExportedSample sample = sample("llama-tiny", new KvCache.Dynamic());
        TokenBlock padded = tokens().withMask(AttentionMask.leftPadded(12, new int[] {12, 7}));
        try (TracedSide right = sample.reference();
                OrtSide judged = ExportedSample.judged(sample.write(folder));
                ValueTrace trace = trace(right, judged, padded)) {
            assertThat(ValueSections.all(trace).comparisons())
                    .filteredOn(comparison -> !comparison.passed())
                    .isEmpty();
        }
    }

    /** The scores are the first value that shows it. */
    @Test
    void scaleThatIsOff_isSeenInTheScores() throws IOException {
        ExportedSample sample = sample("llama-tiny", new KvCache.Dynamic());
        Path broken = sample.writeBroken(folder, edit -> edit.constant("twice", Literal.float32(2))
                .add("twice_q", "Mul", Map.of(), queries(sample), "twice")
                .reroute(FIRST, 0, "twice_q"));
        try (TracedSide right = sample.reference();
                OrtSide judged = ExportedSample.judged(broken);
                ValueTrace trace = trace(right, judged, tokens())) {
            Section values = ValueSections.all(trace);

            Illustration.AttentionScores map = scores(values).get(0);
            assertThat(map.expected().at(11, 0)).isNotCloseTo(map.actual().at(11, 0), within(1e-3));
            assertThat(BisectionSection.of(trace, (from, node) -> {})
                            .get(0)
                            .findings()
                            .get(0)
                            .where())
                    .isEqualTo(FIRST + "/Attention");
        }
    }

    /** What the first attention takes as queries. */
    private static String queries(ExportedSample sample) {
        try (var source = sample.source()) {
            return sample.graph(source).graph().nodes().stream()
                    .filter(node -> node.opType().equals("Attention"))
                    .findFirst()
                    .orElseThrow()
                    .inputs()
                    .get(0);
        }
    }
}
