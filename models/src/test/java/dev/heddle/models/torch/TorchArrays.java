package dev.heddle.models.torch;

import ai.djl.Device;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDArrays;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import dev.heddle.models.reference.DoubleTensor;
import java.util.Arrays;

/** Ways into PyTorch and out of it; everything stays in float64. */
final class TorchArrays {

    private TorchArrays() {}

    /** Owner of all arrays made from it. */
    static NDManager manager() {
        return NDManager.newBaseManager(Device.cpu(), "PyTorch");
    }

    static NDArray of(NDManager manager, DoubleTensor tensor) {
        return manager.create(
                tensor.data(),
                new Shape(Arrays.stream(tensor.shape()).asLongStream().toArray()));
    }

    /** [batch][length] as [batch, length]. */
    static NDArray of(NDManager manager, boolean[][] rows) {
        NDArray[] arrays = Arrays.stream(rows).map(manager::create).toArray(NDArray[]::new);
        return NDArrays.stack(new NDList(arrays));
    }

    /** [batch][length] as int64 [batch, length]. */
    static NDArray of(NDManager manager, long[][] rows) {
        long[] flat = Arrays.stream(rows).flatMapToLong(Arrays::stream).toArray();
        return manager.create(flat, new Shape(rows.length, rows[0].length));
    }

    static DoubleTensor doubles(NDArray array) {
        int[] shape = Arrays.stream(array.getShape().getShape())
                .mapToInt(Math::toIntExact)
                .toArray();
        return new DoubleTensor(shape, array.toDoubleArray());
    }
}
