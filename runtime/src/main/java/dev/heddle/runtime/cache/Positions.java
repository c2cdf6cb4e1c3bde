package dev.heddle.runtime.cache;

import dev.heddle.runtime.session.HostTensor;

/** Where the graph's {@code position_ids} come from. */
public sealed interface Positions {
    /** The number of real tokens up to and with each token, less one, at least 0. */
    record Counted() implements Positions {}

    /** @param ids INT64 {@code [batch, len]} */
    record Given(HostTensor ids) implements Positions {}
}
