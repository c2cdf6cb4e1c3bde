package dev.heddle.cli;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Set;

/**
 * Part of the time of all operators that attention takes, read from a profile of ONNX Runtime.
 *
 * @param ofPrompt from 0 to 1
 * @param ofSteps from 0 to 1; 0 if there are none
 */
record AttentionShare(double ofPrompt, double ofSteps) {

    private static final Set<String> OPERATORS =
            Set.of("MultiTokenAttention", "KVShift", "DifferentialAttention", "Attention");

    /** How ONNX Runtime begins the names of nodes that come from the body of a function. */
    private static final String FROM_BODY = "_inlfunc_";

    /**
     * Of a profile in which the same runs were done twice, a prompt and steps after it; the first time does not count.
     *
     * @throws IOException if the file is no such profile
     */
    static AttentionShare read(Path profile) throws IOException {
        JsonNode events = new ObjectMapper().readTree(profile.toFile());
        List<JsonNode> runs = new ArrayList<>();
        List<JsonNode> nodes = new ArrayList<>();
        for (JsonNode event : events) {
            String name = event.path("name").asText();
            if (name.equals("model_run")) {
                runs.add(event);
            } else if (name.endsWith("_kernel_time")) {
                nodes.add(event);
            }
        }
        if (runs.size() < 2 || runs.size() % 2 != 0) {
            throw new IOException(profile + ": expected the same runs twice, got " + runs.size() + " runs");
        }
        runs.sort(Comparator.comparingLong(run -> run.path("ts").asLong()));
        int prompt = runs.size() / 2;
        return new AttentionShare(
                share(nodes, runs.subList(prompt, prompt + 1)), share(nodes, runs.subList(prompt + 1, runs.size())));
    }

    private static double share(List<JsonNode> nodes, List<JsonNode> runs) {
        long all = 0;
        long attention = 0;
        for (JsonNode node : nodes) {
            if (runs.stream().anyMatch(run -> contains(run, node))) {
                long duration = node.path("dur").asLong();
                all += duration;
                attention += isAttention(node) ? duration : 0;
            }
        }
        return all == 0 ? 0 : (double) attention / all;
    }

    private static boolean contains(JsonNode run, JsonNode node) {
        long start = run.path("ts").asLong();
        long at = node.path("ts").asLong();
        return at >= start && at <= start + run.path("dur").asLong();
    }

    private static boolean isAttention(JsonNode node) {
        String name = node.path("name").asText();
        return OPERATORS.contains(node.path("args").path("op_name").asText())
                || OPERATORS.stream().anyMatch(operator -> name.startsWith(FROM_BODY + operator + "_"));
    }
}
