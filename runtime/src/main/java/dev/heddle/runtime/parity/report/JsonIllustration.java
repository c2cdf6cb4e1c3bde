package dev.heddle.runtime.parity.report;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.heddle.runtime.parity.Grid;
import dev.heddle.runtime.parity.Illustration;
import java.util.TreeMap;

/** The object of an illustration in {@link JsonReport}. */
final class JsonIllustration {
    private JsonIllustration() {}

    static ObjectNode of(Illustration illustration) {
        ObjectNode node = JsonNodeFactory.instance.objectNode();
        node.put("title", illustration.title());
        if (illustration instanceof Illustration.ErrorMap map) {
            node.put("kind", "error_map");
            node.set("errors", grid(map.errors()));
        } else if (illustration instanceof Illustration.AttentionScores scores) {
            node.put("kind", "attention_scores");
            node.set("expected", grid(scores.expected()));
            node.set("actual", grid(scores.actual()));
        } else if (illustration instanceof Illustration.Growth growth) {
            node.put("kind", "growth");
            node.put("step", growth.step());
            node.put("allowed", growth.allowed());
            growth.errors().forEach(node.putArray("errors")::add);
        } else if (illustration instanceof Illustration.Neighbourhood neighbourhood) {
            node.put("kind", "neighbourhood");
            node.put("first", neighbourhood.first());
            ArrayNode nodes = node.putArray("nodes");
            neighbourhood.nodes().forEach(graphNode -> nodes.add(node(graphNode)));
        }
        return node;
    }

    private static ObjectNode node(Illustration.Node graphNode) {
        ObjectNode node = JsonNodeFactory.instance.objectNode();
        node.put("name", graphNode.name());
        node.put("type", graphNode.type());
        graphNode.inputs().forEach(node.putArray("inputs")::add);
        graphNode.outputs().forEach(node.putArray("outputs")::add);
        ObjectNode severities = node.putObject("severities");
        new TreeMap<>(graphNode.severities()).forEach(severities::put);
        return node;
    }

    private static ObjectNode grid(Grid grid) {
        ObjectNode node = JsonNodeFactory.instance.objectNode();
        node.put("full_rows", grid.fullRows());
        node.put("full_columns", grid.fullColumns());
        ArrayNode rows = node.putArray("cells");
        for (int row = 0; row < grid.rows(); row++) {
            ArrayNode cells = rows.addArray();
            for (int column = 0; column < grid.columns(); column++) {
                cells.add(grid.at(row, column));
            }
        }
        return node;
    }
}
