package dev.heddle.exporter.profile;

import dev.heddle.exporter.graph.DType;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Reads {@code targets.tsv}: a line {@code target NAME OPSET IR} begins a target, lines {@code OPERATORS TYPES} under it say in which types operators work,
 * {@code bfloat16@22} for since opset 22. Cells are parted by tabs, words in a cell by spaces; {@code #} begins a comment.
 */
final class TargetTable {

    static final List<Target> TARGETS = read("targets.tsv");

    private TargetTable() {}

    private static List<Target> read(String resource) {
        try (InputStream in = TargetTable.class.getResourceAsStream(resource)) {
            if (in == null) {
                throw new IllegalStateException(resource + " is missing");
            }
            return parse(new String(in.readAllBytes(), StandardCharsets.UTF_8)
                    .lines()
                    .toList());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    static List<Target> parse(List<String> lines) {
        Map<String, Target> targets = new LinkedHashMap<>();
        Map<String, Map<DType, Integer>> operators = new LinkedHashMap<>();
        String[] head = {};
        for (String line : lines) {
            if (line.isBlank() || line.startsWith("#")) {
                continue;
            }
            String[] cells = line.split("\t");
            if (cells[0].equals("target")) {
                add(targets, head, operators);
                head = cells;
                operators = new LinkedHashMap<>();
            } else {
                Map<DType, Integer> types = types(cells[1]);
                for (String operator : cells[0].split(" ")) {
                    if (operators.put(operator, types) != null) {
                        throw new IllegalStateException(head[1] + " has two lines for " + operator);
                    }
                }
            }
        }
        add(targets, head, operators);
        return List.copyOf(targets.values());
    }

    private static void add(Map<String, Target> targets, String[] head, Map<String, Map<DType, Integer>> operators) {
        if (head.length > 0) {
            targets.put(head[1], new Target(head[1], Integer.parseInt(head[2]), Integer.parseInt(head[3]), operators));
        }
    }

    private static Map<DType, Integer> types(String cell) {
        Map<DType, Integer> types = new EnumMap<>(DType.class);
        for (String word : cell.split(" ")) {
            String[] parts = word.split("@");
            types.put(type(parts[0]), parts.length == 1 ? 1 : Integer.parseInt(parts[1]));
        }
        return types;
    }

    private static DType type(String name) {
        return Arrays.stream(DType.values())
                .filter(type -> type.onnxName().equals(name))
                .findFirst()
                .orElseThrow(() -> new IllegalStateException("no element type is called " + name));
    }
}
