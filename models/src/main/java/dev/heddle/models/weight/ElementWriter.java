package dev.heddle.models.weight;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.WritableByteChannel;

/** Writes elements in another format, through float64, or as they are if the format stays; counts what is odd about them. */
final class ElementWriter implements Elements.Taker {

    /** Elements at a time, so that the passes over them find them in a cache. */
    private static final int PIECE = 1 << 15;

    private final FloatFormat from;
    private final FloatFormat to;
    private final WritableByteChannel out;
    private final double[] values;
    private final ByteBuffer written;
    private Losses losses = Losses.NONE;

    ElementWriter(FloatFormat from, FloatFormat to, WritableByteChannel out) {
        this.from = from;
        this.to = to;
        this.out = out;
        int converted = from == to ? 0 : PIECE;
        this.values = new double[converted];
        this.written = ByteBuffer.allocate(converted * to.bytes()).order(ByteOrder.LITTLE_ENDIAN);
    }

    Losses losses() {
        return losses;
    }

    @Override
    public void take(ByteBuffer elements, int count) throws IOException {
        for (int first = 0; first < count; first += PIECE) {
            int length = Math.min(PIECE, count - first);
            if (from == to) {
                ByteBuffer piece = elements.slice(first * from.bytes(), length * from.bytes());
                copy(piece.order(ByteOrder.LITTLE_ENDIAN), length);
            } else {
                from.decode(elements, first, length, values, 0);
                convert(length);
            }
        }
    }

    private void copy(ByteBuffer elements, int count) throws IOException {
        losses = losses.plus(new Losses(from.countNonFinite(elements, count), 0, 0));
        writeFully(elements);
    }

    /** Finite elements stay finite: what is too large becomes the largest number of its sign. */
    private void convert(int count) throws IOException {
        to.encode(values, count, written.clear());
        int nonFiniteWritten = to.countNonFinite(written, count);
        if (nonFiniteWritten > 0) {
            int nonFinite = countNonFinite(count);
            losses = losses.plus(new Losses(nonFinite, 0, 0));
            if (nonFiniteWritten > nonFinite) {
                clip(count);
                to.encode(values, count, written.clear());
            }
        }
        writeFully(written.limit(count * to.bytes()));
    }

    private void clip(int count) {
        for (int index = 0; index < count; index++) {
            double value = values[index];
            if (Double.isFinite(value) && Double.isInfinite(to.round(value))) {
                losses = losses.plus(new Losses(0, 1, value));
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

    private void writeFully(ByteBuffer bytes) throws IOException {
        while (bytes.hasRemaining()) {
            out.write(bytes);
        }
    }
}
