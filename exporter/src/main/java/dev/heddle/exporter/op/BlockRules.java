package dev.heddle.exporter.op;

import dev.heddle.exporter.graph.Call;
import dev.heddle.exporter.graph.DType;
import dev.heddle.exporter.graph.Dim;
import dev.heddle.exporter.graph.Shape;
import dev.heddle.exporter.graph.Typed;
import java.util.ArrayList;
import java.util.List;

/** Inference for operators on weights in blocks of few bits. */
final class BlockRules {

    private BlockRules() {}

    /** A [.., K], B uint8 [N, blocks, bytes of a block], scales [N, blocks], zero points uint8 [N, bytes of a row]. */
    static List<Typed> matMul(Call call) {
        long k = call.integer("K", 0);
        long n = call.integer("N", 0);
        long block = block(call);
        long blocks = (k + block - 1) / block;
        Shape a = call.shape(0);
        if (a.rank() < 2 || !a.dim(-1).equals(Dim.of(k))) {
            throw call.refused("A must have " + k + " elements in its last axis, got " + a);
        }
        requireBytes(call, 1, Shape.of(n, blocks, block * bits(call) / Byte.SIZE));
        requireScales(call, 2, Shape.of(n, blocks));
        call.requireSameDType(0, 2);
        if (call.has(3)) {
            requireBytes(call, 3, Shape.of(n, zeroPointBytes(blocks, bits(call))));
        }
        return List.of(Typed.of(call.dtype(0), a.with(-1, Dim.of(n))));
    }

    /** data uint8 [rows, bytes of a row], scales [rows, blocks], zero points uint8 [rows, bytes of a row's]. */
    static List<Typed> gather(Call call) {
        Shape data = call.shape(0);
        if (call.integer("gather_axis", 0) != 0 || call.integer("quantize_axis", 1) != 1 || data.rank() != 2) {
            throw call.refused("only rows of a matrix are taken, in blocks along the rows, got " + data);
        }
        long rows = data.dim(0).constant();
        long width = data.dim(1).constant() * Byte.SIZE / bits(call);
        long blocks = (width + block(call) - 1) / block(call);
        requireBytes(call, 0, data);
        requireScales(call, 2, Shape.of(rows, blocks));
        if (call.has(3)) {
            requireBytes(call, 3, Shape.of(rows, zeroPointBytes(blocks, bits(call))));
        }
        List<Dim> dims = new ArrayList<>(call.shape(1).dims());
        dims.add(Dim.of(width));
        return List.of(Typed.of(call.dtype(2), new Shape(dims)));
    }

    /** x of small integers in blocks along an axis, scales and zero points of as many axes. */
    static List<Typed> dequantize(Call call) {
        Shape x = call.shape(0);
        int axis = call.axis(call.integer("axis", 1), x.rank());
        long block = call.integer("block_size", 0);
        if (block < 1 || !call.dtype(1).isFloat()) {
            throw call.refused(
                    "expected blocks and scales in floating point, got blocks of " + block + " and " + call.type(1));
        }
        long blocks = (x.dim(axis).constant() + block - 1) / block;
        Shape scales = x.with(axis, Dim.of(blocks));
        requireScales(call, 1, scales);
        if (call.has(2)) {
            call.requireSameDType(0, 2);
            if (!call.shape(2).equals(scales)) {
                throw call.refused(
                        "zero points must have the shape of the scales, " + scales + ", got " + call.type(2));
            }
        }
        return List.of(Typed.of(call.dtype(1), x));
    }

    private static long bits(Call call) {
        long bits = call.integer("bits", 4);
        if (bits != 4 && bits != 8) {
            throw call.refused("codes must have 4 or 8 bits, got " + bits);
        }
        return bits;
    }

    private static long block(Call call) {
        long block = call.integer("block_size", 0);
        if (block < 16 || Long.bitCount(block) != 1) {
            throw call.refused("blocks must have a power of 2 elements, at least 16, got " + block);
        }
        return block;
    }

    private static long zeroPointBytes(long blocks, long bits) {
        return (blocks * bits + Byte.SIZE - 1) / Byte.SIZE;
    }

    private static void requireBytes(Call call, int input, Shape shape) {
        if (call.dtype(input) != DType.UINT8 || !call.shape(input).equals(shape)) {
            throw call.refused("input " + input + " must be uint8" + shape + ", got " + call.type(input));
        }
    }

    private static void requireScales(Call call, int input, Shape shape) {
        if (!call.dtype(input).isFloat() || !call.shape(input).equals(shape)) {
            throw call.refused("scales must be numbers of shape " + shape + ", got " + call.type(input));
        }
    }
}
