package dev.heddle.runtime.session;

import ai.onnxruntime.platform.Fp16Conversions;

/** Numbers to the bits of 16-bit types, rounded to float32 first. */
public final class NarrowFloat {
    private NarrowFloat() {}

    /** @throws IllegalArgumentException if the type has no 16 bits */
    public static short bits(DType dtype, double value) {
        return switch (dtype) {
            case FLOAT16 -> Fp16Conversions.floatToFp16((float) value);
            case BFLOAT16 -> Fp16Conversions.floatToBf16((float) value);
            default -> throw new IllegalArgumentException("expected float16 or bfloat16, got " + dtype);
        };
    }
}
