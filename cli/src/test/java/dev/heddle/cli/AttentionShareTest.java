package dev.heddle.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class AttentionShareTest {

    @TempDir
    private Path folder;

    private Path profile(String... events) throws IOException {
        return Files.writeString(folder.resolve("profile.json"), "[" + String.join(",", events) + "]");
    }

    private static String run(long start, long duration) {
        return "{\"name\": \"model_run\", \"ts\": %d, \"dur\": %d}".formatted(start, duration);
    }

    private static String node(String name, String op, long start, long duration) {
        return "{\"name\": \"%s_kernel_time\", \"ts\": %d, \"dur\": %d, \"args\": {\"op_name\": \"%s\"}}"
                .formatted(name, start, duration, op);
    }

    @Test
    void kernelsAndBodies_countAsAttention_inTheSecondHalfOfTheRuns() throws IOException {
        AttentionShare share = AttentionShare.read(profile(
                run(0, 100),
                node("context/MultiTokenAttention", "MultiTokenAttention", 1, 90),
                run(100, 100),
                run(200, 100),
                node("context/MultiTokenAttention", "MultiTokenAttention", 201, 10),
                node("_inlfunc_KVShift_raw/Where", "Where", 220, 20),
                node("q_proj/MatMul", "MatMul", 250, 30),
                run(300, 100),
                node("attended/Attention", "Attention", 301, 10),
                node("lm_head/MatMul", "MatMul", 320, 30)));

        assertThat(share).isEqualTo(new AttentionShare(0.5, 0.25));
    }

    @Test
    void promptWithoutSteps_hasNoShareOfSteps() throws IOException {
        AttentionShare share = AttentionShare.read(
                profile(run(0, 10), run(20, 10), node("a", "KVShift", 21, 5), node("b", "Add", 27, 3)));

        assertThat(share).isEqualTo(new AttentionShare(0.625, 0));
    }

    @Test
    void runsThatAreNotTwiceTheSame_areRefused() throws IOException {
        Path file = profile(run(0, 10));

        assertThatThrownBy(() -> AttentionShare.read(file))
                .isInstanceOf(IOException.class)
                .hasMessage(file + ": expected the same runs twice, got 1 runs");
    }
}
