package dev.heddle.models.export;

import dev.heddle.exporter.graph.Model;
import dev.heddle.exporter.onnx.ModelWriter;
import dev.heddle.exporter.onnx.StagedFolder;
import dev.heddle.models.checkpoint.Checkpoint;
import dev.heddle.models.decoder.Decoder;
import dev.heddle.models.decoder.DecoderEmitter;
import dev.heddle.models.decoder.GraphOptions;
import dev.heddle.models.weight.WeightFinding;
import dev.heddle.models.weight.WeightReader;
import java.io.IOException;
import java.nio.file.Path;
import java.util.function.Consumer;

/**
 * Writes a source as a model folder: {@code model.onnx}, its data file, and the source's tokenizer and configuration files. The folder appears when it is
 * complete; a failure leaves nothing. Thread-safe.
 *
 * @param exporterVersion written into the model
 */
public record ModelExport(GraphOptions options, String exporterVersion) {

    /** Told how an export goes on. */
    public interface Listener {
        /** Called once before the first weight. */
        void started(long weightBytes);

        /** Called after each weight. */
        void written(String weight, long bytes);

        /** Called for a weight whose values look wrong. */
        void found(WeightFinding finding);

        /** Hears nothing. */
        static Listener silent() {
            return new Listener() {
                @Override
                public void started(long weightBytes) {}

                @Override
                public void written(String weight, long bytes) {}

                @Override
                public void found(WeightFinding finding) {}
            };
        }
    }

    /** Writes the files that lie beside the weights into the new folder. */
    @FunctionalInterface
    public interface Companions {
        void copyTo(Path folder) throws IOException;

        /** Those beside a checkpoint in this folder. */
        static Companions of(Path folder) {
            return target -> CompanionFiles.copy(folder, target);
        }
    }

    /** The graph alone, with weights that are read when it is written; says where it came from. */
    public Model graph(Decoder decoder, Checkpoint checkpoint, String source, Consumer<WeightFinding> findings) {
        WeightReader weights = new WeightReader(checkpoint, findings);
        Model model = new DecoderEmitter(decoder, options, weights::data).emit(exporterVersion);
        return model.withMetadata(ModelDescription.KEY, ModelDescription.of(decoder, options, exporterVersion, source));
    }

    /**
     * @param source where the weights came from, for the model's description; see {@link #digest}
     * @param target folder to make
     * @throws java.nio.file.FileAlreadyExistsException if the target exists and may not be replaced
     * @throws IOException if a file cannot be read or written
     */
    public void write(
            Decoder decoder,
            Checkpoint checkpoint,
            String source,
            Companions companions,
            Path target,
            StagedFolder.Existing existing,
            Listener listener)
            throws IOException {
        try (StagedFolder folder = StagedFolder.open(target, existing)) {
            Model model = graph(decoder, checkpoint, source, listener::found);
            listener.started(ModelWriter.weightBytes(model));
            new ModelWriter(folder.path(), listener::written).write(model);
            companions.copyTo(folder.path());
            folder.commit();
        }
    }

    /** {@code sha256:...} of the checkpoint's tensors; reads all of them once. */
    public static String digest(Checkpoint checkpoint) {
        return "sha256:" + SourceDigest.of(checkpoint);
    }
}
