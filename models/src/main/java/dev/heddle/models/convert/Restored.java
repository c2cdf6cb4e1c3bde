package dev.heddle.models.convert;

import dev.heddle.exporter.graph.TensorData;

/**
 * A tensor on its way back.
 *
 * @param state how it compares with the source's
 */
record Restored(TensorData data, State state) {

    enum State {
        SAME,
        /** Numbers in the model's element type, which cannot hold the source's. */
        ROUNDED,
        /** The values that codes of few bits stand for. */
        DEQUANTIZED,
        /** Rows divided by their norms, which nobody kept. */
        NORMALISED
    }
}
