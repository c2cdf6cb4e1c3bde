package dev.heddle.models.export;

import dev.heddle.exporter.graph.Model;
import dev.heddle.exporter.onnx.ModelWriter;
import dev.heddle.exporter.onnx.StagedFolder;
import dev.heddle.exporter.onnx.UnwritableFileException;
import dev.heddle.exporter.onnx.WriteOptions;
import dev.heddle.models.checkpoint.Checkpoint;
import dev.heddle.models.decoder.DecoderEmitter;
import dev.heddle.models.decoder.GraphOptions;
import dev.heddle.models.family.Families;
import dev.heddle.models.family.SourceModel;
import dev.heddle.models.layout.KeptFile;
import dev.heddle.models.layout.SourcePlan;
import dev.heddle.models.layout.SourcePlanner;
import dev.heddle.models.weight.QuantizationError;
import dev.heddle.models.weight.WeightFinding;
import dev.heddle.models.weight.WeightListener;
import dev.heddle.models.weight.WeightReader;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.ConcurrentSkipListMap;

/**
 * Writes a source as a model folder: {@code model.onnx}, its data files, and the source's tokenizer and configuration files. The folder appears when it is
 * complete; a failure leaves nothing. Thread-safe.
 *
 * @param exporterVersion written into the model
 * @param files how the weights are laid out and written
 */
public record ModelExport(GraphOptions options, String exporterVersion, WriteOptions files) {

    /** Of the metadata in which a model describes itself. */
    public static final String METADATA_KEY = ModelDescription.KEY;

    private static final String DIGEST = "sha256:";

    /** With one data file. */
    public ModelExport(GraphOptions options, String exporterVersion) {
        this(options, exporterVersion, WriteOptions.defaults());
    }

    /** Told how an export goes on. */
    public interface Listener extends WeightListener {
        /** Called once before the first weight. */
        void started(long weightBytes);

        /** Called after each piece of a weight; by several threads, one at a time. */
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
        return graph(source, source.checkpoint(), listener);
    }

    private Model graph(SourceModel source, Checkpoint checkpoint, WeightListener listener) {
        WeightReader weights = new WeightReader(checkpoint, options.numerics().overflow(), listener);
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
            SourcePlan plan =
                    SourcePlanner.plan(source, Families.named(source.decoder().family()), CompanionFiles.of(source));
            try (Aside kept = Aside.start(() -> KeptFile.write(plan, source.checkpoint(), folder.path()))) {
                writeModel(source, plan, folder.path(), listener);
                kept.finish();
            }
            CompanionFiles.write(source, folder.path());
            writeGenAiConfig(source, folder.path());
            folder.commit();
        } catch (UnwritableFileException e) {
            throw e.renamed(target.resolve(e.file().getFileName()));
        }
    }

    private GenAiConfig genAiConfig(SourceModel source) {
        return new GenAiConfig(source.decoder(), options.cache(), CompanionFiles.generation(source));
    }

    private void writeGenAiConfig(SourceModel source, Path folder) throws IOException {
        GenAiConfig config = genAiConfig(source);
        if (config.obstacle().isEmpty()) {
            CompanionFiles.writeText(
                    folder.resolve(GenAiConfig.FILE), config.json().toPrettyString() + "\n");
        }
    }

    private void writeModel(SourceModel source, SourcePlan plan, Path folder, Listener listener) throws IOException {
        DigestedCheckpoint digested = new DigestedCheckpoint(source.checkpoint());
        Checkpoint checkpoint = source.isStored() ? digested : source.checkpoint();
        // Weights end in any order; what is said of them must not.
        Map<String, WeightFinding> findings = new ConcurrentSkipListMap<>();
        Map<String, QuantizationError> losses = new ConcurrentSkipListMap<>();
        Model model = graph(source, checkpoint, new WeightListener() {
            @Override
            public void found(WeightFinding finding) {
                findings.put(finding.weight(), finding);
            }

            @Override
            public void quantized(QuantizationError error) {
                losses.put(error.weight(), error);
            }
        });
        listener.started(ModelWriter.weightBytes(model));
        new ModelWriter(folder, files, listener::written)
                .write(model, written -> described(written, source, plan, digested));
        findings.values().forEach(listener::found);
        losses.values().forEach(listener::quantized);
    }

    /** The provenance that a model says of itself if this checkpoint is its source; reads all of it. */
    public static String provenance(Checkpoint checkpoint) {
        return DIGEST + new DigestedCheckpoint(checkpoint).digest();
    }

    /** The contents' digest for a checkpoint; a preset's name says all. */
    private Model described(Model model, SourceModel source, SourcePlan plan, DigestedCheckpoint digested) {
        String provenance = source.isStored() ? DIGEST + digested.digest() : source.origin();
        return model.withMetadata(
                ModelDescription.KEY,
                ModelDescription.of(
                        source.decoder(),
                        options,
                        exporterVersion,
                        provenance,
                        plan,
                        genAiConfig(source).obstacle()));
    }
}
