package dev.heddle.cli;

import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;

/**
 * Random points of a span of time, as parts of it: one in each of as many equal stretches, so that none stays without.
 *
 * @param seed gives the same points again
 */
record Moments(long seed, int count) {

    List<Double> list() {
        Random random = new Random(seed);
        return IntStream.range(0, count)
                .mapToObj(stretch -> (stretch + random.nextDouble()) / count)
                .toList();
    }
}
