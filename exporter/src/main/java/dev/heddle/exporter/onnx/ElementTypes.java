package dev.heddle.exporter.onnx;

import java.util.Map;

/** ONNX's element types by their numbers, also those that Heddle cannot compute with. */
final class ElementTypes {

    private record Type(String name, int bits) {}

    private static final Map<Integer, Type> TYPES = Map.ofEntries(
            Map.entry(1, new Type("float", 32)),
            Map.entry(2, new Type("uint8", 8)),
            Map.entry(3, new Type("int8", 8)),
            Map.entry(4, new Type("uint16", 16)),
            Map.entry(5, new Type("int16", 16)),
            Map.entry(6, new Type("int32", 32)),
            Map.entry(7, new Type("int64", 64)),
            Map.entry(8, new Type("string", 0)),
            Map.entry(9, new Type("bool", 8)),
            Map.entry(10, new Type("float16", 16)),
            Map.entry(11, new Type("double", 64)),
            Map.entry(12, new Type("uint32", 32)),
            Map.entry(13, new Type("uint64", 64)),
            Map.entry(14, new Type("complex64", 64)),
            Map.entry(15, new Type("complex128", 128)),
            Map.entry(16, new Type("bfloat16", 16)),
            Map.entry(17, new Type("float8e4m3fn", 8)),
            Map.entry(18, new Type("float8e4m3fnuz", 8)),
            Map.entry(19, new Type("float8e5m2", 8)),
            Map.entry(20, new Type("float8e5m2fnuz", 8)),
            Map.entry(21, new Type("uint4", 4)),
            Map.entry(22, new Type("int4", 4)),
            Map.entry(23, new Type("float4e2m1", 4)),
            Map.entry(24, new Type("float8e8m0", 8)));

    private ElementTypes() {}

    /** In ONNX's textual syntax; {@code type<n>} for a number that is none. */
    static String name(int number) {
        return TYPES.getOrDefault(number, new Type("type" + number, 0)).name();
    }

    /** Bytes of so many elements one behind the other; 0 for texts and for what is no type. */
    static long bytes(int number, long elements) {
        int bits = TYPES.getOrDefault(number, new Type("", 0)).bits();
        return bits < Byte.SIZE
                ? Math.floorDiv(Math.addExact(Math.multiplyExact(elements, bits), Byte.SIZE - 1), Byte.SIZE)
                : Math.multiplyExact(elements, bits / Byte.SIZE);
    }
}
