package dev.heddle.runtime.parity;

import java.util.List;

/**
 * What both sides were given, so that a reader can do it again.
 *
 * @param origin as in "random, seed 0"
 * @param shape of the tokens, [batch, len]; empty if the inputs are no tokens
 * @param tokens the first ones, row after row; at most {@value #SHOWN}
 */
public record Inputs(String origin, List<Long> shape, List<Long> tokens) {
    /** How many tokens a report keeps. */
    public static final int SHOWN = 256;

    public Inputs {
        shape = List.copyOf(shape);
        tokens = List.copyOf(tokens.subList(0, Math.min(SHOWN, tokens.size())));
    }

    public static Inputs of(String origin) {
        return new Inputs(origin, List.of(), List.of());
    }
}
