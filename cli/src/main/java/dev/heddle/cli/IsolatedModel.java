package dev.heddle.cli;

import dev.heddle.cli.file.TemporaryFolder;
import dev.heddle.runtime.RuntimeFailure;
import dev.heddle.runtime.cache.ChunkSizes;
import dev.heddle.runtime.cache.TokenBlock;
import dev.heddle.runtime.session.HostTensor;
import dev.heddle.runtime.session.SessionOptions;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.stream.Collectors;

/** A model that is run by another process, {@code heddle run}, so that a crash of native code ends only that one. */
final class IsolatedModel {

    private final List<String> program;
    private final String model;
    private final SessionOptions options;
    private final ChunkSizes chunks;

    /** @param program starts Heddle; the arguments follow */
    IsolatedModel(List<String> program, String model, SessionOptions options, ChunkSizes chunks) {
        this.program = List.copyOf(program);
        this.model = model;
        this.options = options;
        this.chunks = chunks;
    }

    /**
     * [batch, len, vocab].
     *
     * @throws RuntimeFailure if the process does not end well; the message says how it ended and what it said last
     */
    HostTensor logits(TokenBlock tokens) throws IOException {
        try (TemporaryFolder folder = TemporaryFolder.create("heddle-isolated")) {
            Path input = folder.path().resolve("input.safetensors");
            Path output = folder.path().resolve("output.safetensors");
            TensorFile.write(input, inputs(tokens));
            ChildProcess ended = ChildProcess.run(command(input, output));
            if (ended.code() != 0) {
                throw new RuntimeFailure("running " + model + " in a process of its own: " + ended.ending());
            }
            return Objects.requireNonNull(TensorFile.read(output, "logits").get("logits"));
        }
    }

    private static Map<String, HostTensor> inputs(TokenBlock tokens) {
        Map<String, HostTensor> inputs = new TreeMap<>();
        inputs.put(TokenInput.IDS, tokens.ids());
        inputs.put(TokenInput.MASK, tokens.mask().toTensor());
        inputs.put(TokenInput.POSITIONS, tokens.positionIds());
        return inputs;
    }

    private List<String> command(Path input, Path output) {
        List<String> command = new ArrayList<>(program);
        command.addAll(List.of("run", model, "--input", input.toString(), "--output", output.toString()));
        command.addAll(List.of("--provider", lower(options.provider()), "--ops", lower(options.ops())));
        command.addAll(List.of("--threads", Integer.toString(options.intraOpThreads())));
        if (!chunks.isWhole()) {
            String sizes = chunks.sizes().stream().map(String::valueOf).collect(Collectors.joining(","));
            command.addAll(List.of("--chunks", sizes));
        }
        return command;
    }

    private static String lower(Enum<?> value) {
        return value.name().toLowerCase(Locale.ROOT);
    }
}
