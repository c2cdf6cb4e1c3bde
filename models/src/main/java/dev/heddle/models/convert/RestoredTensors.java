package dev.heddle.models.convert;

import dev.heddle.exporter.graph.DType;
import dev.heddle.exporter.graph.TensorData;
import dev.heddle.exporter.graph.TensorType;
import dev.heddle.models.checkpoint.ModelFormatException;
import dev.heddle.models.checkpoint.StoredTensor;
import dev.heddle.models.checkpoint.StoredTensorData;
import dev.heddle.models.weight.Inverse;
import dev.heddle.models.weight.Overflow;
import dev.heddle.models.weight.Weight;
import dev.heddle.models.weight.WeightReader;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.Collectors;

/** Computes the tensors of a source from the weights of its model. */
final class RestoredTensors {

    private final ExportedModel model;
    private final Optional<KeptParts> kept;
    private final ModelConversion.Rounded rounded;
    private final ModelWeights held;
    private final WeightReader reader;
    private final SortedMap<String, List<Weight>> weights;
    private final SortedMap<String, String> copies;

    RestoredTensors(ExportedModel model, Optional<KeptParts> kept, ModelConversion.Rounded rounded) {
        this.model = model;
        this.kept = kept;
        this.rounded = rounded;
        this.held = new ModelWeights(model, rounded);
        // A rounded number may lie beyond the source's type, near its largest; that is then the nearest one.
        this.reader = new WeightReader(model.weights(), Overflow.CLIP, finding -> {});
        this.weights = model.decoder().weights().stream()
                .collect(Collectors.groupingBy(weight -> weight.stored().name(), TreeMap::new, Collectors.toList()));
        this.copies = model.family().copies(model.decoder());
    }

    /**
     * A tensor as the source had it, if the model still holds all of it, else as the model has it.
     *
     * @param stored its type in the source
     * @throws ModelFormatException if neither the model nor what is kept beside it holds the tensor
     */
    Restored tensor(String name, TensorType stored) {
        if (model.plan().kept().contains(name) && kept.isPresent()) {
            StoredTensor tensor = kept.get().tensor(name, stored);
            return new Restored(new StoredTensorData(tensor), Restored.State.SAME);
        }
        List<Weight> parts = weights.get(copies.getOrDefault(name, name));
        if (parts == null) {
            throw new ModelFormatException("tensor " + name + ": expected one that a "
                    + model.family().name() + " model has, or that is kept beside it, got neither");
        }
        return restored(name, stored, parts);
    }

    private Restored restored(String name, TensorType stored, List<Weight> parts) {
        Map<Weight, Weight> contents = new LinkedHashMap<>();
        parts.stream()
                .sorted(Comparator.comparingLong(Inverse::firstRow))
                .forEach(part -> contents.put(part, held.contents(part)));
        DType inModel = contents.values().stream().map(held::dtype).reduce(stored.dtype(), RestoredTensors::narrower);
        DType written = rounded == ModelConversion.Rounded.DEQUANTIZED ? stored.dtype() : inModel;
        List<TensorData> rows = new ArrayList<>();
        contents.forEach((part, weight) -> rows.add(reader.data(back(part, weight), written)));
        TensorType type = new TensorType(written, stored.shape());
        JoinedRows joined = new JoinedRows(type, rows);
        if (joined.rowBytes() != joined.byteCount()) {
            throw new ModelFormatException("tensor " + name + ": expected " + joined.byteCount()
                    + " bytes of the model's weights, got " + joined.rowBytes() + "; export the source again");
        }
        return new Restored(joined, state(contents, inModel == stored.dtype()));
    }

    private static Restored.State state(Map<Weight, Weight> contents, boolean holdsSource) {
        if (!contents.keySet().stream().allMatch(Inverse::exists)) {
            return Restored.State.NORMALISED;
        }
        if (contents.values().stream().anyMatch(Weight.Dequantized.class::isInstance)) {
            return Restored.State.DEQUANTIZED;
        }
        return holdsSource ? Restored.State.SAME : Restored.State.ROUNDED;
    }

    /** Rows divided by their norms stay as they are: without the norms nobody can tell more. */
    private static Weight back(Weight part, Weight contents) {
        return Inverse.of(part instanceof Weight.UnitRows unit ? unit.of() : part, contents);
    }

    /** The type that both can be given in without rounding more than the narrower one did. */
    private static DType narrower(DType stored, DType inModel) {
        return holds(inModel, stored) ? stored : inModel;
    }

    /** Whether every number of one type is one of the other. */
    private static boolean holds(DType wide, DType narrow) {
        return wide == narrow
                || wide == DType.FLOAT64 && narrow.isFloat()
                || wide == DType.FLOAT32 && (narrow == DType.FLOAT16 || narrow == DType.BFLOAT16);
    }
}
