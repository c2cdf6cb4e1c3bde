package dev.heddle.runtime.generate;

import java.util.SplittableRandom;

/** Draws a token as {@link Sampling.Random} says; weights are summed in double precision. Not thread-safe. */
final class RandomChooser implements TokenChooser {
    private final Sampling.Random sampling;
    private final SplittableRandom random;

    RandomChooser(Sampling.Random sampling, SplittableRandom random) {
        this.sampling = sampling;
        this.random = random;
    }

    @Override
    public int choose(float[] logits) {
        float largest = logits[TokenChooser.largest(logits)];
        if (sampling.topK() == 0 && sampling.topP() == 1) {
            return fromAll(logits, largest);
        }
        return fromBest(logits, largest);
    }

    private int fromAll(float[] logits, float largest) {
        double left = uniform() * sum(logits, largest);
        int last = 0;
        for (int i = 0; i < logits.length; i++) {
            double weight = weight(logits[i], largest);
            if (weight > 0) {
                last = i;
                left -= weight;
                if (left < 0) {
                    break;
                }
            }
        }
        // Rounding may leave a crumb after the last token; it is that token's.
        return last;
    }

    private int fromBest(float[] logits, float largest) {
        var candidates = new CandidateHeap(logits);
        int limit = sampling.topK() == 0 ? logits.length : Math.min(sampling.topK(), logits.length);
        // With all tokens as candidates, no more are taken out than the share needs.
        double wanted = limit == logits.length ? sampling.topP() * sum(logits, largest) : Double.POSITIVE_INFINITY;
        int[] tokens = new int[limit];
        double[] sums = new double[limit];
        int count = 0;
        for (double sum = 0; count < limit && sum < wanted; count++) {
            tokens[count] = candidates.poll();
            sum += weight(logits[tokens[count]], largest);
            sums[count] = sum;
        }
        int kept = limit == logits.length ? count : reach(sums, sampling.topP() * sums[count - 1]);
        return tokens[reach(sums, uniform() * sums[kept - 1]) - 1];
    }

    /** Number of the first candidates that together reach a sum; their sums grow, up to the wanted one or more. */
    private static int reach(double[] sums, double wanted) {
        int count = 1;
        while (sums[count - 1] < wanted) {
            count++;
        }
        return count;
    }

    private double sum(float[] logits, float largest) {
        double sum = 0;
        for (float logit : logits) {
            sum += weight(logit, largest);
        }
        return sum;
    }

    private double weight(float logit, float largest) {
        return Math.exp((logit - largest) / sampling.temperature());
    }

    /** In [0, 1); written out because the library's way of making a double may change. */
    private double uniform() {
        return (random.nextLong() >>> 11) * 0x1p-53;
    }
}
