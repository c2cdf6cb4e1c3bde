package dev.heddle.cli.trace;

import static org.assertj.core.api.Assertions.assertThat;

import dev.heddle.exporter.graph.DType;
import dev.heddle.exporter.graph.FunctionStyle;
import dev.heddle.exporter.graph.Literal;
import dev.heddle.exporter.graph.Model;
import dev.heddle.exporter.onnx.ModelReader;
import dev.heddle.exporter.onnx.ModelWriter;
import dev.heddle.exporter.onnx.StagedFolder;
import dev.heddle.models.attention.KvCache;
import dev.heddle.models.decoder.GraphOptions;
import dev.heddle.models.export.ModelExport;
import dev.heddle.models.family.Families;
import dev.heddle.models.family.SourceModel;
import dev.heddle.runtime.cache.Decoder;
import dev.heddle.runtime.cache.Forward;
import dev.heddle.runtime.cache.TokenBlock;
import dev.heddle.runtime.parity.CausalCheck;
import dev.heddle.runtime.parity.DecodeCheck;
import dev.heddle.runtime.parity.Precision;
import dev.heddle.runtime.parity.TensorComparison;
import dev.heddle.runtime.session.HostTensor;
import dev.heddle.runtime.session.ModelSession;
import dev.heddle.runtime.session.SessionOptions;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Checks of behaviour and of weights, on models that are right and on models that are wrong in one place. */
final class BrokenModelChecksTest {

    private static final Path SAMPLES = Path.of("../models/src/test/resources/samples");
    private static final String LAYER = "layers.1.attention.";
    private static final int VOCABULARY = 30;

    @TempDir
    Path folder;

    private static TokenBlock tokens() {
        long[] ids = new long[2 * 9];
        for (int i = 0; i < ids.length; i++) {
            ids[i] = 1 + i * 7 % 29;
        }
        return TokenBlock.of(HostTensor.ofLongs(ids, 2, 9));
    }

    private static GraphOptions options(KvCache cache) {
        return new GraphOptions(21, FunctionStyle.INLINE, cache, DType.FLOAT32);
    }

    private Model export(String sample, KvCache cache) throws IOException {
        Path target = folder.resolve("right");
        try (SourceModel source = SourceModel.open(SAMPLES.resolve(sample), Families.all())) {
            new ModelExport(options(cache), "test")
                    .write(source, target, StagedFolder.Existing.REFUSE, ModelExport.Listener.silent());
        }
        return ModelReader.read(target.resolve(ModelWriter.MODEL_FILE));
    }

    private ModelSession broken(UnaryOperator<GraphEdit> plant) throws IOException {
        Model model = plant.apply(GraphEdit.of(export("ram-mta-v2", new KvCache.Dynamic())))
                .done();
        Path target = Files.createDirectory(folder.resolve("broken"));
        new ModelWriter(target, (weight, bytes) -> {}).write(model);
        return ModelSession.open(target, SessionOptions.defaults());
    }

    @ParameterizedTest
    @ValueSource(strings = {"ram-mta-v1", "ram-mta-v2", "baichuan-m1-tiny", "llama-tiny", "diffllama-tiny"})
    void rightModel_passesAllChecks(String sample) throws IOException {
        Model model = export(sample, new KvCache.Static(16));
        try (ModelSession session = ModelSession.open(folder.resolve("right"), SessionOptions.defaults());
                SourceModel source = SourceModel.open(SAMPLES.resolve(sample), Families.all())) {
            Forward forward = new Forward(Decoder.of(session));

            DecodeCheck.Result decode = DecodeCheck.of(forward, tokens(), true, Precision.FLOAT32);
            assertThat(decode.comparisons()).hasSize(7).allMatch(TensorComparison::passed);
            assertThat(decode.growth()).hasSize(9).allMatch(error -> error < 1e-4);
            assertThat(CausalCheck.of(forward, tokens(), VOCABULARY)).isEmpty();
            assertThat(WeightAudit.of(
                            new ModelExport(options(new KvCache.Static(16)), "test").graph(source, finding -> {}),
                            model))
                    .isNotEmpty()
                    .allMatch(WeightAudit.Entry::passed);
        }
    }

    @Test
    void cachedQueryTooFew_isWrongOnlyStepByStep() throws IOException {
        try (ModelSession session =
                broken(edit -> edit.constant("nine", Literal.int64s(-9)).reroute("present.1.query", 1, "nine"))) {
            DecodeCheck.Result result =
                    DecodeCheck.of(new Forward(Decoder.of(session)), tokens(), true, Precision.FLOAT32);

            // Nine rows are enough for the first ten tokens; from then on the oldest is missed.
            assertThat(result.passed()).isTrue();
            DecodeCheck.Result longer =
                    DecodeCheck.of(new Forward(Decoder.of(session)), longTokens(), true, Precision.FLOAT32);
            assertThat(longer.comparisons())
                    .filteredOn(comparison -> !comparison.passed())
                    .extracting(TensorComparison::name)
                    .containsExactly(
                            "logits, one token at a time",
                            "logits, chunks of 5,1,1,3,2",
                            "logits, two halves",
                            "logits, left padding, then one at a time");
            assertThat(longer.growth().get(9)).isLessThan(1e-4);
            assertThat(longer.growth().get(19)).isGreaterThan(1e-4);
        }
    }

    private static TokenBlock longTokens() {
        long[] ids = new long[24];
        for (int i = 0; i < ids.length; i++) {
            ids[i] = 1 + i * 11 % 29;
        }
        return TokenBlock.of(ids);
    }

    @Test
    void keysOfTheFuture_areSeenAtTheirPosition() throws IOException {
        try (ModelSession session = broken(edit ->
                edit.replace(LAYER + "causal", "GreaterOrEqual", Map.of(), LAYER + "key_slots", LAYER + "key_slots"))) {
            List<CausalCheck.Leak> leaks = CausalCheck.of(new Forward(Decoder.of(session)), tokens(), VOCABULARY);

            assertThat(leaks).hasSize(2 * 8);
            assertThat(leaks.get(0)).hasToString("logits at [0, 0] change with the token at [0, 1]");
        }
    }

    @Test
    void weightWithAZeroedRow_isNamed() throws IOException {
        Model right = export("ram-mta-v2", new KvCache.Dynamic());
        String name = "layers.1.feed_forward.w2.weight_t";
        Model wrong = GraphEdit.of(right)
                .weight(name, values -> {
                    float[] changed = values.clone();
                    Arrays.fill(changed, 64, 96, 0);
                    return changed;
                })
                .done();

        assertThat(WeightAudit.of(right, wrong))
                .filteredOn(entry -> !entry.passed())
                .singleElement()
                .satisfies(entry -> {
                    assertThat(entry.name()).isEqualTo(name);
                    assertThat(entry.problem()).isEqualTo("32 of 3072 elements differ, the first is element 64");
                });
    }

    @Test
    void weightsThatOneSideLacks_areNamed() throws IOException {
        Model right = export("ram-mta-v2", new KvCache.Dynamic());
        Model more = GraphEdit.of(right).constant("extra", Literal.int64s(1)).done();

        assertThat(WeightAudit.of(right, more))
                .filteredOn(entry -> !entry.passed())
                .singleElement()
                .hasToString("Entry[name=extra, bytes=8, problem=is not in the source's graph]");
        assertThat(WeightAudit.of(more, right))
                .filteredOn(entry -> !entry.passed())
                .singleElement()
                .hasToString("Entry[name=extra, bytes=8, problem=is missing]");
    }
}
