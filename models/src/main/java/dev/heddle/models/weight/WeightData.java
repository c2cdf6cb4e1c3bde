package dev.heddle.models.weight;

import dev.heddle.exporter.graph.TensorData;
import dev.heddle.exporter.graph.TensorPieces;
import dev.heddle.exporter.graph.TensorType;
import dev.heddle.models.checkpoint.ModelFormatException;
import java.io.IOException;
import java.nio.channels.WritableByteChannel;

/** A weight as a stream of bytes in the target format; blocks of some ten MiB, whatever its size. */
final class WeightData implements TensorData {

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
        TensorPieces pieces = pieces();
        for (int piece = 0; piece < pieces.count(); piece++) {
            pieces.write(piece, out);
        }
        pieces.finish();
    }

    @Override
    public TensorPieces pieces() {
        return new Pieces();
    }

    private final class Pieces implements TensorPieces {
        private static final int SHORTEST = 1 << 22;

        private final long total = type.shape().elements();
        private final int length = Math.max(SHORTEST, elements.blockLength());
        private final Losses[] losses = new Losses[count()];

        @Override
        public int count() {
            return Math.toIntExact((total + length - 1) / length);
        }

        @Override
        public long offset(int piece) {
            return Math.min((long) piece * length, total) * target.bytes();
        }

        @Override
        public void write(int piece, WritableByteChannel out) throws IOException {
            long first = (long) piece * length;
            ElementWriter writer = new ElementWriter(elements.format(), target, out);
            elements.give(first, (int) Math.min(length, total - first), writer);
            losses[piece] = writer.losses();
        }

        @Override
        public void finish() {
            Losses all = Losses.NONE;
            for (Losses ofPiece : losses) {
                all = all.plus(ofPiece);
            }
            report(all);
        }
    }

    private void report(Losses found) {
        if (found.overflowed() > 0 && overflow == Overflow.REFUSE) {
            throw new ModelFormatException("tensor " + name + ": expected values up to " + target.largest()
                    + ", the largest of " + type.dtype().onnxName() + ", got " + found.overflowed()
                    + " beyond it, the largest " + found.largest()
                    + "; export with --dtype bf16 or fp32, or cut them off with --clip");
        }
        if (found.nonFinite() > 0 || found.overflowed() > 0) {
            listener.found(new WeightFinding(name, found.nonFinite(), found.overflowed()));
        }
    }
}
