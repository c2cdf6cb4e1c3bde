package dev.heddle.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;

/** How far {@code parity} looks into the models. */
final class TraceOptions {

    @Option(names = "--all", description = "Compare every value inside: A's graph in float64, B on ONNX Runtime.")
    boolean all;

    @Option(
            names = "--replay",
            description = "As --all, but each node of B gets A's values: shows its own error without what it inherits.")
    boolean replay;

    @Option(names = "--bisect", description = "Find the first node of B whose result is wrong for A's values.")
    boolean bisect;

    @Option(
            names = "--repro",
            paramLabel = "DIR",
            description = "With --bisect: write that node as a model with its inputs and expected outputs.")
    @Nullable
    Path repro;

    @Option(
            names = "--weights",
            description = "Compare each weight of B with what A gives: bit for bit, codes of few bits by value.")
    boolean weights;

    @Option(
            names = "--decode",
            description = "Feed B through its cache, in pieces, alone and behind pads: all must give the same logits.")
    boolean decode;

    @Option(names = "--causal", description = "Change each token for B: nothing before it may change, not by a bit.")
    boolean causal;

    @Option(
            names = "--isolate",
            description = "Run each model in a process of its own, so that a crash of native code is a finding.")
    boolean isolate;

    @Option(
            names = "--fuzz",
            paramLabel = "N",
            description =
                    "Instead of A and B: N random small models against their float64 reference; what fails is made small.")
    @Nullable
    Integer fuzz;

    /**
     * To be called before anything is computed.
     *
     * @throws ParameterException of this command if options do not fit together
     * @throws IOException if the folder for a reproduction cannot be made
     */
    void check(CommandLine command) throws IOException {
        if (repro != null && !bisect) {
            throw new ParameterException(command, "--repro: expected --bisect with it, got none");
        }
        if (repro != null) {
            if (Files.exists(repro, LinkOption.NOFOLLOW_LINKS)) {
                throw new IllegalArgumentException(repro + ": expected a name that is free for --repro, but it exists");
            }
            TargetFolder.check(repro, false);
        }
    }

    /** Whether A's graph is computed. */
    boolean needsValues() {
        return all || replay || bisect;
    }

    boolean isWanted() {
        return needsValues() || weights || decode || causal;
    }
}
