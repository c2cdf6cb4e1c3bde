package dev.heddle.runtime.parity.report;

import dev.heddle.runtime.parity.Figures;
import dev.heddle.runtime.parity.Illustration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Nodes of a graph in rows, from the inputs down, each below those that feed it. */
record GraphDrawing(String title, int width, int height, List<Box> boxes, List<String> wires) {
    static final int BOX_WIDTH = 220;
    static final int BOX_HEIGHT = 44;

    private static final int GAP_X = 24;
    private static final int GAP_Y = 36;
    private static final int MARGIN = 10;
    private static final int MOST_NODES = 60;
    private static final int TYPE_WIDTH = 25;
    private static final int NAME_WIDTH = 30;

    /**
     * @param style "wrong", "right" or "unknown"; "first" is added for the node in question
     * @param label what shows under the pointer
     */
    record Box(int x, int y, String type, String name, String style, String label) {}

    static GraphDrawing of(Illustration.Neighbourhood neighbourhood) {
        List<Illustration.Node> nodes =
                neighbourhood.nodes().stream().limit(MOST_NODES).toList();
        Map<String, Integer> makers = new HashMap<>();
        for (int i = 0; i < nodes.size(); i++) {
            for (String output : nodes.get(i).outputs()) {
                makers.putIfAbsent(output, i);
            }
        }
        int[] rows = rows(nodes, makers);
        return drawing(neighbourhood, nodes, makers, rows);
    }

    /** The longest way from above; a circle, which no graph should have, ends after as many rounds as there are nodes. */
    private static int[] rows(List<Illustration.Node> nodes, Map<String, Integer> makers) {
        int[] rows = new int[nodes.size()];
        boolean moved = true;
        for (int round = 0; moved && round < nodes.size(); round++) {
            moved = false;
            for (int i = 0; i < nodes.size(); i++) {
                for (String input : nodes.get(i).inputs()) {
                    Integer maker = makers.get(input);
                    if (maker != null && maker != i && rows[i] <= rows[maker] && rows[maker] < nodes.size()) {
                        rows[i] = rows[maker] + 1;
                        moved = true;
                    }
                }
            }
        }
        return rows;
    }

    private static GraphDrawing drawing(
            Illustration.Neighbourhood neighbourhood,
            List<Illustration.Node> nodes,
            Map<String, Integer> makers,
            int[] rows) {
        Map<Integer, Integer> widths = new HashMap<>();
        for (int row : rows) {
            widths.merge(row, 1, Integer::sum);
        }
        int columns = widths.isEmpty() ? 0 : Collections.max(widths.values());
        int lines = widths.isEmpty() ? 0 : Collections.max(widths.keySet()) + 1;
        Map<Integer, Integer> filled = new HashMap<>();
        List<Box> boxes = new ArrayList<>();
        for (int i = 0; i < nodes.size(); i++) {
            int column = filled.merge(rows[i], 1, Integer::sum) - 1;
            // Rows are centred; a half column is fine.
            int indent = (columns - widths.getOrDefault(rows[i], 0)) * (BOX_WIDTH + GAP_X) / 2;
            int x = MARGIN + indent + column * (BOX_WIDTH + GAP_X);
            boxes.add(box(nodes.get(i), x, rows[i], neighbourhood.first()));
        }
        List<String> wires = new ArrayList<>();
        for (int i = 0; i < nodes.size(); i++) {
            for (String input : nodes.get(i).inputs()) {
                Integer maker = makers.get(input);
                if (maker != null && maker != i) {
                    wires.add(wire(boxes.get(maker), boxes.get(i)));
                }
            }
        }
        return new GraphDrawing(
                VisibleText.of(neighbourhood.title(), 120),
                2 * MARGIN + columns * (BOX_WIDTH + GAP_X) - GAP_X,
                2 * MARGIN + lines * (BOX_HEIGHT + GAP_Y) - GAP_Y,
                boxes,
                wires);
    }

    private static Box box(Illustration.Node node, int x, int row, String first) {
        return new Box(
                x,
                MARGIN + row * (BOX_HEIGHT + GAP_Y),
                VisibleText.of(node.type(), TYPE_WIDTH),
                VisibleText.of(node.name(), NAME_WIDTH),
                style(node) + (node.name().equals(first) ? " first" : ""),
                label(node));
    }

    private static String style(Illustration.Node node) {
        if (node.severities().isEmpty()) {
            return "unknown";
        }
        return node.severities().values().stream().allMatch(severity -> severity <= 1) ? "right" : "wrong";
    }

    private static String label(Illustration.Node node) {
        StringBuilder label = new StringBuilder(VisibleText.of(node.type() + " " + node.name(), 200));
        node.inputs().forEach(input -> label.append("\nin: ").append(VisibleText.of(input, 100)));
        for (String output : node.outputs()) {
            Double severity = node.severities().get(output);
            label.append("\nout: ")
                    .append(VisibleText.of(output, 100))
                    .append(severity == null ? "" : ", " + Figures.error(severity) + " of its bound");
        }
        return label.toString();
    }

    private static String wire(Box from, Box to) {
        int x1 = from.x() + BOX_WIDTH / 2;
        int y1 = from.y() + BOX_HEIGHT;
        int x2 = to.x() + BOX_WIDTH / 2;
        int y2 = to.y();
        return "M%d %dC%d %d %d %d %d %d".formatted(x1, y1, x1, y1 + GAP_Y / 2, x2, y2 - GAP_Y / 2, x2, y2);
    }
}
