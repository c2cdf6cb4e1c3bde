package dev.heddle.models.weight;

import dev.heddle.exporter.graph.DType;
import dev.heddle.exporter.graph.TensorData;
import dev.heddle.exporter.graph.TensorType;
import dev.heddle.models.checkpoint.Checkpoint;
import dev.heddle.models.checkpoint.ModelFormatException;
import dev.heddle.models.checkpoint.StoredTensor;
import dev.heddle.models.reference.DoubleTensor;
import java.util.Arrays;

/**
 * Reads a model's weights out of its checkpoint, with their changes of layout: as streams of bytes for the exporter and
 * as float64 for the reference. Valid while the checkpoint is open. Thread-safe.
 */
public final class WeightReader {

    private final Checkpoint checkpoint;
    private final Overflow overflow;
    private final WeightListener listener;
    private final BlockBuffers buffers = new BlockBuffers();

    public WeightReader(Checkpoint checkpoint) {
        this(checkpoint, Overflow.REFUSE, finding -> {});
    }

    /**
     * @param overflow what happens to values too large for the written type
     * @param listener told, each time a weight has been written, what is odd about it
     */
    public WeightReader(Checkpoint checkpoint, Overflow overflow, WeightListener listener) {
        this.checkpoint = checkpoint;
        this.overflow = overflow;
        this.listener = listener;
    }

    /**
     * The weight as a stream in the target type: the stored bytes themselves if the type is the stored one and only the
     * layout changes, else each value rounded once. Memory is bounded whatever the size, also for a transposed matrix. A part of a quantised weight has the
     * type of its layout, whatever the target. To write it throws {@link ModelFormatException} if it has values that the type cannot hold.
     *
     * @throws IllegalArgumentException if the target is not a floating-point type
     * @throws ModelFormatException if the stored tensor is missing, or is not of a floating-point type
     */
    public TensorData data(Weight weight, DType target) {
        if (weight instanceof Weight.Part part) {
            return new PartData(part, blocks(part.of()), listener::quantized);
        }
        return new WeightData(
                weight.name(), new TensorType(target, weight.shape()), elements(weight), overflow, listener);
    }

    /**
     * The whole weight in float64; at most 2^31 - 1 elements.
     *
     * @throws ModelFormatException if the stored tensor is missing, or is not of a floating-point type
     */
    public DoubleTensor doubles(Weight weight) {
        int[] shape = Arrays.stream(weight.shape().lengths())
                .mapToInt(Math::toIntExact)
                .toArray();
        DoubleTensor tensor = DoubleTensor.zeros(shape);
        rows(weight).read(0, tensor.data());
        return tensor;
    }

    /** A view for reading the weight row by row in float64, without keeping it. Exceptions as in {@link #doubles}. */
    public WeightRows rows(Weight weight) {
        return new WeightRows(weight.shape(), elements(weight));
    }

    private Elements elements(Weight weight) {
        if (weight instanceof Weight.Stored stored) {
            return stored(stored);
        }
        if (weight instanceof Weight.Reshaped reshaped) {
            return elements(reshaped.of());
        }
        if (weight instanceof Weight.Rows rows) {
            long rowLength = rows.shape().elements() / (rows.to() - rows.from());
            return new RowElements(elements(rows.of()), rows.from() * rowLength);
        }
        if (weight instanceof Weight.Transposed transposed) {
            return transposed.of() instanceof Weight.UnitRows unit ? unitRows(unit, true) : turned(transposed.of());
        }
        if (weight instanceof Weight.Quantized quantized) {
            return new BlockElements(blocks(quantized));
        }
        if (weight instanceof Weight.Dequantized dequantized) {
            return CodeElements.of(dequantized, this::part);
        }
        if (weight instanceof Weight.Part part) {
            throw new IllegalArgumentException(part.name() + " holds codes, no numbers of the model");
        }
        return unitRows((Weight.UnitRows) weight, false);
    }

    private Elements turned(Weight matrices) {
        return new TransposedElements(elements(matrices), length(matrices, -2), length(matrices, -1), buffers);
    }

    private Elements unitRows(Weight.UnitRows weight, boolean turned) {
        Weight matrix = weight.of();
        RowNorms norms = new RowNorms(elements(matrix), length(matrix, 0), length(matrix, 1));
        return turned
                ? new UnitRowElements(turned(matrix), norms, length(matrix, 0), true)
                : new UnitRowElements(elements(matrix), norms, length(matrix, 1), false);
    }

    private Blocks blocks(Weight.Quantized weight) {
        return new Blocks(weight.of().name(), elements(weight.of()), weight.format());
    }

    private static int length(Weight weight, int axis) {
        return Math.toIntExact(weight.shape().dim(axis).fixed().orElseThrow());
    }

    private Elements stored(Weight.Stored weight) {
        StoredTensor tensor = tensor(weight);
        if (!tensor.dtype().isFloat()) {
            throw new ModelFormatException(tensor.location() + ": tensor " + weight.name()
                    + ": expected a floating-point type, got " + tensor.dtype().onnxName());
        }
        return new StoredElements(tensor, FloatFormat.of(tensor.dtype()));
    }

    private StoredTensor part(Weight.Part weight) {
        StoredTensor tensor = tensor(weight);
        if (tensor.dtype() != weight.dtype()) {
            throw new ModelFormatException(tensor.location() + ": tensor " + weight.name() + ": expected "
                    + weight.dtype().onnxName() + ", got " + tensor.dtype().onnxName());
        }
        return tensor;
    }

    /** The tensor of a weight's own name, and of its shape. */
    private StoredTensor tensor(Weight weight) {
        StoredTensor tensor = checkpoint.tensors().get(weight.name());
        if (tensor == null) {
            throw new ModelFormatException("tensor " + weight.name() + ": expected shape " + weight.shape()
                    + ", but the checkpoint has no tensor of that name");
        }
        if (!tensor.shape().equals(weight.shape())) {
            throw new ModelFormatException(tensor.location() + ": tensor " + weight.name() + ": expected shape "
                    + weight.shape() + ", got " + tensor.shape());
        }
        return tensor;
    }
}
