package dev.heddle.cli.trace;

import dev.heddle.exporter.graph.DType;
import dev.heddle.exporter.graph.TensorData;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.Channels;
import java.nio.channels.WritableByteChannel;

/** A matrix in blocks as a model stores it: scales and zero points are held, codes come by once, row by row. */
final class StoredBlocks {

    private final BlockTensors tensors;
    private final int columns;
    private final int blocks;
    private final ByteBuffer scales;
    private final byte[] zeroPoints;

    /**
     * @param shape of the matrix
     * @throws IllegalArgumentException if the tensors are not of its size
     */
    StoredBlocks(BlockTensors tensors, long[] shape) throws IOException {
        this.tensors = tensors;
        this.columns = Math.toIntExact(shape[1]);
        this.blocks = (columns + tensors.block() - 1) / tensors.block();
        requireBytes("codes", tensors.codes().data(), shape[0] * rowBytes());
        DType scaleType = tensors.scales().data().type().dtype();
        requireBytes("scales", tensors.scales().data(), scaleType.byteCount(shape[0] * blocks));
        this.scales = ByteBuffer.wrap(bytes(tensors.scales().data())).order(ByteOrder.LITTLE_ENDIAN);
        if (tensors.zeroPoints().isEmpty()) {
            this.zeroPoints = new byte[0];
        } else {
            TensorData data = tensors.zeroPoints().get(0).data();
            long numbers = tensors.rowsPadded() ? shape[0] * zeroRow() : shape[0] * blocks;
            requireBytes("zero points", data, (numbers * tensors.bits() + Byte.SIZE - 1) / Byte.SIZE);
            this.zeroPoints = bytes(data);
        }
    }

    private void requireBytes(String part, TensorData data, long bytes) {
        if (data.byteCount() != bytes) {
            throw new IllegalArgumentException("expected " + bytes + " bytes of " + part + " for int" + tensors.bits()
                    + " in blocks of " + tensors.block() + ", got " + data.type());
        }
    }

    private static byte[] bytes(TensorData data) throws IOException {
        var bytes = new ByteArrayOutputStream();
        data.writeTo(Channels.newChannel(bytes));
        return bytes.toByteArray();
    }

    private int rowBytes() {
        int numbers = tensors.rowsPadded() ? Math.multiplyExact(blocks, tensors.block()) : columns;
        return (int) ((long) numbers * tensors.bits() / Byte.SIZE);
    }

    /** Zero points from one row to the next. */
    private int zeroRow() {
        int perByte = Byte.SIZE / tensors.bits();
        return tensors.rowsPadded() ? (blocks + perByte - 1) / perByte * perByte : blocks;
    }

    int bits() {
        return tensors.bits();
    }

    boolean hasZeroPoints() {
        return zeroPoints.length > 0;
    }

    DType scaleType() {
        return tensors.scales().data().type().dtype();
    }

    int columns() {
        return columns;
    }

    /** In a row. */
    int blocks() {
        return blocks;
    }

    /** That a column is in. */
    int block(int column) {
        return column / tensors.block();
    }

    /** First column of a block. */
    int start(int block) {
        return block * tensors.block();
    }

    /** Column behind a block. */
    int end(int block) {
        return Math.min(columns, start(block + 1));
    }

    double scale(int row, int block) {
        return Rounding.read(scales, (row * blocks + block) * scaleType().bytes(), scaleType());
    }

    int zero(int row, int block) {
        return hasZeroPoints()
                ? numbers(zeroPoints).at(row * zeroRow() + block)
                : numbers(zeroPoints).middle();
    }

    private PackedIntegers numbers(byte[] bytes) {
        return new PackedIntegers(bytes, tensors.bits(), tensors.signed());
    }

    /** Takes rows in their order. */
    @FunctionalInterface
    interface Rows {
        /** @param codes of the row; valid during the call */
        void row(int row, PackedIntegers codes);
    }

    void read(Rows rows) throws IOException {
        tensors.codes().data().writeTo(new RowChannel(rows));
    }

    /** Cuts a stream into rows. */
    private final class RowChannel implements WritableByteChannel {
        private final Rows rows;
        private final ByteBuffer row = ByteBuffer.allocate(rowBytes());
        private int count;

        RowChannel(Rows rows) {
            this.rows = rows;
        }

        @Override
        public int write(ByteBuffer bytes) {
            int taken = bytes.remaining();
            while (bytes.hasRemaining()) {
                int length = Math.min(bytes.remaining(), row.remaining());
                row.put(bytes.slice().limit(length));
                bytes.position(bytes.position() + length);
                if (!row.hasRemaining()) {
                    rows.row(count++, numbers(row.array()));
                    row.clear();
                }
            }
            return taken;
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
