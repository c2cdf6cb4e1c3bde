package dev.heddle.models.weight;

import dev.heddle.exporter.graph.TensorType;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.WritableByteChannel;
import java.util.function.Consumer;

/** Codes, scales or zero points of a quantised weight as a stream; memory is that of some thousand blocks, whatever the weight's size. */
final class PartData implements QuantizedPart {

    /** Even, so that a piece of 4-bit numbers is whole bytes. */
    private static final int PIECE_BLOCKS = 1 << 14;

    private final Weight.Part weight;
    private final Blocks blocks;
    private final Consumer<QuantizationError> errors;

    /** @param errors told each time the codes have been written */
    PartData(Weight.Part weight, Blocks blocks, Consumer<QuantizationError> errors) {
        this.weight = weight;
        this.blocks = blocks;
        this.errors = errors;
    }

    @Override
    public Weight.Part part() {
        return weight;
    }

    @Override
    public WeightRows source() {
        return new WeightRows(weight.of().shape(), blocks.elements());
    }

    @Override
    public TensorType type() {
        return new TensorType(weight.dtype(), weight.shape());
    }

    @Override
    public void writeTo(WritableByteChannel out) throws IOException {
        BlockFormat format = weight.of().format();
        long[] lengths = weight.of().shape().lengths();
        long perRow = lengths[1] / format.block();
        long total = Math.multiplyExact(lengths[0], perRow);
        boolean rowsPadded = weight.part() == BlockPart.ZERO_POINTS && weight.layout() == BlockLayout.BYTES;
        ErrorSum sum = new ErrorSum(format);
        // Pieces of whole rows where each row begins at a byte.
        long piece = rowsPadded ? Math.max(1, PIECE_BLOCKS / perRow) * perRow : PIECE_BLOCKS;
        for (long first = 0; first < total; first += piece) {
            int count = (int) Math.min(piece, total - first);
            Blocks.Piece read = blocks.read(first, count);
            ByteBuffer bytes =
                    switch (weight.part()) {
                        case CODES -> codes(read.blocks());
                        case SCALES -> scales(read.blocks());
                        case ZERO_POINTS -> zeroPoints(read.blocks(), rowsPadded ? (int) perRow : count);
                    };
            while (bytes.hasRemaining()) {
                out.write(bytes);
            }
            if (weight.part() == BlockPart.CODES) {
                sum.add(read);
            }
        }
        if (weight.part() == BlockPart.CODES) {
            errors.accept(sum.result(weight.of().of().name()));
        }
    }

    private ByteBuffer codes(Block[] read) {
        BlockFormat format = weight.of().format();
        int middle = weight.layout().isSigned(format) ? format.middle() : 0;
        Packed packed = new Packed(format.bits(), read.length * format.block());
        for (Block block : read) {
            for (byte code : block.codes()) {
                packed.put(Byte.toUnsignedInt(code) - middle);
            }
        }
        return packed.bytes();
    }

    private ByteBuffer scales(Block[] read) {
        FloatFormat format = FloatFormat.of(weight.of().format().scaleType());
        ByteBuffer bytes = ByteBuffer.allocate(read.length * format.bytes()).order(ByteOrder.LITTLE_ENDIAN);
        double[] values = new double[read.length];
        for (int index = 0; index < read.length; index++) {
            values[index] = read[index].scale();
        }
        format.encode(values, values.length, bytes);
        return bytes;
    }

    private ByteBuffer zeroPoints(Block[] read, int perRow) {
        int bits = weight.of().format().bits();
        int rowBytes = (perRow * bits + Byte.SIZE - 1) / Byte.SIZE;
        ByteBuffer bytes = ByteBuffer.allocate(read.length / perRow * rowBytes);
        for (int row = 0; row < read.length; row += perRow) {
            Packed packed = new Packed(bits, perRow);
            for (int index = row; index < row + perRow; index++) {
                packed.put(read[index].zero());
            }
            bytes.put(packed.bytes());
        }
        return bytes.flip();
    }

    /** Numbers of 4 or 8 bits one behind the other. */
    private static final class Packed {
        private final int bits;
        private final byte[] bytes;
        private int count;

        Packed(int bits, int numbers) {
            this.bits = bits;
            this.bytes = new byte[(numbers * bits + Byte.SIZE - 1) / Byte.SIZE];
        }

        void put(int number) {
            int position = count * bits;
            bytes[position / Byte.SIZE] |= (byte) ((number & (1 << bits) - 1) << position % Byte.SIZE);
            count++;
        }

        ByteBuffer bytes() {
            return ByteBuffer.wrap(bytes);
        }
    }

    /** Adds up what blocks lost. */
    private static final class ErrorSum {
        private final BlockFormat format;
        private double lost;
        private double size;
        private double worst;
        private long worstBlock;
        private long count;

        ErrorSum(BlockFormat format) {
            this.format = format;
        }

        void add(Blocks.Piece piece) {
            double[] values = piece.values();
            Block[] blocks = piece.blocks();
            for (int index = 0; index < blocks.length; index++, count++) {
                double squares = 0;
                for (int at = index * format.block(); at < (index + 1) * format.block(); at++) {
                    squares += values[at] * values[at];
                }
                size += squares;
                lost += blocks[index].error();
                double relative = squares == 0 ? 0 : Math.sqrt(blocks[index].error() / squares);
                if (relative > worst) {
                    worst = relative;
                    worstBlock = count;
                }
            }
        }

        QuantizationError result(String name) {
            return new QuantizationError(name, format, size == 0 ? 0 : Math.sqrt(lost / size), worst, worstBlock);
        }
    }
}
