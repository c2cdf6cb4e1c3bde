package dev.heddle.models.layout;

import dev.heddle.exporter.graph.TensorType;
import dev.heddle.models.checkpoint.CheckpointFile;
import dev.heddle.models.family.Family;
import dev.heddle.models.family.SourceFiles;
import dev.heddle.models.family.SourceModel;
import dev.heddle.models.weight.Inverse;
import dev.heddle.models.weight.Weight;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeSet;

/** Finds out how the files of a source are made up. */
public final class SourcePlanner {

    /**
     * More that is no tensor (the state of an optimizer, matrices stored turned) is not worth keeping: such files come back with the same tensors and other bytes.
     */
    private static final long MOST_OTHER_BYTES = 64L << 20;

    private SourcePlanner() {}

    /**
     * @param companions as {@link SourcePlan#companions}
     */
    public static SourcePlan plan(SourceModel source, Family family, SortedMap<String, String> companions) {
        if (!source.isStored()) {
            return new SourcePlan(companions, List.of(unwritten(source)), new TreeSet<>(), false);
        }
        String folder = SourceFiles.at(Path.of(source.origin())).weightsFolder(source.config());
        List<FilePlan> files = source.checkpoint().files().stream()
                .map(file -> FilePlan.of(folder + file.name(), file))
                .toList();
        boolean whole = files.stream().mapToLong(FilePlan::otherBytes).sum() <= MOST_OTHER_BYTES;
        return new SourcePlan(companions, files, kept(source, family), whole);
    }

    /** The file that a preset would lie in. */
    private static FilePlan unwritten(SourceModel source) {
        Map<String, TensorType> tensors = new LinkedHashMap<>();
        source.checkpoint()
                .tensors()
                .forEach((name, tensor) -> tensors.put(name, new TensorType(tensor.dtype(), tensor.shape())));
        return source.config().isLingua()
                ? new FilePlan("consolidated.pth", CheckpointFile.Format.TORCH, tensors, List.of())
                : new FilePlan("model.safetensors", CheckpointFile.Format.SAFETENSORS, tensors, List.of());
    }

    private static SortedSet<String> kept(SourceModel source, Family family) {
        SortedSet<String> kept = new TreeSet<>(source.checkpoint().tensors().keySet());
        kept.removeAll(source.decoder().storedTensors().keySet());
        kept.removeAll(family.copies(source.decoder()).keySet());
        for (Weight weight : source.decoder().weights()) {
            if (!Inverse.exists(weight)) {
                kept.add(weight.stored().name());
            }
        }
        return kept;
    }
}
