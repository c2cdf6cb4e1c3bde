package dev.heddle.models.export;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.heddle.exporter.graph.DType;
import dev.heddle.exporter.op.Activations;
import dev.heddle.models.decoder.Numerics;
import dev.heddle.models.decoder.Quantization;
import dev.heddle.models.weight.BlockFormat;
import dev.heddle.models.weight.Overflow;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.TreeSet;

/** {@link Numerics} in a model's description of itself: keys {@code dtype}, {@code clip} and {@code quantization}. */
public final class NumericsJson {

    private static final String DTYPE = "dtype";
    private static final String CLIP = "clip";
    private static final String QUANTIZATION = "quantization";
    private static final String ACTIVATIONS = "activations";

    private NumericsJson() {}

    public static void write(Numerics numerics, ObjectNode root) {
        root.put(DTYPE, numerics.dtype().onnxName());
        if (numerics.overflow() == Overflow.CLIP) {
            root.put(CLIP, true);
        }
        if (numerics.quantization() instanceof Quantization.Blocks blocks) {
            ObjectNode node = root.putObject(QUANTIZATION);
            node.put("bits", blocks.format().bits());
            node.put("block", blocks.format().block());
            node.put("zero", name(blocks.format().zero()));
            node.put("scales", name(blocks.format().scales()));
            new TreeSet<>(blocks.parts())
                    .forEach(part -> node.withArray("parts").add(name(part)));
            blocks.exclude().forEach(node.withArray("exclude")::add);
            if (blocks.activations() != Activations.FLOAT) {
                node.put(ACTIVATIONS, name(blocks.activations()));
            }
        }
    }

    /**
     * What the description says; what it does not say is as usual.
     *
     * @param description of a model, may be missing
     * @throws IllegalArgumentException if it says what cannot be
     */
    public static Numerics read(JsonNode description) {
        String name = description.path(DTYPE).asText(DType.FLOAT32.onnxName());
        DType dtype = Arrays.stream(DType.values())
                .filter(type -> type.onnxName().equals(name))
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException(
                        "metadata heddle: expected the name of an element type as dtype, got " + name));
        Overflow overflow = description.path(CLIP).asBoolean() ? Overflow.CLIP : Overflow.REFUSE;
        return new Numerics(dtype, overflow, quantization(description.path(QUANTIZATION), dtype));
    }

    private static Quantization quantization(JsonNode node, DType dtype) {
        if (node.isMissingNode()) {
            return new Quantization.None();
        }
        BlockFormat format = new BlockFormat(
                node.path("bits").asInt(),
                node.path("block").asInt(),
                value(BlockFormat.ZeroPoint.class, node.path("zero")),
                value(BlockFormat.ScaleChoice.class, node.path("scales")),
                dtype);
        Set<Quantization.Part> parts = EnumSet.noneOf(Quantization.Part.class);
        node.path("parts").forEach(part -> parts.add(value(Quantization.Part.class, part)));
        List<String> exclude = new ArrayList<>();
        node.path("exclude").forEach(pattern -> exclude.add(pattern.asText()));
        Activations activations =
                node.has(ACTIVATIONS) ? value(Activations.class, node.path(ACTIVATIONS)) : Activations.FLOAT;
        return new Quantization.Blocks(format, parts, exclude, activations);
    }

    private static <E extends Enum<E>> E value(Class<E> type, JsonNode node) {
        return Arrays.stream(type.getEnumConstants())
                .filter(value -> name(value).equals(node.asText()))
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException("metadata heddle: expected one of "
                        + Arrays.toString(type.getEnumConstants()) + " in its quantization, got " + node));
    }

    private static String name(Enum<?> value) {
        return value.name().toLowerCase(Locale.ROOT);
    }
}
