package dev.heddle.cli;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.heddle.models.weight.QuantizationError;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;

/** What the tensors of an export lost when they were cut into blocks of few bits. Thread-safe. */
final class QuantizationReport {

    /** Tensors that are printed. */
    private static final int SHOWN = 5;

    private final List<QuantizationError> errors = Collections.synchronizedList(new ArrayList<>());

    void add(QuantizationError error) {
        errors.add(error);
    }

    /** The worst tensors; nothing if none was cut. */
    void print(PrintWriter out) {
        if (errors.isEmpty()) {
            return;
        }
        double mean = errors.stream()
                .mapToDouble(QuantizationError::relative)
                .average()
                .orElse(0);
        out.println(String.format(
                Locale.ROOT,
                "%d tensors in blocks of few bits, relative error (Frobenius) %.2e on average; the worst:",
                errors.size(),
                mean));
        worstFirst().stream()
                .limit(SHOWN)
                .forEach(error -> out.println(String.format(
                        Locale.ROOT,
                        "  %s  int%d, %d a block: %.2e, worst block %d: %.2e",
                        error.weight(),
                        error.format().bits(),
                        error.format().block(),
                        error.relative(),
                        error.worstBlock(),
                        error.worst())));
    }

    /** All of them, in the order of their names. */
    byte[] json() throws JsonProcessingException {
        ObjectNode root = JsonNodeFactory.instance.objectNode();
        root.put("schema_version", 1);
        ArrayNode tensors = root.putArray("tensors");
        errors.stream().sorted(Comparator.comparing(QuantizationError::weight)).forEach(error -> {
            ObjectNode node = tensors.addObject();
            node.put("tensor", error.weight());
            node.put("bits", error.format().bits());
            node.put("block", error.format().block());
            node.put("relative_error", error.relative());
            node.put("worst_block", error.worstBlock());
            node.put("worst_block_relative_error", error.worst());
        });
        String text = new ObjectMapper().writerWithDefaultPrettyPrinter().writeValueAsString(root) + "\n";
        return text.getBytes(StandardCharsets.UTF_8);
    }

    private List<QuantizationError> worstFirst() {
        return errors.stream()
                .sorted(Comparator.comparingDouble(QuantizationError::relative)
                        .reversed()
                        .thenComparing(QuantizationError::weight))
                .toList();
    }
}
