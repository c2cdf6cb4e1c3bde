package dev.heddle.cli;

import dev.heddle.runtime.cache.ChunkSizes;
import dev.heddle.runtime.cache.Decoder;
import dev.heddle.runtime.cache.Forward;
import dev.heddle.runtime.cache.TokenBlock;
import dev.heddle.runtime.session.HostTensor;
import dev.heddle.runtime.session.ModelSession;
import dev.heddle.runtime.session.SessionOptions;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code heddle run}: logits of given tokens. */
@Command(
        name = "run",
        description = "Compute the logits of tokens in a safetensors file.",
        mixinStandardHelpOptions = true)
final class RunCommand implements Callable<Integer> {

    @Parameters(paramLabel = "DIR", description = "Model folder or .onnx file.")
    private Path model = Path.of("");

    @Option(
            names = "--input",
            required = true,
            paramLabel = "FILE",
            description =
                    "Safetensors with input_ids int64 [batch, len]; attention_mask and position_ids if they are not the plain ones.")
    private Path input = Path.of("");

    @Option(
            names = {"-o", "--output"},
            required = true,
            paramLabel = "FILE",
            description = "Safetensors to write: logits [batch, len, vocab].")
    private Path output = Path.of("");

    @Option(
            names = "--chunks",
            paramLabel = "SIZES",
            converter = ChunksConverter.class,
            description = "Feed the sequence in pieces through the cache, for instance 5,1,1,3; the last size repeats.")
    private ChunkSizes chunks = ChunkSizes.whole();

    @Mixin
    private SessionArguments session = new SessionArguments();

    @Spec
    private CommandSpec spec;

    @Override
    public Integer call() throws IOException {
        SessionOptions options = session.options();
        OutputFile.checkApart(output, input);
        TokenBlock tokens = TokenInput.read(input);
        try (ModelSession opened = ModelSession.open(model, options)) {
            requireNoState(opened);
            HostTensor logits = new Forward(Decoder.of(opened)).logits(tokens, chunks);
            TensorFile.write(output, Map.of("logits", logits));
            spec.commandLine().getOut().println(output + ": logits " + logits);
        }
        return 0;
    }

    /** What the model would take and a run makes itself must not be passed over: the logits would be other ones than meant. */
    private void requireNoState(ModelSession opened) {
        for (String name : TensorFile.names(input)) {
            if (opened.input(name).isPresent() && !TokenInput.NAMES.contains(name)) {
                throw new IllegalArgumentException(input + ": " + name + ": expected only " + TokenInput.NAMES
                        + " of the model's inputs, since a run starts with an empty cache; leave it out");
            }
        }
    }
}
