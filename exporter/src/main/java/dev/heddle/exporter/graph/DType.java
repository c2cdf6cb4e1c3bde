package dev.heddle.exporter.graph;

import java.util.Arrays;
import java.util.Optional;

/** Element type of a tensor, with its number and name in ONNX. */
public enum DType {
    FLOAT32(1, 4, "float"),
    UINT8(2, 1, "uint8"),
    INT8(3, 1, "int8"),
    INT32(6, 4, "int32"),
    INT64(7, 8, "int64"),
    BOOL(9, 1, "bool"),
    FLOAT16(10, 2, "float16"),
    FLOAT64(11, 8, "double"),
    BFLOAT16(16, 2, "bfloat16");

    private final int onnxNumber;
    private final int bytes;
    private final String onnxName;

    DType(int onnxNumber, int bytes, String onnxName) {
        this.onnxNumber = onnxNumber;
        this.bytes = bytes;
        this.onnxName = onnxName;
    }

    /** Number in {@code TensorProto.DataType}. */
    public int onnxNumber() {
        return onnxNumber;
    }

    /** Bytes of one element. */
    public int bytes() {
        return bytes;
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
