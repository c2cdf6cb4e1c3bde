package dev.heddle.models.convert;

import dev.heddle.exporter.onnx.StagedFolder;
import dev.heddle.exporter.onnx.UnwritableFileException;
import dev.heddle.models.checkpoint.CheckpointFile;
import dev.heddle.models.checkpoint.ModelFormatException;
import dev.heddle.models.export.ModelExport;
import dev.heddle.models.family.Families;
import dev.heddle.models.family.SourceModel;
import dev.heddle.models.layout.FilePlan;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Stream;

/**
 * Writes the source of a model folder: its tensors under their names, in their files. What was written is opened again as a source and compared with the digest that
 * the model has of its own. The folder appears when it is complete; a failure leaves nothing.
 */
public final class ModelConversion {

    private ModelConversion() {}

    /** Told how a conversion goes on. */
    public interface Listener {
        /** Called once before the first tensor. */
        void started(long tensorBytes);

        /** Called after each tensor. */
        void written(String tensor, long bytes);
    }

    /** What becomes of tensors whose source the model cannot tell. */
    public enum Rounded {
        /** Those in 16 bits stay in the model's element type; codes of few bits are refused. */
        AS_STORED,
        /** All are written as the numbers that the model has, in the source's element type. */
        DEQUANTIZED
    }

    /**
     * @param target folder to make
     * @throws java.nio.file.FileAlreadyExistsException if the target exists and may not be replaced
     * @throws ModelFormatException if the model is not as an export makes it, or has codes of few bits that
     *     are not to be dequantised
     * @throws IOException if a file cannot be read or written
     */
    public static Conversion write(
            Path model, Path target, Rounded rounded, StagedFolder.Existing existing, Listener listener)
            throws IOException {
        try (ExportedModel exported = ExportedModel.open(model);
                KeptHandle kept = new KeptHandle(KeptParts.open(model, exported.plan()))) {
            if (existing == StagedFolder.Existing.REPLACE && Files.exists(target, LinkOption.NOFOLLOW_LINKS)) {
                requireReplaceable(exported, target);
            }
            RestoredTensors restorer = new RestoredTensors(exported, kept.parts(), rounded);
            return write(exported, kept.parts(), restorer, target, existing, listener);
        }
    }

    private static Conversion write(
            ExportedModel exported,
            Optional<KeptParts> kept,
            RestoredTensors restorer,
            Path target,
            StagedFolder.Existing existing,
            Listener listener)
            throws IOException {
        try (StagedFolder folder = StagedFolder.open(target, existing)) {
            Map<String, Restored> tensors = restored(exported, restorer);
            listener.started(tensors.values().stream()
                    .mapToLong(tensor -> tensor.data().byteCount())
                    .sum());
            boolean whole = exported.plan().whole()
                    && kept.isPresent()
                    && tensors.values().stream().allMatch(tensor -> tensor.state() == Restored.State.SAME);
            SourceWriter writer = new SourceWriter(folder.path(), exported, tensors, listener);
            if (whole) {
                writer.writeWhole(kept.orElseThrow());
            } else {
                writer.writeAnew();
            }
            copyCompanions(exported, folder.path());
            boolean verified = verify(exported, folder.path());
            folder.commit();
            return Conversion.of(exported, tensors, whole, verified);
        } catch (UnwritableFileException e) {
            throw e.renamed(target.resolve(e.file().getFileName()));
        }
    }

    /** A folder with anything else in it is not the result of an earlier conversion. */
    private static void requireReplaceable(ExportedModel model, Path target) throws IOException {
        Set<String> written = new HashSet<>(model.plan().companions().keySet());
        model.plan().files().forEach(file -> written.add(file.path()));
        Optional<Path> other;
        try (Stream<Path> files = Files.walk(target)) {
            other = files.filter(file -> !Files.isDirectory(file, LinkOption.NOFOLLOW_LINKS))
                    .filter(file ->
                            !written.contains(target.relativize(file).toString().replace(File.separatorChar, '/')))
                    .sorted()
                    .findFirst();
        }
        if (other.isPresent()) {
            throw new IllegalArgumentException(target + ": expected a folder with nothing but files that the conversion"
                    + " writes, got one that also holds " + target.relativize(other.get())
                    + "; move that away or give another name");
        }
    }

    private static Map<String, Restored> restored(ExportedModel model, RestoredTensors restorer) {
        Map<String, Restored> tensors = new TreeMap<>();
        for (FilePlan file : model.plan().files()) {
            file.tensors().forEach((name, type) -> tensors.put(name, restorer.tensor(name, type)));
        }
        return tensors;
    }

    private static void copyCompanions(ExportedModel model, Path folder) throws IOException {
        for (Map.Entry<String, String> companion : model.plan().companions().entrySet()) {
            Path from = model.folder().resolve(companion.getValue());
            if (!Files.isRegularFile(from)) {
                throw new ModelFormatException(model.folder() + ": expected the file " + companion.getValue()
                        + " beside the model, which the source had, found none; copy it there");
            }
            Path to = folder.resolve(companion.getKey());
            try {
                Files.createDirectories(to.resolveSibling(""));
                Files.copy(from, to);
            } catch (IOException e) {
                throw UnwritableFileException.of(to, e);
            }
        }
    }

    /** Reads what was written as an export would; true if its contents are those the model was made from. */
    private static boolean verify(ExportedModel model, Path folder) {
        FilePlan first = model.plan().files().stream()
                .filter(file -> file.format() == CheckpointFile.Format.INDEX)
                .findFirst()
                .orElse(model.plan().files().get(0));
        try (SourceModel written = SourceModel.open(folder.resolve(first.path()), Families.all())) {
            return ModelExport.provenance(written.checkpoint()).equals(model.provenance());
        }
    }

    /** An optional resource as one that is always there. */
    private record KeptHandle(Optional<KeptParts> parts) implements AutoCloseable {
        @Override
        public void close() {
            parts.ifPresent(KeptParts::close);
        }
    }
}
