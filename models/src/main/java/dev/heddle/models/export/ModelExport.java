package dev.heddle.models.export;

import dev.heddle.exporter.graph.Model;
import dev.heddle.exporter.onnx.ModelWriter;
import dev.heddle.exporter.onnx.StagedFolder;
import dev.heddle.exporter.onnx.UnwritableFileException;
import dev.heddle.models.decoder.DecoderEmitter;
import dev.heddle.models.decoder.GraphOptions;
import dev.heddle.models.family.SourceModel;
import dev.heddle.models.weight.WeightFinding;
import dev.heddle.models.weight.WeightListener;
import dev.heddle.models.weight.WeightReader;
import java.io.IOException;
import java.nio.file.Path;

/**
 * Writes a source as a model folder: {@code model.onnx}, its data file, and the source's tokenizer and configuration files. The folder appears when it is
 * complete; a failure leaves nothing. Thread-safe.
 *
 * @param exporterVersion written into the model
 */
public record ModelExport(GraphOptions options, String exporterVersion) {

    /** Told how an export goes on. */
    public interface Listener extends WeightListener {
        /** Called once before the first weight. */
        void started(long weightBytes);

        /** Called after each weight. */
        void written(String weight, long bytes);

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

    /** The graph alone, with weights that are read when it is written. */
    public Model graph(SourceModel source, WeightListener listener) {
        WeightReader weights =
                new WeightReader(source.checkpoint(), options.numerics().overflow(), listener);
        return new DecoderEmitter(source.decoder(), options, weights::data).emit(exporterVersion);
    }

    /**
     * @param target folder to make
     * @throws java.nio.file.FileAlreadyExistsException if the target exists and may not be replaced
     * @throws IOException if a file cannot be read or written
     */
    public void write(SourceModel source, Path target, StagedFolder.Existing existing, Listener listener)
            throws IOException {
        try (StagedFolder folder = StagedFolder.open(target, existing)) {
            Model model = graph(source, listener)
                    .withMetadata(
                            ModelDescription.KEY,
                            ModelDescription.of(source.decoder(), options, exporterVersion, provenance(source)));
            listener.started(ModelWriter.weightBytes(model));
            new ModelWriter(folder.path(), listener::written).write(model);
            CompanionFiles.write(source, folder.path());
            folder.commit();
        } catch (UnwritableFileException e) {
            throw e.renamed(target.resolve(e.file().getFileName()));
        }
    }

    /** The contents' digest for a checkpoint; a preset's name says all. */
    private static String provenance(SourceModel source) {
        return source.isStored() ? "sha256:" + SourceDigest.of(source.checkpoint()) : source.origin();
    }
}
