package dev.heddle.cli;

import dev.heddle.runtime.session.HostTensor;
import java.util.Map;

/** Inputs of a model without state. */
final class SixTokens {

    private SixTokens() {}

    static Map<String, HostTensor> inputs() {
        return Map.of(
                "input_ids", HostTensor.ofLongs(new long[] {3, 1, 4, 1, 5, 9}, 1, 6),
                "attention_mask", HostTensor.ofLongs(new long[] {1, 1, 1, 1, 1, 1}, 1, 6),
                "position_ids", HostTensor.ofLongs(new long[] {0, 1, 2, 3, 4, 5}, 1, 6));
    }
}
