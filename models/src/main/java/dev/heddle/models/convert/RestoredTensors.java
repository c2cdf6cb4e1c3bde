package dev.heddle.models.convert;

import dev.heddle.exporter.graph.DType;
import dev.heddle.exporter.graph.TensorData;
import dev.heddle.exporter.graph.TensorType;
import dev.heddle.models.checkpoint.ModelFormatException;
import dev.heddle.models.checkpoint.StoredTensor;
import dev.heddle.models.checkpoint.StoredTensorData;
import dev.heddle.models.weight.Inverse;
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

    /** After the name of a weight that was cut into blocks. */
    private static final List<String> QUANTIZED = List.of("_q4", "_q8");

    private final ExportedModel model;
    private final Optional<KeptParts> kept;
    private final WeightReader reader;
    private final SortedMap<String, List<Weight>> weights;
    private final SortedMap<String, String> copies;

    RestoredTensors(ExportedModel model, Optional<KeptParts> kept) {
        this.model = model;
        this.kept = kept;
        this.reader = new WeightReader(model.weights());
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
                .forEach(part -> contents.put(part, contents(part)));
        DType inModel = contents.values().stream()
                .map(weight -> model.weights().tensors().get(weight.stored().name()))
                .map(StoredTensor::dtype)
                .reduce(stored.dtype(), RestoredTensors::narrower);
        boolean invertible = parts.stream().allMatch(Inverse::exists);
        Restored.State state = invertible
                ? inModel == stored.dtype() ? Restored.State.SAME : Restored.State.ROUNDED
                : Restored.State.NORMALISED;
        List<TensorData> rows = new ArrayList<>();
        contents.forEach((part, weight) -> rows.add(reader.data(back(part, weight), inModel)));
        TensorType type = new TensorType(inModel, stored.shape());
        JoinedRows joined = new JoinedRows(type, rows);
        if (joined.rowBytes() != joined.byteCount()) {
            throw new ModelFormatException("tensor " + name + ": expected " + joined.byteCount()
                    + " bytes of the model's weights, got " + joined.rowBytes() + "; export the source again");
        }
        return new Restored(joined, state);
    }

    /** Rows divided by their norms stay as they are: without the norms nobody can tell more. */
    private static Weight back(Weight part, Weight contents) {
        return Inverse.of(part instanceof Weight.UnitRows unit ? unit.of() : part, contents);
    }

    /** The weight as the graph has it: under its own name, or turned for a product. */
    private Weight contents(Weight weight) {
        Weight turned = weight.shape().rank() < 2 ? weight : new Weight.Transposed(weight);
        if (model.weights().tensors().containsKey(weight.name())) {
            return new Weight.Stored(weight.name(), weight.shape());
        }
        if (model.weights().tensors().containsKey(turned.name())) {
            return new Weight.Transposed(new Weight.Stored(turned.name(), turned.shape()));
        }
        for (String suffix : QUANTIZED) {
            if (model.weights().tensors().containsKey(weight.name() + suffix)) {
                throw new ModelFormatException("tensor " + weight.stored().name()
                        + ": expected its numbers in the model, got codes of few bits, from which nobody can tell the"
                        + " source's; convert an export without --weights");
            }
        }
        throw new ModelFormatException("tensor " + weight.stored().name() + ": expected a constant " + weight.name()
                + " or " + turned.name() + " in the model, got none");
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
