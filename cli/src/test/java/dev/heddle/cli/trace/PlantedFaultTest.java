package dev.heddle.cli.trace;

import static org.assertj.core.api.Assertions.assertThat;

import dev.heddle.runtime.cache.AttentionMask;
import dev.heddle.runtime.cache.TokenBlock;
import dev.heddle.runtime.parity.Depth;
import dev.heddle.runtime.parity.Finding;
import dev.heddle.runtime.parity.Illustration;
import dev.heddle.runtime.parity.Precision;
import dev.heddle.runtime.parity.Section;
import dev.heddle.runtime.parity.TensorComparer;
import dev.heddle.runtime.parity.TensorComparison;
import dev.heddle.runtime.session.HostTensor;
import dev.heddle.runtime.session.ModelSession;
import dev.heddle.runtime.session.SessionOptions;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The search for the first wrong node, on models that are wrong in a known place and on models that are right. */
final class PlantedFaultTest {

    @TempDir
    Path folder;

    /** Two sequences, one of them behind pads: some faults show only there. */
    private static TokenBlock tokens() {
        long[] ids = new long[2 * 14];
        for (int i = 0; i < ids.length; i++) {
            ids[i] = 1 + i * 7 % 29;
        }
        return TokenBlock.of(HostTensor.ofLongs(ids, 2, 14)).withMask(AttentionMask.leftPadded(14, new int[] {14, 9}));
    }

    private static ValueTrace trace(TracedSide right, TracedSide judged) throws IOException {
        Map<String, HostTensor> inputs = new GraphInputs("test", judged.model(), 0).of(tokens(), Map.of());
        return ValueTrace.start(right, judged, inputs);
    }

    @ParameterizedTest
    @EnumSource
    void bisection_namesTheNodeThatIsWrong_andWritesItAlone(PlantedFault fault) throws IOException {
        ExportedSample sample = fault.sample();
        Path repro = folder.resolve("repro");
        Map<String, HostTensor> written = new TreeMap<>();
        try (TracedSide right = sample.reference();
                OrtSide judged = ExportedSample.judged(sample.writeBroken(folder, fault.plant()));
                ValueTrace trace = trace(right, judged)) {
            List<Section> sections = BisectionSection.of(
                    trace,
                    (from, node) -> Reproduction.write(from, node, repro, (file, tensors) -> {
                        tensors.forEach((name, tensor) -> written.put(file.getFileName() + " " + name, tensor));
                        Files.createFile(file);
                    }));

            Section verdict = sections.get(0);
            assertThat(verdict.findings().get(0).status()).isEqualTo(Finding.Status.FAIL);
            assertThat(verdict.findings().get(0).where()).isEqualTo(fault.place());
            assertThat(verdict.failedTensors()).isPositive();
            assertThat(verdict.illustrations())
                    .filteredOn(Illustration.Neighbourhood.class::isInstance)
                    .singleElement()
                    .satisfies(drawn -> assertThat(((Illustration.Neighbourhood) drawn).nodes())
                            .hasSizeGreaterThan(1)
                            .anySatisfy(node -> {
                                assertThat(node.name()).isEqualTo(fault.place());
                                assertThat(node.severities().values()).anyMatch(severity -> severity > 1);
                            }));
        }
        assertReproduces(repro, written);
    }

    /** The node alone still gives something else than expected. */
    private static void assertReproduces(Path repro, Map<String, HostTensor> written) {
        Map<String, HostTensor> inputs = tensors(written, Reproduction.INPUTS);
        try (ModelSession session = ModelSession.open(repro.resolve(Reproduction.MODEL), SessionOptions.defaults())) {
            Map<String, HostTensor> results = session.run(inputs);
            assertThat(tensors(written, Reproduction.EXPECTED))
                    .anySatisfy((name, expected) -> assertThat(TensorComparer.of(Precision.FLOAT32)
                                    .values(name, Depth.nodes(2), expected, results.get(name))
                                    .passed())
                            .isFalse());
        }
    }

    private static Map<String, HostTensor> tensors(Map<String, HostTensor> written, String file) {
        Map<String, HostTensor> tensors = new TreeMap<>();
        written.forEach((name, tensor) -> {
            if (name.startsWith(file + " ")) {
                tensors.put(name.substring(file.length() + 1), tensor);
            }
        });
        return tensors;
    }

    @ParameterizedTest
    @ValueSource(strings = {"ram-mta-v1", "ram-mta-v2", "baichuan-m1-tiny", "llama-tiny", "diffllama-tiny"})
    void rightModel_isWrongNowhere(String name) throws IOException {
        ExportedSample sample = ExportedSample.of(name);
        try (TracedSide right = sample.reference();
                OrtSide judged = ExportedSample.judged(sample.write(folder));
                ValueTrace trace = trace(right, judged)) {
            assertThat(BisectionSection.of(trace, (from, node) -> {})).allMatch(section -> section.failures() == 0);
            assertPassesAll(trace, ValueSections.all(trace));
            assertPassesAll(trace, ValueSections.alone(trace));
        }
    }

    private static void assertPassesAll(ValueTrace trace, Section section) {
        assertThat(section.comparisons()).allMatch(TensorComparison::passed);
        assertThat(section.passedTensors()).isEqualTo(trace.names().size()).isGreaterThan(100);
        assertThat(section.illustrations())
                .hasAtLeastOneElementOfType(Illustration.AttentionScores.class)
                .hasAtLeastOneElementOfType(Illustration.ErrorMap.class);
    }
}
