package dev.heddle.models.checkpoint;

import dev.heddle.exporter.graph.DType;

/** The storage classes of torch that Heddle reads and writes; {@link #globalName} is the class in a pickle. */
enum TorchStorageType {
    DOUBLE("DoubleStorage", DType.FLOAT64),
    FLOAT("FloatStorage", DType.FLOAT32),
    HALF("HalfStorage", DType.FLOAT16),
    BFLOAT16("BFloat16Storage", DType.BFLOAT16),
    LONG("LongStorage", DType.INT64),
    INT("IntStorage", DType.INT32),
    CHAR("CharStorage", DType.INT8),
    BYTE("ByteStorage", DType.UINT8),
    BOOL("BoolStorage", DType.BOOL);

    private final String className;
    private final DType dtype;

    TorchStorageType(String className, DType dtype) {
        this.className = className;
        this.dtype = dtype;
    }

    String className() {
        return className;
    }

    String globalName() {
        return "torch." + className;
    }

    DType dtype() {
        return dtype;
    }

    static TorchStorageType of(DType dtype) {
        for (TorchStorageType type : values()) {
            if (type.dtype == dtype) {
                return type;
            }
        }
        throw new IllegalArgumentException("torch has no storage for " + dtype.onnxName());
    }
}
