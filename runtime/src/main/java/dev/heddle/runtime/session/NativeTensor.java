package dev.heddle.runtime.session;

import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OrtException;
import dev.heddle.runtime.RuntimeFailure;
import java.nio.ByteBuffer;
import java.util.Arrays;

/**
 * A tensor that ONNX Runtime holds, so that the output of one run becomes the input of the next without a copy.
 *
 * <p>Must be closed; it may outlive the session that made it. Closing during a run frees the memory after that run.
 * Any use after close throws {@link IllegalStateException}. Thread-safe.
 */
public final class NativeTensor implements AutoCloseable {
    private final OnnxTensor tensor;
    private final DType dtype;
    private final long[] shape;
    private int uses;
    private boolean closed;

    NativeTensor(OnnxTensor tensor, DType dtype) {
        this.tensor = tensor;
        this.dtype = dtype;
        this.shape = tensor.getInfo().getShape();
    }

    /** A tensor over the memory of {@code host}, which is shared, not copied. */
    public static NativeTensor of(HostTensor host) {
        try {
            OnnxTensor tensor = OnnxTensor.createTensor(
                    OnnxRuntime.environment(),
                    host.bytes(),
                    host.shape(),
                    host.dtype().ortType());
            return new NativeTensor(tensor, host.dtype());
        } catch (OrtException e) {
            throw new RuntimeFailure("handing a tensor of " + host + " to ONNX Runtime", e);
        }
    }

    public DType dtype() {
        return dtype;
    }

    public long[] shape() {
        return shape.clone();
    }

    /** A copy in Java memory. */
    public HostTensor toHost() {
        OnnxTensor open = enter();
        try {
            // ONNX Runtime's Java API hands out heap copies only; this makes a second, direct one.
            ByteBuffer copy = open.getByteBuffer();
            return HostTensor.of(dtype, copy, shape);
        } finally {
            exit();
        }
    }

    /** Starts a use by a run, which ends with {@link #exit()}. */
    synchronized OnnxTensor enter() {
        if (closed) {
            throw new IllegalStateException("tensor " + this + " is closed");
        }
        uses++;
        return tensor;
    }

    synchronized void exit() {
        uses--;
        freeIfUnused();
    }

    @Override
    public synchronized void close() {
        if (!closed) {
            closed = true;
            freeIfUnused();
        }
    }

    /** Type and shape, as in "float32 [2, 7]". */
    @Override
    public String toString() {
        return dtype + " " + Arrays.toString(shape);
    }

    private void freeIfUnused() {
        if (closed && uses == 0) {
            tensor.close();
        }
    }
}
