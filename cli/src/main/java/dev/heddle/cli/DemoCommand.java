package dev.heddle.cli;

import dev.heddle.cli.file.TemporaryFolder;
import dev.heddle.exporter.onnx.StagedFolder;
import dev.heddle.runtime.parity.report.TextTable;
import dev.heddle.runtime.session.SessionOptions;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.Locale;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code heddle demo}: the whole way, for a small model of every family. */
@Command(
        name = "demo",
        description = {
            "Make a small checkpoint of every family, export it, run it, and compare it with the float64 reference.",
            "The exit code is 3 if one is off."
        },
        mixinStandardHelpOptions = true)
final class DemoCommand implements Callable<Integer> {

    @Option(
            names = {"-o", "--output"},
            paramLabel = "DIR",
            description = "Keep the checkpoints and models in this folder, which must not exist.")
    private @Nullable Path output;

    @Mixin
    private SessionArguments session = new SessionArguments();

    @Spec
    private CommandSpec spec;

    @Override
    public Integer call() throws IOException {
        SessionOptions options = session.options();
        if (output != null) {
            if (!TargetFolder.isFree(output)) {
                throw new IllegalArgumentException(
                        output + ": expected a name that is free, but it exists; give another name");
            }
            return kept(output, options);
        }
        try (TemporaryFolder folder = TemporaryFolder.create("heddle-demo")) {
            return run(folder.path(), options);
        }
    }

    /** Nothing is left of a demo that ended half way. */
    private int kept(Path target, SessionOptions options) throws IOException {
        try (StagedFolder folder = StagedFolder.open(target, StagedFolder.Existing.REFUSE)) {
            int code = run(folder.path(), options);
            folder.commit();
            spec.commandLine()
                    .getOut()
                    .println("Kept in " + target + "; try: bin/heddle inspect "
                            + target.resolve("mta-v2").resolve("model"));
            return code;
        }
    }

    private int run(Path folder, SessionOptions options) throws IOException {
        PrintWriter out = spec.commandLine().getOut();
        out.println(
                "Small models of every family with random weights, written in their source's layout, exported, and run on ONNX Runtime.");
        out.println("Figures: largest difference of logits from the float64 reference, as part of the largest logit.");
        out.println();
        out.flush();
        TextTable table = new TextTable(
                "model", "source", "parameters", "whole", "chunks", "padded", "argmax", "same", "8 tokens");
        boolean allSame = true;
        for (DemoCase demo : DemoCase.all()) {
            DemoCase.Outcome outcome = demo.run(folder.resolve(demo.name()), options);
            allSame &= outcome.same();
            table.row(
                    demo.name(),
                    demo.layout().name().toLowerCase(Locale.ROOT),
                    Quantity.count(outcome.parameters()),
                    figure(outcome.whole()),
                    figure(outcome.chunked()),
                    figure(outcome.padded()),
                    outcome.argmax(),
                    outcome.same() ? "yes" : "NO",
                    outcome.tokens());
        }
        table.alignRight(2).print(out);
        out.println();
        out.println(
                allSame
                        ? "All models compute the function of their source."
                        : "At least one model does not compute the function of its source.");
        out.flush();
        return allSame ? 0 : Heddle.PARITY_MISMATCH;
    }

    private static String figure(double value) {
        return String.format(Locale.ROOT, "%.1e", value);
    }
}
