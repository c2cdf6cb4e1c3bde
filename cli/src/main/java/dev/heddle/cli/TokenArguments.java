package dev.heddle.cli;

import dev.heddle.runtime.cache.TokenBlock;
import dev.heddle.runtime.session.DType;
import dev.heddle.runtime.session.HostTensor;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** What both sides are given. */
final class TokenArguments {

    @Option(
            names = "--input",
            paramLabel = "FILE",
            description =
                    "Safetensors, .npz or .npy with input_ids, or with tensors by the names of a graph's inputs. Without it: those of a side that is a file and has them, else random ones.")
    private @Nullable Path input;

    @Option(names = "--batch", paramLabel = "N", description = "Random sequences (default: ${DEFAULT-VALUE}).")
    private int batch = 2;

    @Option(names = "--length", paramLabel = "N", description = "Tokens of each (default: ${DEFAULT-VALUE}).")
    private int length = 32;

    @Option(
            names = "--token-seed",
            paramLabel = "N",
            description = "Seed of random tokens (default: ${DEFAULT-VALUE}).")
    private long seed;

    @Spec(Spec.Target.MIXEE)
    private CommandSpec command;

    void check() {
        new OptionValue(command.commandLine(), "--batch", batch).requireAtLeast(1);
        new OptionValue(command.commandLine(), "--length", length).requireAtLeast(1);
    }

    long seed() {
        return seed;
    }

    /**
     * Tokens of the file that was given; empty if none was.
     *
     * @throws IllegalArgumentException if it has no input_ids
     */
    Optional<GivenTokens> given() {
        if (input == null) {
            return Optional.empty();
        }
        return Optional.of(new GivenTokens(TokenInput.read(input), input.toString()));
    }

    /** All tensors of the file that was given, by name. */
    Map<String, HostTensor> tensors() {
        return input == null ? Map.of() : TensorFile.read(input, TensorFile.names(input));
    }

    GivenTokens random(int vocabulary) {
        return new GivenTokens(TokenInput.random(batch, length, vocabulary, seed), "random, seed " + seed);
    }

    /** As many sequences of as many tokens, for a graph that takes none. */
    GivenTokens none() {
        TokenBlock block = TokenBlock.of(HostTensor.zeros(DType.INT64, batch, length));
        return new GivenTokens(block, input == null ? "random, seed " + seed : input.toString());
    }
}
