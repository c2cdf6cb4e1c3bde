package dev.heddle.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.heddle.cli.trace.GraphInputs;
import dev.heddle.cli.trace.InterpretedSide;
import dev.heddle.cli.trace.OrtSide;
import dev.heddle.cli.trace.TracedSide;
import dev.heddle.cli.trace.ValueSections;
import dev.heddle.cli.trace.ValueTrace;
import dev.heddle.exporter.onnx.ModelReader;
import dev.heddle.exporter.onnx.ModelWriter;
import dev.heddle.exporter.onnx.StagedFolder;
import dev.heddle.exporter.rewrite.Inliner;
import dev.heddle.models.export.ModelExport;
import dev.heddle.models.family.SourceModel;
import dev.heddle.models.preset.Initialization;
import dev.heddle.runtime.parity.Section;
import dev.heddle.runtime.parity.TensorComparison;
import dev.heddle.runtime.session.HostTensor;
import dev.heddle.runtime.session.OpsMode;
import dev.heddle.runtime.session.SessionOptions;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.stream.Stream;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** No false alarm: every value inside random models is within the shipped table, and what each node makes is too. */
final class TracedFuzzTest {

    private static final int CASES = 24;

    @TempDir
    private Path folder;

    static Stream<FuzzRun.Case> cases() {
        SplittableRandom random = new SplittableRandom(23);
        return Stream.generate(() -> FuzzRun.Case.random(random.split())).limit(CASES);
    }

    @ParameterizedTest
    @MethodSource("cases")
    void innerValues_areWithinTheTable(FuzzRun.Case tried) throws IOException {
        try (SourceModel source = tried.model().preset().open(Initialization.RANDOM, tried.seed())) {
            var export = new ModelExport(tried.options(), "test");
            Path target = folder.resolve("model");
            export.write(source, target, StagedFolder.Existing.REFUSE, ModelExport.Listener.silent());
            Path file = target.resolve(ModelWriter.MODEL_FILE);
            var portable = SessionOptions.builder().ops(OpsMode.PORTABLE).build();
            var judged = new OrtSide(file, Inliner.inline(ModelReader.read(file)), portable);
            TracedSide right = new InterpretedSide("random", export.graph(source, finding -> {}), () -> {});
            Map<String, HostTensor> inputs = new GraphInputs("random", judged.model(), 0)
                    .of(tried.tokens(source.decoder().vocabSize()), Map.of());
            try (ValueTrace trace = ValueTrace.start(right, judged, inputs)) {
                assertPasses(ValueSections.all(trace), trace);
                assertPasses(ValueSections.alone(trace), trace);
            }
        }
    }

    private static void assertPasses(Section section, ValueTrace trace) {
        assertThat(section.comparisons()).hasSize(trace.names().size()).allSatisfy(comparison -> assertThat(comparison)
                .as(comparison.line())
                .matches(TensorComparison::passed));
    }
}
