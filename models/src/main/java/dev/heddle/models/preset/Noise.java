package dev.heddle.models.preset;

import java.nio.charset.StandardCharsets;

/**
 * Random numbers of one tensor, by element: any slice can be computed alone, and the same seed and name give the same
 * numbers on every machine. SplitMix64 (Steele et al. 2014) of the element's number.
 *
 * @param key of the tensor's own sequence
 */
record Noise(long key) {

    private static final long STEP = 0x9E37_79B9_7F4A_7C15L;

    static Noise of(long seed, String tensor) {
        // FNV-1a, 64 bits.
        long hash = 0xCBF2_9CE4_8422_2325L;
        for (byte character : tensor.getBytes(StandardCharsets.UTF_8)) {
            hash = (hash ^ (character & 0xFF)) * 0x100_0000_01B3L;
        }
        return new Noise(mix(mix(seed) ^ hash));
    }

    private static long mix(long value) {
        long mixed = (value ^ value >>> 30) * 0xBF58_476D_1CE4_E5B9L;
        mixed = (mixed ^ mixed >>> 27) * 0x94D0_49BB_1331_11EBL;
        return mixed ^ mixed >>> 31;
    }

    /** Uniform in (0, 1). */
    double uniform(long element) {
        return ((mix(key + (element + 1) * STEP) >>> 11) + 0.5) * 0x1p-53;
    }

    /** Normal with mean 0 and deviation 1, none beyond 3. */
    double normal(long element) {
        return TruncatedNormal.quantile(uniform(element));
    }
}
