package dev.heddle.cli;

import dev.heddle.runtime.cache.TokenBlock;
import dev.heddle.runtime.parity.Inputs;
import java.nio.LongBuffer;
import java.util.Arrays;
import java.util.List;

/**
 * What both sides are given, and where it comes from.
 *
 * @param origin as in "random, seed 0"
 */
record GivenTokens(TokenBlock block, String origin) {
    /** For a report. */
    Inputs inputs() {
        LongBuffer ids = block.ids().longs();
        long[] first = new long[Math.min(Inputs.SHOWN, ids.remaining())];
        ids.get(first);
        return new Inputs(
                origin,
                List.of((long) block.batch(), (long) block.length()),
                Arrays.stream(first).boxed().toList());
    }
}
