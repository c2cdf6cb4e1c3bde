package dev.heddle.models.checkpoint;

import dev.heddle.exporter.graph.DType;
import java.util.Arrays;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * The element types of the safetensors format that Heddle handles, under their names in the format and in the order of
 * the reference implementation, which writes the tensors of the last type first.
 */
enum SafetensorsDType {
    BOOL(DType.BOOL),
    U8(DType.UINT8),
    I8(DType.INT8),
    F16(DType.FLOAT16),
    BF16(DType.BFLOAT16),
    I32(DType.INT32),
    F32(DType.FLOAT32),
    F64(DType.FLOAT64),
    I64(DType.INT64);

    private final DType dtype;

    SafetensorsDType(DType dtype) {
        this.dtype = dtype;
    }

    DType dtype() {
        return dtype;
    }

    static Optional<SafetensorsDType> named(String name) {
        return Arrays.stream(values()).filter(type -> type.name().equals(name)).findFirst();
    }

    static SafetensorsDType of(DType dtype) {
        return Arrays.stream(values())
                .filter(type -> type.dtype == dtype)
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException(
                        "safetensors: expected one of " + names() + ", got " + dtype.onnxName()));
    }

    static String names() {
        return Arrays.stream(values()).map(Enum::name).collect(Collectors.joining(", "));
    }
}
