package dev.heddle.cli.trace;

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
import dev.heddle.runtime.session.OpsMode;
import dev.heddle.runtime.session.SessionOptions;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.function.UnaryOperator;

/** A sample as a model, as it should be or with a mistake in it. */
record ExportedSample(String name, GraphOptions options) {

    private static final Path SAMPLES = Path.of("../models/src/test/resources/samples");

    /** Its functions expanded, opset 21. */
    static ExportedSample of(String name) {
        return of(name, new KvCache.Dynamic());
    }

    /** Its functions expanded. */
    static ExportedSample of(String name, int opset) {
        return new ExportedSample(
                name, new GraphOptions(opset, FunctionStyle.INLINE, new KvCache.Dynamic(), DType.FLOAT32));
    }

    static ExportedSample of(String name, KvCache cache) {
        return new ExportedSample(name, new GraphOptions(21, FunctionStyle.INLINE, cache, DType.FLOAT32));
    }

    SourceModel source() {
        return SourceModel.open(SAMPLES.resolve(name), Families.all());
    }

    private ModelExport export() {
        return new ModelExport(options, "test");
    }

    Model graph(SourceModel source) {
        return export().graph(source, finding -> {});
    }

    /** What the model is to be compared with. */
    TracedSide reference() {
        SourceModel source = source();
        return new InterpretedSide(name, graph(source), source::close);
    }

    /** @return the model file, in {@code right} of that folder */
    Path write(Path folder) throws IOException {
        Path target = folder.resolve("right");
        try (SourceModel source = source()) {
            export().write(source, target, StagedFolder.Existing.REFUSE, ModelExport.Listener.silent());
        }
        return target.resolve(ModelWriter.MODEL_FILE);
    }

    /** @return the model file, in {@code broken} of that folder */
    Path writeBroken(Path folder, UnaryOperator<GraphEdit> plant) throws IOException {
        Model right = ModelReader.read(write(folder));
        Path target = Files.createDirectory(folder.resolve("broken"));
        new ModelWriter(target, (weight, bytes) -> {})
                .write(plant.apply(GraphEdit.of(right)).done());
        return target.resolve(ModelWriter.MODEL_FILE);
    }

    /** A model file on ONNX Runtime. */
    static OrtSide judged(Path file) throws IOException {
        return new OrtSide(
                file,
                ModelReader.read(file),
                SessionOptions.builder().ops(OpsMode.PORTABLE).build());
    }
}
