package dev.heddle.cli;

import dev.heddle.exporter.op.Activations;
import dev.heddle.exporter.op.ContribOps;
import dev.heddle.models.decoder.GraphOptions;
import dev.heddle.models.decoder.Quantization;
import java.util.Optional;

/** What somebody who exports few bits for a CPU should know: ONNX Runtime has no kernel for float times 8 bits there, and makes each matrix float32 again in every step. */
record ProductHint(GraphOptions options) {

    private static final int BITS_WITHOUT_KERNEL = 8;

    /** Empty unless the model will be slow for want of an option that the target takes. */
    Optional<String> text() {
        boolean slow = options.numerics().quantization() instanceof Quantization.Blocks blocks
                && blocks.format().bits() == BITS_WITHOUT_KERNEL
                && blocks.activations() == Activations.FLOAT
                && options.target().knows(ContribOps.DOMAIN, ContribOps.INT8_ACTIVATIONS);
        return slow
                ? Optional.of("int8 weights with float activations take about ten times as long as float32 on "
                        + options.target() + ": for speed add --activations int8, which rounds more, or take"
                        + " --weights int4")
                : Optional.empty();
    }
}
