package dev.heddle.models.weight;

import dev.heddle.exporter.graph.TensorData;
import dev.heddle.exporter.graph.TensorType;
import dev.heddle.models.checkpoint.ModelFormatException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.WritableByteChannel;

/** A weight as a stream of bytes in the target format; blocks of a few MiB, whatever its size. */
final class WeightData implements TensorData {

    private static final int WRITE_BYTES = 1 << 20;

    private final String name;
    private final TensorType type;
    private final Elements elements;
    private final FloatFormat target;
    private final Overflow overflow;
    private final WeightListener listener;

    WeightData(String name, TensorType type, Elements elements, Overflow overflow, WeightListener listener) {
        this.name = name;
        this.type = type;
        this.elements = elements;
        this.target = FloatFormat.of(type.dtype());
        this.overflow = overflow;
        this.listener = listener;
    }

    @Override
    public TensorType type() {
        return type;
    }

    @Override
    public void writeTo(WritableByteChannel out) throws IOException {
        long total = type.shape().elements();
        int block = elements.blockLength();
        boolean converts = elements.format() != target;
        Conversion conversion = new Conversion(elements.format(), target);
        long nonFinite = 0;
        for (long first = 0; first < total; first += block) {
            int count = (int) Math.min(block, total - first);
            ByteBuffer source = elements.read(first, count);
            nonFinite += elements.format().countNonFinite(source, count);
            if (converts) {
                conversion.write(source, count, out);
            } else {
                writeFully(source, out);
            }
        }
        if (conversion.overflowed > 0 && overflow == Overflow.REFUSE) {
            throw new ModelFormatException("tensor " + name + ": expected values up to " + target.largest()
                    + ", the largest of " + type.dtype().onnxName() + ", got " + conversion.overflowed
                    + " beyond it, the largest " + conversion.largest
                    + "; export with --dtype bf16 or fp32, or cut them off with --clip");
        }
        if (nonFinite > 0 || conversion.overflowed > 0) {
            listener.found(new WeightFinding(name, nonFinite, conversion.overflowed));
        }
    }

    private static void writeFully(ByteBuffer buffer, WritableByteChannel out) throws IOException {
        // In slices: for a buffer on the heap, a file channel allocates native memory as large as what it is given.
        for (int from = 0; from < buffer.limit(); from += WRITE_BYTES) {
            ByteBuffer slice = buffer.slice(from, Math.min(WRITE_BYTES, buffer.limit() - from));
            while (slice.hasRemaining()) {
                out.write(slice);
            }
        }
    }

    /** From one format to another, through float64, in pieces that fit a cache. */
    private static final class Conversion {
        private static final int PIECE = 1 << 15;

        private final FloatFormat from;
        private final FloatFormat to;
        private final double[] values = new double[PIECE];
        private final ByteBuffer written;

        /** Finite elements that the target cannot hold. */
        private long overflowed;

        /** The one that is farthest from zero. */
        private double largest;

        Conversion(FloatFormat from, FloatFormat to) {
            this.from = from;
            this.to = to;
            this.written = ByteBuffer.allocate(PIECE * to.bytes()).order(ByteOrder.LITTLE_ENDIAN);
        }

        /** Finite elements stay finite: what is too large becomes the largest number of its sign. */
        void write(ByteBuffer source, int count, WritableByteChannel out) throws IOException {
            for (int first = 0; first < count; first += PIECE) {
                int piece = Math.min(PIECE, count - first);
                from.decode(source, first, piece, values, 0);
                to.encode(values, piece, written.clear());
                if (to.countNonFinite(written, piece) > countNonFinite(piece)) {
                    clip(piece);
                    to.encode(values, piece, written.clear());
                }
                writeFully(written.limit(piece * to.bytes()), out);
            }
        }

        private void clip(int count) {
            for (int index = 0; index < count; index++) {
                double value = values[index];
                if (Double.isFinite(value) && Double.isInfinite(to.round(value))) {
                    overflowed++;
                    largest = Math.abs(value) > Math.abs(largest) ? value : largest;
                    values[index] = Math.copySign(to.largest(), value);
                }
            }
        }

        private int countNonFinite(int count) {
            int found = 0;
            for (int index = 0; index < count; index++) {
                found += Double.isFinite(values[index]) ? 0 : 1;
            }
            return found;
        }
    }
}
