package dev.heddle.cli;

import dev.heddle.runtime.cache.ChunkSizes;
import dev.heddle.runtime.cache.TokenBlock;
import dev.heddle.runtime.parity.ParityReport;
import dev.heddle.runtime.parity.Precision;
import dev.heddle.runtime.parity.Section;
import dev.heddle.runtime.parity.SectionBuilder;
import dev.heddle.runtime.parity.TensorComparer;
import dev.heddle.runtime.session.HostTensor;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.concurrent.Callable;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
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
        description = "Compare the logits of two sides; exit code 3 if they differ.",
        mixinStandardHelpOptions = true)
final class ParityCommand implements Callable<Integer> {

    /** Places that are named of each tensor. */
    private static final int WORST = 8;

    @Parameters(
            index = "0",
            arity = "0..1",
            paramLabel = "A",
            description =
                    "What is right: a checkpoint folder or preset:NAME (float64 reference), a model folder, or a safetensors file with logits.")
    private String expected = "";

    @Parameters(index = "1", arity = "0..1", paramLabel = "B", description = "What is judged: the same kinds.")
    private String actual = "";

    @Option(
            names = "--input",
            paramLabel = "FILE",
            description =
                    "Safetensors with input_ids. Without it: those of a side that is a file and has them, else random ones.")
    private @Nullable Path input;

    @Option(names = "--batch", paramLabel = "N", description = "Random sequences (default: ${DEFAULT-VALUE}).")
    private int batch = 2;

    @Option(names = "--length", paramLabel = "N", description = "Tokens of each (default: ${DEFAULT-VALUE}).")
    private int length = 32;

    @Option(
            names = "--token-seed",
            paramLabel = "N",
            description = "Seed of random tokens (default: ${DEFAULT-VALUE}).")
    private long tokenSeed;

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
            description = "How many of the largest logits must be the same (default: ${DEFAULT-VALUE}).")
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
        new OptionValue(spec.commandLine(), "--batch", batch).requireAtLeast(1);
        new OptionValue(spec.commandLine(), "--length", length).requireAtLeast(1);
        for (int k : topK) {
            new OptionValue(spec.commandLine(), "--top-k", k).requireAtLeast(1);
        }
        if (trace.fuzz != null) {
            return fuzz(trace.fuzz);
        }
        requireSides();
        reports.check();
        if (trace.isWanted()) {
            boolean same = new TraceRun(
                            trace,
                            presets,
                            session.options(),
                            spec.commandLine().getOut())
                    .run(expected, actual, this::tracedTokens);
            return same ? 0 : Heddle.PARITY_MISMATCH;
        }
        try (LogitSide a = LogitSide.open(expected, presets, session.options(), chunks, trace.isolate);
                LogitSide b = LogitSide.open(actual, presets, session.options(), chunks, trace.isolate)) {
            checkVocabularies(a, b);
            GivenTokens tokens = tokens(a, b);
            ParityReport report = report(a, b, tokens);
            reports.show(report);
            return report.passed() ? 0 : Heddle.PARITY_MISMATCH;
        }
    }

    private void requireSides() {
        if (expected.isEmpty() || actual.isEmpty()) {
            throw new ParameterException(
                    spec.commandLine(),
                    expected.isEmpty() ? "missing required parameters: 'A', 'B'" : "missing required parameter: 'B'");
        }
    }

    private int fuzz(int cases) throws IOException {
        new OptionValue(spec.commandLine(), "--fuzz", cases).requireAtLeast(1);
        PrintWriter out = spec.commandLine().getOut();
        FuzzRun run = new FuzzRun(FuzzRun.Check.against(session.options()), tokenSeed);
        Optional<FuzzRun.Failure> failure = run.run(cases, done -> {});
        if (failure.isEmpty()) {
            out.println(cases + " random models give what their reference gives, seed " + tokenSeed);
            return 0;
        }
        out.println("smallest   " + failure.get().smallest());
        out.println("found as   " + failure.get().original());
        out.println("problem    " + failure.get().problem());
        return Heddle.PARITY_MISMATCH;
    }

    private ParityReport report(LogitSide a, LogitSide b, GivenTokens tokens) {
        HostTensor right = a.logits(tokens.block());
        HostTensor judged = b.logits(tokens.block());
        List<Section> sections = new ArrayList<>();
        if (a instanceof LogitSide.Reference reference
                && b.numerics().filter(ModelNumerics::isQuantized).isPresent()) {
            ModelNumerics numerics = b.numerics().get();
            HostTensor left =
                    reference.logits(tokens.block(), numerics.numerics().quantization());
            sections.add(section("outputs, by the weights that are left", numerics.values(), left, judged));
            sections.add(section("loss of the quantisation", numerics.whole(), right, judged));
        } else {
            Precision precision = a.precision(right.dtype()).coarser(b.precision(judged.dtype()));
            sections.add(section("outputs", precision, right, judged));
        }
        return new ParityReport(a.describe(right.dtype()), b.describe(judged.dtype()), tokens.inputs(), sections);
    }

    private Section section(String name, Precision precision, HostTensor right, HostTensor judged) {
        var section = new SectionBuilder(name, new TensorComparer(precision, topK, WORST));
        section.logits("logits", right, judged);
        return section.build();
    }

    private TokenBlock tracedTokens(OptionalInt vocabulary) {
        if (input != null) {
            return TokenInput.read(input);
        }
        return TokenInput.random(
                batch,
                length,
                vocabulary.orElseThrow(() -> new IllegalArgumentException(
                        actual + " does not say how many tokens it knows; give tokens with --input")),
                tokenSeed);
    }

    private void checkVocabularies(LogitSide a, LogitSide b) {
        boolean known = a.vocabulary().isPresent() && b.vocabulary().isPresent();
        if (known && a.vocabulary().getAsInt() != b.vocabulary().getAsInt()) {
            throw new IllegalArgumentException(expected + " has a vocabulary of "
                    + a.vocabulary().getAsInt() + " tokens, " + actual + " one of "
                    + b.vocabulary().getAsInt() + "; compare two sides of one model");
        }
    }

    private GivenTokens tokens(LogitSide a, LogitSide b) {
        if (input != null) {
            return new GivenTokens(TokenInput.read(input), input.toString());
        }
        List<LogitSide.Stored> stored = Stream.of(a, b)
                .filter(LogitSide.Stored.class::isInstance)
                .map(LogitSide.Stored.class::cast)
                .toList();
        for (LogitSide.Stored side : stored) {
            if (side.tokens().isPresent()) {
                return new GivenTokens(side.tokens().get(), side.file().toString());
            }
        }
        return switch (stored.size()) {
            case 0 -> random(a, b);
            case 1 ->
                throw new IllegalArgumentException(stored.get(0).file()
                        + ": expected a tensor input_ids beside logits, got none; give the tokens with --input");
            default -> new GivenTokens(stored.get(0).anyTokens(), "not known");
        };
    }

    private GivenTokens random(LogitSide a, LogitSide b) {
        OptionalInt vocabulary = a.vocabulary().isPresent() ? a.vocabulary() : b.vocabulary();
        TokenBlock tokens = TokenInput.random(
                batch,
                length,
                vocabulary.orElseThrow(() -> new IllegalArgumentException(
                        "neither side says how many tokens it knows; give tokens with --input")),
                tokenSeed);
        return new GivenTokens(tokens, "random, seed " + tokenSeed);
    }
}
