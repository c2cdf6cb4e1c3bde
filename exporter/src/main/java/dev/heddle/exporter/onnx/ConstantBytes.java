package dev.heddle.exporter.onnx;

import dev.heddle.exporter.graph.DType;
import dev.heddle.exporter.graph.GraphException;
import dev.heddle.exporter.graph.TensorData;
import dev.heddle.exporter.proto.TensorProto;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;

/** The bytes of a constant, wherever they lie, read block by block. */
final class ConstantBytes {

    private static final int BLOCK_BYTES = 1 << 20;

    private ConstantBytes() {}

    /**
     * Whether two constants of the same type have the same bytes.
     *
     * @throws GraphException if one lies in a data file that is not as its model says
     */
    static boolean equal(Path leftFile, TensorProto left, Path rightFile, TensorProto right) throws IOException {
        if (DType.ofOnnxNumber(left.getDataType()).isEmpty()) {
            // Of a type that Heddle cannot read: the messages must be the same, with data files at the same places.
            return left.toBuilder()
                    .clearDocString()
                    .build()
                    .equals(right.toBuilder().clearDocString().build());
        }
        try (InputStream one = open(leftFile, left);
                InputStream other = open(rightFile, right)) {
            while (true) {
                byte[] before = one.readNBytes(BLOCK_BYTES);
                byte[] after = other.readNBytes(BLOCK_BYTES);
                if (!Arrays.equals(before, after)) {
                    return false;
                }
                if (before.length == 0) {
                    return true;
                }
            }
        }
    }

    private static InputStream open(Path file, TensorProto tensor) throws IOException {
        try {
            if (ProtoTensors.isExternal(tensor)) {
                Path folder = file.toAbsolutePath().resolveSibling("");
                ExternalTensor data = ExternalTensor.locate(folder, tensor, ProtoTensors.type(tensor));
                FileChannel channel = FileChannel.open(data.file(), StandardOpenOption.READ);
                channel.position(data.offset());
                return new Limited(Channels.newInputStream(channel), data.byteCount());
            }
            TensorData data = ProtoTensors.data(tensor);
            ByteArrayOutputStream bytes = new ByteArrayOutputStream();
            data.writeTo(Channels.newChannel(bytes));
            return new ByteArrayInputStream(bytes.toByteArray());
        } catch (GraphException e) {
            throw new GraphException(Finding.printable(file + ": " + e.getMessage()));
        }
    }

    /** The first bytes of a stream. */
    private static final class Limited extends InputStream {
        private final InputStream in;
        private long left;

        Limited(InputStream in, long limit) {
            this.in = in;
            this.left = limit;
        }

        @Override
        public int read() throws IOException {
            byte[] single = new byte[1];
            return read(single, 0, 1) < 0 ? -1 : single[0] & 0xff;
        }

        @Override
        public int read(byte[] into, int at, int count) throws IOException {
            if (left == 0) {
                return -1;
            }
            int got = in.read(into, at, (int) Math.min(count, left));
            left -= Math.max(0, got);
            return got;
        }

        @Override
        public void close() throws IOException {
            in.close();
        }
    }
}
