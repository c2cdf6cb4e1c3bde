package dev.heddle.cli.trace;

import dev.heddle.exporter.graph.Initializer;
import dev.heddle.exporter.graph.Model;
import dev.heddle.exporter.graph.TensorData;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.WritableByteChannel;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;

/** Whether each weight of a model has the values that the source gives, after whatever transposing, splitting and folding the export does. */
public final class WeightAudit {

    private WeightAudit() {}

    /**
     * One weight.
     *
     * @param problem empty if it is the same, bit for bit
     */
    public record Entry(String name, long bytes, String problem) {
        public boolean passed() {
            return problem.isEmpty();
        }
    }

    /**
     * Compares by digest, so that no weight is held.
     *
     * @param expected the graph that the source gives now
     */
    public static List<Entry> of(Model expected, Model actual) throws IOException {
        Map<String, TensorData> judged = new LinkedHashMap<>();
        actual.graph().initializers().forEach(weight -> judged.put(weight.name(), weight.data()));
        List<Entry> entries = new ArrayList<>();
        for (Initializer weight : expected.graph().initializers()) {
            TensorData data = judged.remove(weight.name());
            entries.add(new Entry(
                    weight.name(), weight.data().byteCount(), data == null ? "is missing" : problem(weight, data)));
        }
        judged.forEach((name, data) -> entries.add(new Entry(name, data.byteCount(), "is not in the source's graph")));
        return entries;
    }

    private static String problem(Initializer expected, TensorData actual) throws IOException {
        if (!expected.data().type().equals(actual.type())) {
            return "expected " + expected.data().type() + ", got " + actual.type();
        }
        if (Arrays.equals(digest(expected.data()), digest(actual))) {
            return "";
        }
        int width = Math.max(1, actual.type().dtype().bits() / Byte.SIZE);
        Differences differences = new Differences(width);
        Piece first = new Piece(expected.data());
        Piece second = new Piece(actual);
        for (long from = 0; from < actual.byteCount(); from += Piece.BYTES) {
            differences.add(from / width, first.at(from), second.at(from));
        }
        return differences.text(actual.byteCount() / width);
    }

    private static byte[] digest(TensorData data) throws IOException {
        try {
            MessageDigest digest = MessageDigest.getInstance("SHA-256");
            data.writeTo(new Receiver(digest::update));
            return digest.digest();
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }

    /** Elements with other bits. */
    private static final class Differences {
        private final int width;
        private long first = -1;
        private long count;

        Differences(int width) {
            this.width = width;
        }

        /** @param from number of the first element */
        void add(long from, byte[] expected, byte[] actual) {
            for (int i = 0; i < expected.length; i += width) {
                if (!Arrays.equals(expected, i, i + width, actual, i, i + width)) {
                    first = first < 0 ? from + i / width : first;
                    count++;
                }
            }
        }

        String text(long elements) {
            return count + " of " + elements + " elements differ, the first is element " + first;
        }
    }

    /** Part of a tensor's bytes; each is read from the start, which only a tensor that is wrong costs. */
    private record Piece(TensorData data) {
        static final int BYTES = 1 << 26;

        byte[] at(long from) throws IOException {
            int length = (int) Math.min(BYTES, data.byteCount() - from);
            byte[] piece = new byte[length];
            long[] position = new long[1];
            data.writeTo(new Receiver(bytes -> {
                long start = position[0];
                position[0] += bytes.remaining();
                long skip = Math.max(0, from - start);
                if (skip < bytes.remaining() && start < from + length) {
                    ByteBuffer part = bytes.slice().position((int) skip);
                    int at = (int) (start + skip - from);
                    part.get(piece, at, Math.min(part.remaining(), length - at));
                }
            }));
            return piece;
        }
    }

    /** Hands over all bytes that come. */
    private record Receiver(Consumer<ByteBuffer> taker) implements WritableByteChannel {
        @Override
        public int write(ByteBuffer bytes) {
            int count = bytes.remaining();
            taker.accept(bytes.slice());
            bytes.position(bytes.limit());
            return count;
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
