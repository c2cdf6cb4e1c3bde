package dev.heddle.cli;

import com.fasterxml.jackson.databind.JsonNode;
import dev.heddle.exporter.graph.DType;
import dev.heddle.exporter.op.Activations;
import dev.heddle.models.decoder.Numerics;
import dev.heddle.models.decoder.Quantization;
import dev.heddle.models.export.NumericsJson;
import dev.heddle.runtime.parity.Precision;

/** What a model computes in, as it says of itself; float32 if it says nothing. */
record ModelNumerics(Numerics numerics) {

    /** @param description as {@link ModelMetadata} gives it */
    static ModelNumerics of(JsonNode description) {
        return new ModelNumerics(NumericsJson.read(description));
    }

    boolean isQuantized() {
        return numerics.quantization() instanceof Quantization.Blocks;
    }

    /** Of values, given the weights that the model has. */
    Precision values() {
        return numerics.quantization().activations() == Activations.INT8
                ? Precision.INT8_ACTIVATIONS.coarser(dtype())
                : dtype();
    }

    private Precision dtype() {
        return switch (numerics.dtype()) {
            case FLOAT16 -> Precision.FLOAT16;
            case BFLOAT16 -> Precision.BFLOAT16;
            default -> Precision.FLOAT32;
        };
    }

    /** Beside the weights that the source has. */
    Precision whole() {
        if (!(numerics.quantization() instanceof Quantization.Blocks blocks)) {
            return values();
        }
        Precision weights = blocks.format().bits() == 4 ? Precision.INT4_WEIGHTS : Precision.INT8_WEIGHTS;
        Precision factors =
                blocks.activations() == Activations.INT8 ? Precision.INT8_ACTIVATIONS.coarser(weights) : weights;
        return factors.coarser(dtype());
    }

    /** For instance {@code float16, int4 weights in blocks of 32}. */
    String text() {
        String text =
                numerics.dtype() == DType.FLOAT32 ? "float32" : numerics.dtype().onnxName();
        if (numerics.quantization() instanceof Quantization.Blocks blocks) {
            text += ", " + blocks.format().summary();
            text += blocks.activations() == Activations.INT8 ? ", int8 activations" : "";
        }
        return text;
    }
}
