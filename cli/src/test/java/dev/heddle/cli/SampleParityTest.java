package dev.heddle.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.heddle.exporter.graph.DType;
import dev.heddle.exporter.graph.FunctionStyle;
import dev.heddle.exporter.graph.Model;
import dev.heddle.exporter.onnx.ModelChecker;
import dev.heddle.exporter.onnx.ModelReader;
import dev.heddle.exporter.onnx.StagedFolder;
import dev.heddle.models.attention.KvCache;
import dev.heddle.models.decoder.GraphOptions;
import dev.heddle.models.export.ModelExport;
import dev.heddle.models.family.Families;
import dev.heddle.models.family.SourceModel;
import dev.heddle.runtime.cache.ChunkSizes;
import dev.heddle.runtime.cache.Decoder;
import dev.heddle.runtime.cache.Forward;
import dev.heddle.runtime.cache.TokenBlock;
import dev.heddle.runtime.session.HostTensor;
import dev.heddle.runtime.session.ModelSession;
import dev.heddle.runtime.session.SessionOptions;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Checkpoints with logits from their official code, exported in every form and run on ONNX Runtime. */
final class SampleParityTest {

    static final Path SAMPLES = Path.of("../models/src/test/resources/samples");

    private static final List<String> NAMES =
            List.of("ram-mta-v1", "ram-mta-v2", "baichuan-m1-tiny", "llama-tiny", "diffllama-tiny");

    /** Largest difference as part of the largest logit: a hundredth of what 1e-4 relative would allow. */
    private static final double TOLERANCE = 1e-5;

    private static final List<KvCache> CACHES =
            List.of(new KvCache.None(), new KvCache.Dynamic(), new KvCache.Static(40));

    @TempDir
    Path folder;

    /** A sample in one form. */
    record Form(String sample, int opset, FunctionStyle style, KvCache cache) {}

    static Stream<Form> forms() {
        return NAMES.stream().flatMap(name -> Stream.of(21, 23).flatMap(opset -> Arrays.stream(FunctionStyle.values())
                .flatMap(style -> CACHES.stream().map(cache -> new Form(name, opset, style, cache)))));
    }

    static Stream<Form> cachedForms() {
        return forms().filter(form -> !(form.cache() instanceof KvCache.None));
    }

    private Path export(Form form) throws IOException {
        GraphOptions options = new GraphOptions(form.opset(), form.style(), form.cache(), DType.FLOAT32);
        Path target = folder.resolve("model");
        try (SourceModel source = SourceModel.open(SAMPLES.resolve(form.sample()), Families.all())) {
            new ModelExport(options, "test")
                    .write(source, target, StagedFolder.Existing.REFUSE, ModelExport.Listener.silent());
        }
        return target;
    }

    private static Map<String, HostTensor> expected(Form form) {
        return TensorFile.read(
                SAMPLES.resolve(form.sample()).resolve("expected.safetensors"), "logits", TokenInput.IDS);
    }

    @ParameterizedTest
    @MethodSource("forms")
    void logits_ofWholeSequence_equalOfficialOnes(Form form) throws IOException {
        assertLogits(form, ChunkSizes.whole());
    }

    @ParameterizedTest
    @MethodSource("cachedForms")
    void logits_inChunks_equalOfficialOnes(Form form) throws IOException {
        assertLogits(form, ChunkSizes.of(5, 1, 1, 3, 1));
    }

    private void assertLogits(Form form, ChunkSizes chunks) throws IOException {
        Map<String, HostTensor> official = expected(form);

        try (ModelSession session = ModelSession.open(export(form), SessionOptions.defaults())) {
            HostTensor logits =
                    new Forward(Decoder.of(session)).logits(TokenBlock.of(official.get("input_ids")), chunks);

            assertThat(scaleRelative(official.get("logits"), logits)).isLessThan(TOLERANCE);
        }
    }

    @ParameterizedTest
    @MethodSource("forms")
    void exportedFile_followsTheRulesOfOnnx(Form form) throws IOException {
        Model model = ModelReader.read(export(form).resolve("model.onnx"));

        assertThat(ModelChecker.check(model)).isEmpty();
    }

    /** NaN if one of the logits is NaN, so that no bound is met. */
    static double scaleRelative(HostTensor expected, HostTensor actual) {
        assertThat(actual.shape()).isEqualTo(expected.shape());
        double largest = 0;
        double difference = 0;
        for (int i = 0; i < expected.elementCount(); i++) {
            double right = expected.values().applyAsDouble(i);
            double judged = actual.values().applyAsDouble(i);
            largest = Math.max(largest, Math.abs(right));
            difference = Math.max(difference, Math.abs(right - judged));
        }
        return difference / largest;
    }
}
