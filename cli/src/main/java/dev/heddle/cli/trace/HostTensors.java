package dev.heddle.cli.trace;

import dev.heddle.exporter.interpret.Tensor;
import dev.heddle.runtime.session.DType;
import dev.heddle.runtime.session.HostTensor;
import java.util.Arrays;

/** The interpreter's tensors and the runtime's. */
final class HostTensors {

    private HostTensors() {}

    static Tensor toTensor(HostTensor tensor) {
        double[] values = new double[tensor.elementCount()];
        Arrays.setAll(values, tensor.values()::applyAsDouble);
        int[] shape = Arrays.stream(tensor.shape()).mapToInt(Math::toIntExact).toArray();
        return new Tensor(dev.heddle.exporter.graph.DType.valueOf(tensor.dtype().name()), shape, values);
    }

    /** Floats as FLOAT64. */
    static HostTensor toHost(Tensor tensor) {
        long[] shape = Arrays.stream(tensor.shape()).asLongStream().toArray();
        if (tensor.dtype().isFloat()) {
            return HostTensor.ofDoubles(tensor.data(), shape);
        }
        return narrowed(
                HostTensor.ofDoubles(tensor.data(), shape),
                DType.valueOf(tensor.dtype().name()));
    }

    /** The same values in a type that a graph asks for; floats are rounded. */
    static HostTensor narrowed(HostTensor tensor, DType dtype) {
        if (tensor.dtype() == dtype) {
            return tensor;
        }
        HostTensor narrow = HostTensor.zeros(dtype, tensor.shape());
        var target = dev.heddle.exporter.graph.DType.valueOf(dtype.name());
        var bytes = narrow.bytes();
        var values = tensor.values();
        for (int i = 0; i < tensor.elementCount(); i++) {
            Rounding.write(bytes, target, values.applyAsDouble(i));
        }
        return narrow;
    }
}
