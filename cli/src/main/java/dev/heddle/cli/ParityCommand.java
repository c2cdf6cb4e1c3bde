package dev.heddle.cli;

import dev.heddle.exporter.graph.GraphException;
import dev.heddle.runtime.cache.ChunkSizes;
import dev.heddle.runtime.parity.Finding;
import dev.heddle.runtime.parity.Inputs;
import dev.heddle.runtime.parity.ParityReport;
import dev.heddle.runtime.parity.Precision;
import dev.heddle.runtime.parity.SectionBuilder;
import dev.heddle.runtime.parity.Side;
import dev.heddle.runtime.parity.TensorComparer;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code heddle parity}: do two sides compute the same logits? */
@Command(
        name = "parity",
        description = {
            "Say whether two sides compute the same: logits, values inside, weights, behaviour.",
            "Without one of --all, --replay, --bisect, --weights, --decode and --causal the logits are compared. The exit code is 3 if the sides differ."
        },
        mixinStandardHelpOptions = true)
final class ParityCommand implements Callable<Integer> {

    @Parameters(
            index = "0",
            arity = "0..1",
            paramLabel = "A",
            description =
                    "What is right: a checkpoint folder or preset:NAME (float64 reference), a model folder or .onnx file, or stored tensors (.safetensors, .npz, .npy). A model may be followed by @ and words: native, portable or auto, cpu or cuda, inlined; or float64.")
    private String expected = "";

    @Parameters(index = "1", arity = "0..1", paramLabel = "B", description = "What is judged: the same kinds.")
    private String actual = "";

    @Mixin
    private TokenArguments tokens = new TokenArguments();

    @Option(
            names = "--chunks",
            paramLabel = "SIZES",
            converter = ChunksConverter.class,
            description = "Feed models in pieces through the cache, for instance 5,1,1,3; the last size repeats.")
    private ChunkSizes chunks = ChunkSizes.whole();

    @Option(
            names = "--top-k",
            paramLabel = "K",
            split = ",",
            description = "Tell how many of the K largest logits are the same (default: 5,10).")
    private List<Integer> topK = List.of(5, 10);

    @Mixin
    private ReportArguments reports = new ReportArguments();

    @Mixin
    private TraceOptions trace = new TraceOptions();

    @Mixin
    private PresetOptions presets = new PresetOptions();

    @Mixin
    private SessionArguments session = new SessionArguments();

    @Spec
    private CommandSpec spec;

    @Override
    public Integer call() throws IOException {
        check();
        if (trace.isolate && (trace.isWanted() || trace.fuzz != null)) {
            return isolated();
        }
        return shown(report());
    }

    private void check() throws IOException {
        tokens.check();
        for (int k : topK) {
            new OptionValue(spec.commandLine(), "--top-k", k).requireAtLeast(1);
        }
        if (trace.fuzz != null) {
            new OptionValue(spec.commandLine(), "--fuzz", trace.fuzz).requireAtLeast(1);
            requireNoSides();
        } else {
            requireSides();
            presets.requireOneOf(spec.commandLine(), expected, actual);
        }
        reports.check(expected, actual);
        trace.check(spec.commandLine());
    }

    private int shown(ParityReport report) throws IOException {
        reports.show(report);
        return report.passed() ? 0 : Heddle.PARITY_MISMATCH;
    }

    /** The same command in a process of its own, which writes the reports, unless it crashes. */
    private int isolated() throws IOException {
        List<String> command = new ArrayList<>(ChildProcess.thisProgram());
        command.addAll(spec.root().commandLine().getParseResult().originalArgs());
        command.removeIf("--isolate"::equals);
        ChildProcess ended = ChildProcess.run(command);
        if (ended.crashed()) {
            var section = new SectionBuilder("isolated run", TensorComparer.of(Precision.FLOAT32));
            section.add(Finding.fail("process", ended.ending()));
            return shown(
                    new ParityReport(Side.of(expected), Side.of(actual), Inputs.of("-"), List.of(section.build())));
        }
        spec.commandLine().getOut().print(ended.said());
        spec.commandLine().getOut().flush();
        spec.commandLine().getErr().print(ended.complained());
        spec.commandLine().getErr().flush();
        return ended.code();
    }

    private ParityReport report() throws IOException {
        if (trace.fuzz != null) {
            return FuzzRun.report(trace.fuzz, tokens.seed(), session.options());
        }
        SideName a = SideName.of(expected);
        SideName b = SideName.of(actual);
        a.checkWords();
        b.checkWords();
        a.requireFound();
        b.requireFound();
        try {
            return report(a, b);
        } catch (IllegalArgumentException | GraphException e) {
            String text = String.valueOf(e.getMessage());
            if (text.contains(a.name()) || text.contains(b.name())) {
                throw e;
            }
            throw new IllegalArgumentException(a + " against " + b + ": " + text, e);
        }
    }

    private ParityReport report(SideName a, SideName b) throws IOException {
        var sides = new TracedSides(presets, session.options());
        if (trace.isWanted() || !LogitSide.isDecoder(a) || !LogitSide.isDecoder(b)) {
            return new TraceRun(trace, sides, tokens, topK).report(a, b);
        }
        try (LogitSide right = LogitSide.open(a, sides, chunks, trace.isolate);
                LogitSide judged = LogitSide.open(b, sides, chunks, trace.isolate)) {
            return new LogitRun(tokens, topK).report(right, judged);
        }
    }

    private void requireNoSides() {
        if (!expected.isEmpty()) {
            throw new ParameterException(
                    spec.commandLine(), "--fuzz: expected no A and B with it, which it makes itself, got " + expected);
        }
    }

    private void requireSides() {
        if (expected.isEmpty() || actual.isEmpty()) {
            throw new ParameterException(
                    spec.commandLine(),
                    expected.isEmpty() ? "missing required parameters: 'A', 'B'" : "missing required parameter: 'B'");
        }
    }
}
