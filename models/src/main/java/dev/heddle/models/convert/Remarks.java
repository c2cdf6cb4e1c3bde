package dev.heddle.models.convert;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * Says which tensors are not the source's, one line for each reason.
 *
 * @param codes what codes of few bits the model has, for instance {@code int4 weights in blocks of 32}
 */
record Remarks(String codes) {

    /** None if all are as the source had them. */
    List<String> of(Map<String, Restored> tensors) {
        List<String> remarks = new ArrayList<>();
        for (Restored.State state : Restored.State.values()) {
            List<String> names = tensors.entrySet().stream()
                    .filter(tensor -> tensor.getValue().state() == state)
                    .map(Map.Entry::getKey)
                    .sorted()
                    .toList();
            if (state != Restored.State.SAME && !names.isEmpty()) {
                remarks.add(names.size() + " of " + tensors.size() + " tensors are not the source's, but " + text(state)
                        + ", the first of them " + names.get(0));
            }
        }
        return remarks;
    }

    private String text(Restored.State state) {
        return switch (state) {
            case SAME -> "the source's";
            case ROUNDED -> "rounded to the model's element type";
            case DEQUANTIZED -> "the values of " + codes;
            case NORMALISED -> "with rows divided by their norms, as the model has it";
        };
    }
}
