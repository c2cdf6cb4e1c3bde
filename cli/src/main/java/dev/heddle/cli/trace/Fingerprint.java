package dev.heddle.cli.trace;

import dev.heddle.exporter.graph.DType;
import dev.heddle.exporter.graph.TensorData;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.WritableByteChannel;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.List;

/**
 * What stands for the bytes of a weight, so that none is held: a digest for each run of {@value #BLOCK} elements.
 *
 * @param nans elements that are no numbers
 */
record Fingerprint(List<List<Byte>> blocks, long nans) {

    static final int BLOCK = 1 << 20;

    /** @param dtype what the elements are rounded to first; their own type changes nothing */
    static Fingerprint of(TensorData data, DType dtype) throws IOException {
        var taker = new Taker(data.type().dtype(), dtype);
        data.writeTo(taker);
        return taker.finish();
    }

    /** Number of the first block that differs; -1 if all are the same. */
    int firstDifference(Fingerprint other) {
        for (int i = 0; i < blocks.size(); i++) {
            if (i >= other.blocks.size() || !blocks.get(i).equals(other.blocks.get(i))) {
                return i;
            }
        }
        return blocks.size() == other.blocks.size() ? -1 : blocks.size();
    }

    /** Not for reuse. */
    private static final class Taker implements WritableByteChannel {
        private final DType stored;
        private final DType wanted;
        private final MessageDigest digest;
        private final ByteBuffer rest = ByteBuffer.allocate(Long.BYTES).order(ByteOrder.LITTLE_ENDIAN);
        private final ByteBuffer rounded = ByteBuffer.allocate(1 << 16).order(ByteOrder.LITTLE_ENDIAN);
        private final List<List<Byte>> blocks = new ArrayList<>();
        private long nans;
        private int inBlock;

        Taker(DType stored, DType wanted) {
            this.stored = stored;
            this.wanted = wanted;
            try {
                this.digest = MessageDigest.getInstance("SHA-256");
            } catch (NoSuchAlgorithmException e) {
                throw new IllegalStateException("every Java has SHA-256", e);
            }
        }

        @Override
        public int write(ByteBuffer bytes) {
            int taken = bytes.remaining();
            while (rest.position() > 0 && bytes.hasRemaining()) {
                rest.put(bytes.get());
                if (rest.position() == stored.bytes()) {
                    take(rest.flip());
                    rest.clear();
                }
            }
            ByteBuffer ordered = bytes.slice().order(ByteOrder.LITTLE_ENDIAN);
            while (ordered.remaining() >= stored.bytes()) {
                take(ordered);
            }
            rest.put(ordered);
            bytes.position(bytes.limit());
            return taken;
        }

        private void take(ByteBuffer bytes) {
            if (rounded.remaining() < Long.BYTES) {
                flush();
            }
            nans += Rounding.copy(bytes, stored, rounded, wanted) ? 0 : 1;
            if (++inBlock == BLOCK) {
                endBlock();
            }
        }

        private void flush() {
            digest.update(rounded.flip());
            rounded.clear();
        }

        private void endBlock() {
            flush();
            List<Byte> bytes = new ArrayList<>();
            for (byte part : digest.digest()) {
                bytes.add(part);
            }
            blocks.add(bytes);
            inBlock = 0;
        }

        Fingerprint finish() {
            if (inBlock > 0) {
                endBlock();
            }
            return new Fingerprint(blocks, nans);
        }

        @Override
        public boolean isOpen() {
            return true;
        }

        @Override
        public void close() {
            // holds nothing
        }
    }
}
