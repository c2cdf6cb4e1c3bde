package dev.heddle.models.convert;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * What a conversion wrote.
 *
 * @param tensors how many
 * @param bytes of all tensors
 * @param outcome how the result compares with the source
 * @param remarks what is not as the source had it, one line each
 */
public record Conversion(String family, int tensors, long bytes, Outcome outcome, List<String> remarks) {

    /** How the result compares with the source. */
    public enum Outcome {
        /** Every file is the source's, byte for byte. */
        SAME_FILES,
        /** Every tensor is the source's, byte for byte; the files around them were made anew. */
        SAME_TENSORS,
        /** The source was a preset, of which there are no files. */
        NO_SOURCE_FILES,
        /** At least one tensor differs from the source's. */
        OTHER_TENSORS
    }

    public Conversion {
        remarks = List.copyOf(remarks);
    }

    static Conversion of(ExportedModel model, Map<String, Restored> tensors, boolean whole, boolean verified) {
        List<String> remarks = new ArrayList<>(model.remarks().of(tensors));
        boolean stored = !model.plan().files().get(0).pieces().isEmpty();
        if (stored && !verified && remarks.isEmpty()) {
            remarks.add("the weights are not those the model was exported with: its source is " + model.provenance());
        }
        long bytes = tensors.values().stream()
                .mapToLong(tensor -> tensor.data().byteCount())
                .sum();
        return new Conversion(model.family().name(), tensors.size(), bytes, outcome(stored, whole, verified), remarks);
    }

    private static Outcome outcome(boolean stored, boolean whole, boolean verified) {
        if (!stored) {
            return Outcome.NO_SOURCE_FILES;
        }
        if (!verified) {
            return Outcome.OTHER_TENSORS;
        }
        return whole ? Outcome.SAME_FILES : Outcome.SAME_TENSORS;
    }
}
