package dev.heddle.cli.trace;

import static org.assertj.core.api.Assertions.assertThat;

import dev.heddle.exporter.graph.DType;
import dev.heddle.exporter.graph.FunctionStyle;
import dev.heddle.exporter.graph.Model;
import dev.heddle.exporter.onnx.ModelReader;
import dev.heddle.exporter.onnx.ModelWriter;
import dev.heddle.exporter.onnx.StagedFolder;
import dev.heddle.models.attention.KvCache;
import dev.heddle.models.decoder.GraphOptions;
import dev.heddle.models.export.ModelExport;
import dev.heddle.models.family.Families;
import dev.heddle.models.family.SourceModel;
import dev.heddle.runtime.cache.AttentionMask;
import dev.heddle.runtime.cache.TokenBlock;
import dev.heddle.runtime.parity.Precision;
import dev.heddle.runtime.session.HostTensor;
import dev.heddle.runtime.session.ModelSession;
import dev.heddle.runtime.session.OpsMode;
import dev.heddle.runtime.session.SessionOptions;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The search for the first wrong node, on models that are wrong in a known place and on models that are right. */
final class PlantedFaultTest {

    private static final Path SAMPLES = Path.of("../models/src/test/resources/samples");
    private static final GraphOptions EXPANDED =
            new GraphOptions(21, FunctionStyle.INLINE, new KvCache.Dynamic(), DType.FLOAT32);

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

    private Path export(String sample) throws IOException {
        Path target = folder.resolve("right");
        try (SourceModel source = SourceModel.open(SAMPLES.resolve(sample), Families.all())) {
            new ModelExport(EXPANDED, "test")
                    .write(source, target, StagedFolder.Existing.REFUSE, ModelExport.Listener.silent());
        }
        return target.resolve(ModelWriter.MODEL_FILE);
    }

    private static TracedSide reference(String sample) {
        SourceModel source = SourceModel.open(SAMPLES.resolve(sample), Families.all());
        Model graph = new ModelExport(EXPANDED, "test").graph(source, finding -> {});
        return new InterpretedSide(sample, graph, source::close);
    }

    private static OrtSide side(Path file) throws IOException {
        return new OrtSide(
                file,
                ModelReader.read(file),
                SessionOptions.builder().ops(OpsMode.PORTABLE).build());
    }

    private Path broken(PlantedFault fault) throws IOException {
        Model right = ModelReader.read(export(fault.sample()));
        Path target = Files.createDirectory(folder.resolve("broken"));
        new ModelWriter(target, (weight, bytes) -> {})
                .write(fault.plant().apply(GraphEdit.of(right)).done());
        return target.resolve(ModelWriter.MODEL_FILE);
    }

    @ParameterizedTest
    @EnumSource
    void bisection_namesTheNodeThatIsWrong_andWritesItAlone(PlantedFault fault) throws IOException {
        try (TracedSide right = reference(fault.sample());
                OrtSide judged = side(broken(fault));
                ValueTrace trace = ValueTrace.start(right, judged, TraceInputs.fresh(judged.model(), tokens()))) {
            Bisection.Found found = new Bisection(trace).find().orElseThrow();

            assertThat(found.own()).isPresent();
            assertThat(found.own().get().node()).isEqualTo(fault.place());
            Path repro = folder.resolve("repro");
            Map<String, HostTensor> written = new TreeMap<>();
            Reproduction.write(trace, found.own().get(), repro, (file, tensors) -> {
                tensors.forEach((name, tensor) -> written.put(file.getFileName() + " " + name, tensor));
                Files.createFile(file);
            });
            assertReproduces(repro, written);
        }
    }

    /** The node alone still gives something else than expected. */
    private static void assertReproduces(Path repro, Map<String, HostTensor> written) {
        Map<String, HostTensor> inputs = tensors(written, Reproduction.INPUTS);
        try (ModelSession session = ModelSession.open(repro.resolve(Reproduction.MODEL), SessionOptions.defaults())) {
            Map<String, HostTensor> results = session.run(inputs);
            assertThat(tensors(written, Reproduction.EXPECTED)).anySatisfy((name, expected) -> assertThat(
                            ValueComparison.of("alone", name, expected, results.get(name), Precision.FLOAT32)
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
    void bisection_ofARightModel_findsNothing(String sample) throws IOException {
        try (TracedSide right = reference(sample);
                OrtSide judged = side(export(sample));
                ValueTrace trace = ValueTrace.start(right, judged, TraceInputs.fresh(judged.model(), tokens()))) {
            assertThat(new Bisection(trace).find()).isEmpty();
        }
    }
}
