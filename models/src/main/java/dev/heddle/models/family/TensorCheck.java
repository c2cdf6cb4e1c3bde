package dev.heddle.models.family;

import dev.heddle.exporter.graph.Shape;
import dev.heddle.models.checkpoint.Checkpoint;
import dev.heddle.models.checkpoint.ModelFormatException;
import dev.heddle.models.checkpoint.Printable;
import dev.heddle.models.checkpoint.StoredTensor;
import dev.heddle.models.decoder.Decoder;
import java.util.ArrayList;
import java.util.List;
import java.util.SortedMap;

/** Compares the tensors of a checkpoint with those that the model is made of. */
final class TensorCheck {

    private static final int BLOCK_ELEMENTS = 1 << 18;

    private final Family family;
    private final SortedMap<String, Shape> expected;
    private final SortedMap<String, String> copies;
    private final SortedMap<String, StoredTensor> tensors;
    private final List<String> problems = new ArrayList<>();

    TensorCheck(Family family, Decoder decoder, Checkpoint checkpoint) {
        this.family = family;
        this.expected = decoder.storedTensors();
        this.copies = family.copies(decoder);
        this.tensors = checkpoint.tensors();
    }

    /** @throws ModelFormatException naming the first tensor that does not fit, and how many others there are */
    void run() {
        expected.forEach(this::checkUsed);
        tensors.values().stream()
                .filter(tensor -> !expected.containsKey(tensor.name()))
                .forEach(this::checkUnused);
        if (!problems.isEmpty()) {
            int others = problems.size() - 1;
            throw new ModelFormatException(problems.get(0)
                    + switch (others) {
                        case 0 -> "";
                        case 1 -> " (and 1 more tensor does not fit)";
                        default -> " (and " + others + " more tensors do not fit)";
                    });
        }
    }

    private void checkUsed(String name, Shape shape) {
        StoredTensor tensor = tensors.get(name);
        if (tensor == null) {
            problems.add("tensor " + name + ": expected shape " + shape + ", got no tensor of that name");
        } else if (!tensor.shape().equals(shape)) {
            problems.add(problem(tensor, "shape " + shape, tensor.shape().toString()));
        } else if (!tensor.dtype().isFloat()) {
            problems.add(problem(tensor, "a floating-point type", tensor.dtype().onnxName()));
        }
    }

    private void checkUnused(StoredTensor tensor) {
        String original = copies.get(tensor.name());
        if (original != null) {
            StoredTensor other = tensors.get(original);
            if (other != null && !isCopy(tensor, other)) {
                problems.add(problem(tensor, "the same values as " + original + ", to which it is tied", "others"));
            }
        } else if (!family.ignores(tensor.name())) {
            problems.add(
                    problem(tensor, "only tensors that a " + family.name() + " model uses", "one it does not use"));
        }
    }

    private static String problem(StoredTensor tensor, String expected, String got) {
        return tensor.location() + ": tensor " + Printable.of(tensor.name()) + ": expected " + expected + ", got "
                + got;
    }

    private static boolean isCopy(StoredTensor tensor, StoredTensor original) {
        if (!tensor.shape().equals(original.shape()) || tensor.dtype() != original.dtype()) {
            return false;
        }
        long elements = tensor.shape().elements();
        for (long first = 0; first < elements; first += BLOCK_ELEMENTS) {
            int count = (int) Math.min(BLOCK_ELEMENTS, elements - first);
            if (!tensor.read(first, count).equals(original.read(first, count))) {
                return false;
            }
        }
        return true;
    }
}
