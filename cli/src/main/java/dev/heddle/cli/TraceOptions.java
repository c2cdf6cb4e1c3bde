package dev.heddle.cli;

import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

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

    boolean isWanted() {
        return all || replay || bisect;
    }
}
