package dev.heddle.runtime.session;

import ai.onnxruntime.OnnxJavaType;
import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;

/** Element type of a tensor. FLOAT16 and BFLOAT16 are kept as the 16 bits they are. */
public enum DType {
    FLOAT32(4, OnnxJavaType.FLOAT),
    FLOAT64(8, OnnxJavaType.DOUBLE),
    FLOAT16(2, OnnxJavaType.FLOAT16),
    BFLOAT16(2, OnnxJavaType.BFLOAT16),
    INT64(8, OnnxJavaType.INT64),
    INT32(4, OnnxJavaType.INT32),
    INT8(1, OnnxJavaType.INT8),
    UINT8(1, OnnxJavaType.UINT8),
    BOOL(1, OnnxJavaType.BOOL);

    private final int bytes;
    private final OnnxJavaType ortType;

    DType(int bytes, OnnxJavaType ortType) {
        this.bytes = bytes;
        this.ortType = ortType;
    }

    /** Bytes of one element. */
    public int bytes() {
        return bytes;
    }

    public boolean isFloat() {
        return this == FLOAT32 || this == FLOAT64 || this == FLOAT16 || this == BFLOAT16;
    }

    OnnxJavaType ortType() {
        return ortType;
    }

    static Optional<DType> of(OnnxJavaType ortType) {
        return Arrays.stream(values()).filter(type -> type.ortType == ortType).findFirst();
    }

    /** The name in messages: float32, int64, ... */
    @Override
    public String toString() {
        return name().toLowerCase(Locale.ROOT);
    }
}
