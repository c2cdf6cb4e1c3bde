package dev.heddle.models.decoder;

import dev.heddle.exporter.graph.DType;
import dev.heddle.exporter.op.Activations;
import dev.heddle.models.weight.BlockFormat;
import dev.heddle.models.weight.Weight;
import java.util.EnumSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * Which weights are cut into blocks of few bits, and how. Only matrices that multiply are: convolution kernels, mixes, norms, gates and shift weights stay as they
 * are, and so do biases.
 */
public sealed interface Quantization {

    /** The decoder with those weights as {@link Weight.Quantized}. */
    Decoder apply(Decoder decoder);

    /** What products with weights in blocks make of their other side. */
    default Activations activations() {
        return Activations.FLOAT;
    }

    /** Weights stay as they are. */
    record None() implements Quantization {
        @Override
        public Decoder apply(Decoder decoder) {
            return decoder;
        }
    }

    /** Parts of a decoder that can be chosen. */
    enum Part {
        /** Projections of attention and feed-forward blocks. */
        LAYERS,
        HEAD,
        EMBEDDING
    }

    /**
     * @param exclude patterns of names of stored tensors that stay as they are; {@code *} is any text
     * @param activations what products with these weights make of their other side; no part of what is left of the weights
     */
    record Blocks(BlockFormat format, Set<Part> parts, List<String> exclude, Activations activations)
            implements Quantization {

        public Blocks {
            parts = parts.isEmpty() ? Set.of() : Set.copyOf(EnumSet.copyOf(parts));
            exclude = List.copyOf(exclude);
        }

        /** Activations stay as they are. */
        public Blocks(BlockFormat format, Set<Part> parts, List<String> exclude) {
            this(format, parts, exclude, Activations.FLOAT);
        }

        @Override
        public Decoder apply(Decoder decoder) {
            Set<String> unused = new LinkedHashSet<>(exclude);
            decoder.storedTensors().keySet().forEach(name -> unused.removeIf(pattern -> matches(pattern, name)));
            if (!unused.isEmpty()) {
                throw new IllegalArgumentException(
                        "--exclude " + unused.iterator().next()
                                + ": expected a pattern that some tensor's name matches, got none; names are as "
                                + decoder.head().weight().stored().name());
            }
            // Logits are float32, and a tied table has one set of scales for both uses.
            BlockFormat ofTables = format.withScaleType(DType.FLOAT32);
            return new Decoder(
                    decoder.family(),
                    parts.contains(Part.EMBEDDING) ? rounded(decoder.embedding(), ofTables) : decoder.embedding(),
                    parts.contains(Part.LAYERS)
                            ? decoder.layers().stream().map(this::rounded).toList()
                            : decoder.layers(),
                    decoder.norm(),
                    parts.contains(Part.HEAD)
                            ? new Linear(
                                    decoder.head().path(),
                                    rounded(decoder.head().weight(), ofTables),
                                    decoder.head().bias())
                            : decoder.head(),
                    decoder.maxPositions());
        }

        private DecoderLayer rounded(DecoderLayer layer) {
            AttentionBlock attention = layer.attention();
            FeedForward feedForward = layer.feedForward();
            return new DecoderLayer(
                    layer.path(),
                    layer.attentionNorm(),
                    new AttentionBlock(
                            attention.path(),
                            attention.variant(),
                            rounded(attention.query()),
                            rounded(attention.key()),
                            rounded(attention.value()),
                            rounded(attention.output()),
                            attention.weights()),
                    layer.feedForwardNorm(),
                    new FeedForward(
                            feedForward.path(),
                            rounded(feedForward.gate()),
                            rounded(feedForward.up()),
                            rounded(feedForward.down())));
        }

        private Linear rounded(Linear linear) {
            return new Linear(linear.path(), rounded(linear.weight(), format), linear.bias());
        }

        private Weight rounded(Weight weight, BlockFormat blocks) {
            boolean kept = exclude.stream()
                    .anyMatch(pattern -> matches(pattern, weight.stored().name()));
            return kept ? weight : new Weight.Quantized(weight, blocks);
        }

        private static boolean matches(String pattern, String name) {
            String[] parts = pattern.split("\\*", -1);
            StringBuilder expression = new StringBuilder(Pattern.quote(parts[0]));
            for (int index = 1; index < parts.length; index++) {
                expression.append(".*").append(Pattern.quote(parts[index]));
            }
            return name.matches(expression.toString());
        }
    }
}
