package dev.heddle.models.family;

import dev.heddle.exporter.graph.Shape;
import dev.heddle.models.attention.Heads;
import dev.heddle.models.attention.KeyValueShift;
import dev.heddle.models.checkpoint.ModelFormatException;
import dev.heddle.models.weight.Weight;
import java.util.Map;
import java.util.SortedMap;

/**
 * The weights of a KV shift as checkpoints hold them: [Hkv, taps], or [1, 1, Hkv, 1, taps] as a convolution takes them.
 */
final class ShiftTensors {

    private ShiftTensors() {}

    /**
     * The shift that these tensors belong to: none without any tensor whose name ends so. One in any layer means one in
     * every layer, so that a missing one is found.
     */
    static KeyValueShift shift(SortedMap<String, Shape> stored, Heads heads, String keySuffix, String valueSuffix) {
        return stored.entrySet().stream()
                .filter(tensor -> tensor.getKey().endsWith("." + keySuffix)
                        || tensor.getKey().endsWith("." + valueSuffix))
                .findFirst()
                .<KeyValueShift>map(tensor -> new KeyValueShift.Taps(taps(tensor, heads)))
                .orElseGet(KeyValueShift.None::new);
    }

    private static int taps(Map.Entry<String, Shape> tensor, Heads heads) {
        Shape shape = tensor.getValue();
        int taps = shape.rank() == 0 ? 0 : Math.toIntExact(shape.lengths()[shape.rank() - 1]);
        if (taps < 2 || !(shape.equals(flat(heads, taps)) || shape.equals(spread(heads, taps)))) {
            throw new ModelFormatException("tensor " + tensor.getKey() + ": expected shape [" + heads.keyValue()
                    + ",taps] or [1,1," + heads.keyValue() + ",1,taps] with at least 2 taps, got " + shape);
        }
        return taps;
    }

    /** The weight [Hkv, taps] of this tensor, in whichever of the two shapes it is stored. */
    static Weight weight(String name, Heads heads, KeyValueShift.Taps taps, SortedMap<String, Shape> stored) {
        Shape flat = flat(heads, taps.count());
        Shape spread = spread(heads, taps.count());
        return spread.equals(stored.get(name))
                ? new Weight.Reshaped(new Weight.Stored(name, spread), flat)
                : new Weight.Stored(name, flat);
    }

    static Shape flat(Heads heads, int taps) {
        return Shape.of(heads.keyValue(), taps);
    }

    static Shape spread(Heads heads, int taps) {
        return Shape.of(1, 1, heads.keyValue(), 1, taps);
    }
}
