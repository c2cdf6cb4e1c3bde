package dev.heddle.runtime.cache;

import dev.heddle.runtime.ModelFormatException;
import dev.heddle.runtime.session.DType;
import dev.heddle.runtime.session.Dim;
import dev.heddle.runtime.session.HostTensor;
import dev.heddle.runtime.session.TensorSpec;
import java.nio.file.Path;
import java.util.List;
import java.util.OptionalLong;

/**
 * One tensor of the state: the graph input that takes it and the graph output that gives it for the next step.
 *
 * <p>Axes: batch, heads, rows, then sizes of one row. A symbolic row axis means that the state of a fresh sequence is
 * empty; a fixed one that it is so many rows of zeros.
 *
 * @param input as in {@code past_key_values.0.key}
 * @param output as in {@code present.0.key}
 */
record StateSlot(String input, String output, DType dtype, List<Dim> dims) {
    private static final int BATCH_AXIS = 0;
    private static final int ROW_AXIS = 2;

    /** @throws ModelFormatException if the axes are not those of a state */
    static StateSlot of(Path model, TensorSpec past, TensorSpec present) {
        if (past.dtype() != present.dtype()) {
            throw new ModelFormatException("%s: %s is %s, expected %s as %s"
                    .formatted(model, present.name(), present.dtype(), past.dtype(), past.name()));
        }
        List<Dim> dims = past.dims();
        for (int axis = 0; axis < dims.size(); axis++) {
            if (axis != BATCH_AXIS && axis != ROW_AXIS && dims.get(axis) instanceof Dim.Symbolic) {
                throw new ModelFormatException(
                        "%s: axis %d must have a fixed size, got %s".formatted(model, axis, past));
            }
        }
        if (dims.size() <= ROW_AXIS) {
            throw new ModelFormatException(
                    "%s: a state has the axes batch, heads, rows and more, got %s".formatted(model, past));
        }
        return new StateSlot(past.name(), present.name(), past.dtype(), dims);
    }

    /**
     * Number of tokens that fit, for keys and values of fixed length: the model writes new rows behind the old ones and leaves those as they are, so input and
     * output may be one tensor.
     */
    OptionalLong capacity() {
        boolean perToken = input.endsWith(".key") || input.endsWith(".value");
        return perToken && dims.get(ROW_AXIS) instanceof Dim.Fixed fixed
                ? OptionalLong.of(fixed.size())
                : OptionalLong.empty();
    }

    boolean isInPlace() {
        return capacity().isPresent();
    }

    /** As in {@code past_key_values.3.key}. */
    String layer() {
        return input.split("\\.")[1];
    }

    /** The state before the first token. */
    HostTensor fresh(int batch) {
        long[] shape = new long[dims.size()];
        for (int axis = 0; axis < shape.length; axis++) {
            shape[axis] = dims.get(axis) instanceof Dim.Fixed fixed ? fixed.size() : 0;
        }
        shape[BATCH_AXIS] = batch;
        return HostTensor.zeros(dtype, shape);
    }

    /** Whether a tensor of this type and shape can be this state for that many sequences. */
    boolean accepts(DType type, long[] shape, int batch) {
        boolean fits = type == dtype && shape.length == dims.size() && shape[BATCH_AXIS] == batch;
        for (int axis = 1; fits && axis < shape.length; axis++) {
            fits = !(dims.get(axis) instanceof Dim.Fixed fixed) || fixed.size() == shape[axis];
        }
        return fits;
    }

    /** Equal but for the names of symbolic axes. */
    boolean sameAs(StateSlot other) {
        return input.equals(other.input) && dtype == other.dtype && sizes(dims).equals(sizes(other.dims));
    }

    @Override
    public String toString() {
        return new TensorSpec(input, dtype, dims).toString();
    }

    private static List<Long> sizes(List<Dim> dims) {
        return dims.stream()
                .map(dim -> dim instanceof Dim.Fixed fixed ? fixed.size() : Long.valueOf(-1))
                .toList();
    }
}
