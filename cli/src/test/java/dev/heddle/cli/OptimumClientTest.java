package dev.heddle.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.heddle.runtime.session.HostTensor;
import dev.heddle.runtime.session.ModelSession;
import dev.heddle.runtime.session.OpsMode;
import dev.heddle.runtime.session.SessionOptions;
import dev.heddle.runtime.session.TensorSpec;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * A client as written for models of Hugging Face's optimum, which knows {@code config.json} and these names alone: {@code optimum/exporters/onnx/config.py} (2025),
 * TextDecoderWithPositionIdsOnnxConfig, OnnxConfigWithPast.add_past_key_values. It takes the next token from the last logits and feeds it with the present as past.
 */
@Tag("ort")
final class OptimumClientTest {

    private static final Path SAMPLE = Path.of("../models/src/test/resources/samples/llama-tiny");

    /** As for all samples: the official logits come from float32. */
    private static final double TOLERANCE = 1e-5;

    @TempDir
    private Path folder;

    @Test
    void inputsAndOutputs_haveTheNamesThatOptimumWrites() {
        try (ModelSession session = open()) {
            assertThat(session.inputs().stream().map(TensorSpec::name))
                    .containsExactly(
                            "input_ids",
                            "attention_mask",
                            "position_ids",
                            "past_key_values.0.key",
                            "past_key_values.0.value",
                            "past_key_values.1.key",
                            "past_key_values.1.value");
            assertThat(session.outputs().stream().map(TensorSpec::name))
                    .containsExactly("logits", "present.0.key", "present.0.value", "present.1.key", "present.1.value");
        }
    }

    @Test
    void clientOfOptimum_getsTheLogitsOfTransformers() throws IOException {
        Map<String, HostTensor> official =
                TensorFile.read(SAMPLE.resolve("expected.safetensors"), "logits", TokenInput.IDS);
        HostTensor ids = official.get("input_ids");
        int batch = (int) ids.shape()[0];
        int length = (int) ids.shape()[1];
        JsonNode config =
                new ObjectMapper().readTree(SAMPLE.resolve("config.json").toFile());
        double worst = 0;

        try (ModelSession session = open()) {
            Map<String, HostTensor> past = emptyPast(config, batch);
            for (int[] step : List.of(new int[] {0, 7}, new int[] {7, 8}, new int[] {8, length})) {
                Map<String, HostTensor> inputs = new LinkedHashMap<>(past);
                inputs.put("input_ids", tokens(ids, step[0], step[1]));
                inputs.put("attention_mask", HostTensor.ofLongs(ones(batch * step[1]), batch, step[1]));
                inputs.put("position_ids", positions(batch, step[0], step[1]));
                Map<String, HostTensor> outputs = session.run(inputs);
                worst = Math.max(worst, worst(outputs.get("logits"), official.get("logits"), step[0]));
                past.replaceAll((name, before) -> outputs.get(name.replace("past_key_values", "present")));
            }
        }

        assertThat(worst).isLessThan(TOLERANCE);
    }

    private ModelSession open() {
        Path model = ExportedModels.export("llama-tiny", folder);
        return ModelSession.open(
                model, SessionOptions.builder().ops(OpsMode.PORTABLE).build());
    }

    private static Map<String, HostTensor> emptyPast(JsonNode config, int batch) {
        long heads = config.path("num_key_value_heads").asLong();
        long size = config.path("hidden_size").asLong()
                / config.path("num_attention_heads").asLong();
        Map<String, HostTensor> past = new LinkedHashMap<>();
        for (int layer = 0; layer < config.path("num_hidden_layers").asInt(); layer++) {
            for (String role : List.of("key", "value")) {
                past.put(
                        "past_key_values." + layer + "." + role,
                        HostTensor.ofFloats(new float[0], batch, heads, 0, size));
            }
        }
        return past;
    }

    private static long[] ones(int count) {
        long[] ones = new long[count];
        Arrays.fill(ones, 1);
        return ones;
    }

    private static HostTensor tokens(HostTensor ids, int from, int to) {
        int batch = (int) ids.shape()[0];
        int length = (int) ids.shape()[1];
        long[] tokens = IntStream.range(0, batch)
                .boxed()
                .flatMapToLong(row -> IntStream.range(from, to)
                        .mapToLong(token -> (long) ids.values().applyAsDouble(row * length + token)))
                .toArray();
        return HostTensor.ofLongs(tokens, batch, to - from);
    }

    private static HostTensor positions(int batch, int from, int to) {
        long[] positions = IntStream.range(0, batch)
                .boxed()
                .flatMapToLong(row -> LongStream.range(from, to))
                .toArray();
        return HostTensor.ofLongs(positions, batch, to - from);
    }

    /** Largest difference of logits from this token on, next to the largest logit. */
    private static double worst(HostTensor logits, HostTensor official, int from) {
        int rows = (int) logits.shape()[1];
        int width = (int) logits.shape()[2];
        int length = (int) official.shape()[1];
        double difference = 0;
        double largest = 0;
        for (int index = 0; index < logits.elementCount(); index++) {
            int row = index / width % rows + index / width / rows * length + from;
            double expected = official.values().applyAsDouble(row * width + index % width);
            largest = Math.max(largest, Math.abs(expected));
            difference =
                    Math.max(difference, Math.abs(expected - logits.values().applyAsDouble(index)));
        }
        return difference / largest;
    }
}
