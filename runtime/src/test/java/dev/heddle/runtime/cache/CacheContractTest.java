package dev.heddle.runtime.cache;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.heddle.runtime.ModelFormatException;
import dev.heddle.runtime.session.DType;
import dev.heddle.runtime.session.ModelSession;
import dev.heddle.runtime.session.SessionOptions;
import dev.heddle.runtime.toy.ToyGraph;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Graphs that do not follow the contract, each refused when it is opened as a decoder. */
@Tag("ort")
class CacheContractTest {
    private static final String PAST = "past_key_values.0.key";

    @TempDir
    private Path folder;

    @Test
    void stateThatDoesNotComeOut_isRefused() {
        ToyGraph graph = graph().input(PAST, DType.FLOAT32, "batch", 1, "past_len", 4);

        assertRefused(graph, "input past_key_values.0.key needs an output present.0.key, found none");
    }

    @Test
    void symbolicHeads_areRefused() {
        ToyGraph graph = state(DType.FLOAT32, "batch", "heads", "past_len", 4);

        assertRefused(
                graph, "axis 1 must have a fixed size, got past_key_values.0.key: float32 [batch, heads, past_len, 4]");
    }

    @Test
    void stateWithTwoAxes_isRefused() {
        ToyGraph graph = state(DType.FLOAT32, "batch", 4);

        assertRefused(
                graph,
                "a state has the axes batch, heads, rows and more, got past_key_values.0.key: float32 [batch, 4]");
    }

    @Test
    void otherTypeOfPresent_isRefused() {
        ToyGraph graph = graph().input(PAST, DType.FLOAT32, "batch", 1, "past_len", 4)
                .output("present.0.key", DType.FLOAT16, "batch", 1, "past_len", 4);
        graph.node("present.0.key", "Cast", Map.of("to", 10L), PAST);

        assertRefused(graph, "present.0.key is float16, expected float32 as past_key_values.0.key");
    }

    @Test
    void unknownInput_isRefused() {
        ToyGraph graph = graph().input("pixels", DType.FLOAT32, "n");

        assertRefused(
                graph,
                "input pixels: float32 [n] is not part of the graph contract, expected [input_ids, attention_mask,"
                        + " position_ids]");
    }

    @Test
    void idsOfOtherType_areRefused() {
        ToyGraph graph = new ToyGraph()
                .input("input_ids", DType.FLOAT32, "batch", "q_len")
                .output("logits", DType.FLOAT32, "batch", "q_len");
        graph.node("logits", "Identity", "input_ids");

        assertRefused(graph, "expected int64 with two axes, got input_ids: float32 [batch, q_len]");
    }

    @Test
    void noIds_areRefused() {
        ToyGraph graph = new ToyGraph()
                .input("position_ids", DType.INT64, "batch", "q_len")
                .output("logits", DType.INT64, "batch", "q_len");
        graph.node("logits", "Identity", "position_ids");

        assertRefused(
                graph, "expected an input input_ids: int64 [batch, q_len], got [position_ids: int64 [batch, q_len]]");
    }

    @Test
    void logitsOfWholeNumbers_areRefused() {
        ToyGraph graph = new ToyGraph()
                .input("input_ids", DType.INT64, "batch", "q_len")
                .output("logits", DType.INT64, "batch", "q_len");
        graph.node("logits", "Identity", "input_ids");

        assertRefused(
                graph, "expected a float output logits [batch, q_len, vocab], got [logits: int64 [batch, q_len]]");
    }

    private void assertRefused(ToyGraph graph, String message) {
        Path model = graph.write(folder);
        try (var session = ModelSession.open(model, SessionOptions.defaults())) {
            assertThatThrownBy(() -> Decoder.of(session))
                    .isInstanceOf(ModelFormatException.class)
                    .hasMessage(model + ": " + message);
        }
    }

    private static ToyGraph state(DType dtype, Object... dims) {
        ToyGraph graph = graph().input(PAST, dtype, dims).output("present.0.key", dtype, dims);
        graph.node("present.0.key", "Identity", PAST);
        return graph;
    }

    /** Tokens in, logits out. */
    private static ToyGraph graph() {
        ToyGraph graph = new ToyGraph()
                .input("input_ids", DType.INT64, "batch", "q_len")
                .output("logits", DType.FLOAT32, "batch", "q_len", 1);
        graph.constant("axis", 2);
        graph.node("float", "Cast", Map.of("to", 1L), "input_ids");
        graph.node("logits", "Unsqueeze", "float", "axis");
        return graph;
    }
}
