package dev.heddle.exporter.graph;

import java.util.Arrays;
import java.util.Optional;

/** Element type of a tensor, with its number and name in ONNX. */
public enum DType {
    FLOAT32(1, 32, "float"),
    UINT8(2, 8, "uint8"),
    INT8(3, 8, "int8"),
    INT32(6, 32, "int32"),
    INT64(7, 64, "int64"),
    BOOL(9, 8, "bool"),
    FLOAT16(10, 16, "float16"),
    FLOAT64(11, 64, "double"),
    BFLOAT16(16, 16, "bfloat16"),
    /** Two elements in a byte, the first in the low bits. */
    UINT4(21, 4, "uint4"),
    /** As UINT4, two's complement. */
    INT4(22, 4, "int4");

    private final int onnxNumber;
    private final int bits;
    private final String onnxName;

    DType(int onnxNumber, int bits, String onnxName) {
        this.onnxNumber = onnxNumber;
        this.bits = bits;
        this.onnxName = onnxName;
    }

    /** Number in {@code TensorProto.DataType}. */
    public int onnxNumber() {
        return onnxNumber;
    }

    /** Bits of one element. */
    public int bits() {
        return bits;
    }

    /**
     * Bytes of one element.
     *
     * @throws IllegalArgumentException if elements share a byte
     */
    public int bytes() {
        if (bits < Byte.SIZE) {
            throw new IllegalArgumentException("an element of " + onnxName + " has " + bits + " bits, no whole byte");
        }
        return bits / Byte.SIZE;
    }

    /**
     * Bytes of so many elements one behind the other.
     *
     * @throws ArithmeticException if they are more than a long can say
     */
    public long byteCount(long elements) {
        return bits < Byte.SIZE ? (elements + 1) / 2 : Math.multiplyExact(elements, bits / Byte.SIZE);
    }

    /** Name in ONNX's textual syntax. */
    public String onnxName() {
        return onnxName;
    }

    public boolean isFloat() {
        return this == FLOAT32 || this == FLOAT16 || this == FLOAT64 || this == BFLOAT16;
    }

    /** The type with this number in {@code TensorProto.DataType}; empty if Heddle does not handle it. */
    public static Optional<DType> ofOnnxNumber(int number) {
        return Arrays.stream(values()).filter(type -> type.onnxNumber == number).findFirst();
    }
}
