package dev.heddle.models.weight;

import dev.heddle.exporter.graph.DType;
import dev.heddle.exporter.graph.Shape;

/** How codes and zero points lie in a file. Two codes of 4 bits share a byte, the first in the low bits. */
public enum BlockLayout {
    /** As {@code com.microsoft.MatMulNBits} has it: bytes; codes count from 0; the zero points of each row begin at a byte. */
    BYTES {
        @Override
        DType dtype(BlockPart part, BlockFormat format) {
            return part == BlockPart.SCALES ? format.scaleType() : DType.UINT8;
        }

        @Override
        Shape shape(BlockPart part, BlockFormat format, long rows, long columns) {
            long blocks = columns / format.block();
            return switch (part) {
                case CODES -> Shape.of(rows, blocks, (long) format.block() * format.bits() / Byte.SIZE);
                case SCALES -> Shape.of(rows, blocks);
                case ZERO_POINTS -> Shape.of(rows, (blocks * format.bits() + Byte.SIZE - 1) / Byte.SIZE);
            };
        }

        @Override
        boolean isSigned(BlockFormat format) {
            return false;
        }
    },
    /** As ONNX's {@code DequantizeLinear} has it: tensors of small integers; codes of symmetric blocks are signed, so that they need no zero point. */
    INTEGERS {
        @Override
        DType dtype(BlockPart part, BlockFormat format) {
            if (part == BlockPart.SCALES) {
                return format.scaleType();
            }
            boolean small = format.bits() == 4;
            if (isSigned(format)) {
                return small ? DType.INT4 : DType.INT8;
            }
            return small ? DType.UINT4 : DType.UINT8;
        }

        @Override
        Shape shape(BlockPart part, BlockFormat format, long rows, long columns) {
            return part == BlockPart.CODES ? Shape.of(rows, columns) : Shape.of(rows, columns / format.block());
        }

        @Override
        boolean isSigned(BlockFormat format) {
            return format.zero() == BlockFormat.ZeroPoint.SYMMETRIC;
        }
    };

    abstract DType dtype(BlockPart part, BlockFormat format);

    abstract Shape shape(BlockPart part, BlockFormat format, long rows, long columns);

    /** Whether stored codes are what is left after the middle is taken off. */
    abstract boolean isSigned(BlockFormat format);
}
