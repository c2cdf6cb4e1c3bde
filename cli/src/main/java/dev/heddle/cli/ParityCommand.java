package dev.heddle.cli;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.heddle.runtime.cache.ChunkSizes;
import dev.heddle.runtime.cache.TokenBlock;
import dev.heddle.runtime.parity.ParityReport;
import dev.heddle.runtime.parity.TensorComparison;
import dev.heddle.runtime.session.DType;
import dev.heddle.runtime.session.HostTensor;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.concurrent.Callable;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code heddle parity}: do two sides compute the same logits? */
@Command(
        name = "parity",
        description = "Compare the logits of two sides; exit code 3 if they differ.",
        mixinStandardHelpOptions = true)
final class ParityCommand implements Callable<Integer> {

    @Parameters(
            index = "0",
            paramLabel = "A",
            description =
                    "What is right: a checkpoint folder or preset:NAME (float64 reference), a model folder, or a safetensors file with logits.")
    private String expected = "";

    @Parameters(index = "1", paramLabel = "B", description = "What is judged: the same kinds.")
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

    @Option(names = "--json", paramLabel = "FILE", description = "Also write the result as JSON.")
    private @Nullable Path json;

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
        if (json != null) {
            OutputFile.check(json);
        }
        if (trace.isWanted()) {
            boolean same = new TraceRun(
                            trace,
                            presets,
                            session.options(),
                            spec.commandLine().getOut())
                    .run(expected, actual, this::tracedTokens);
            return same ? 0 : Heddle.PARITY_MISMATCH;
        }
        try (LogitSide a = LogitSide.open(expected, presets, session.options(), chunks);
                LogitSide b = LogitSide.open(actual, presets, session.options(), chunks)) {
            checkVocabularies(a, b);
            TokenBlock tokens = tokens(a, b);
            HostTensor right = a.logits(tokens);
            HostTensor judged = b.logits(tokens);
            ParityReport report =
                    ParityReport.of(Map.of("logits", right), Map.of("logits", judged), precision(right, judged));
            print(a, b, tokens, report);
            if (json != null) {
                writeJson(json, a, b, report);
            }
            return report.passed() ? 0 : Heddle.PARITY_MISMATCH;
        }
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

    /** The coarser of the two types decides what may be lost. */
    private static DType precision(HostTensor right, HostTensor judged) {
        return judged.dtype().bytes() <= right.dtype().bytes() ? judged.dtype() : right.dtype();
    }

    private void checkVocabularies(LogitSide a, LogitSide b) {
        boolean known = a.vocabulary().isPresent() && b.vocabulary().isPresent();
        if (known && a.vocabulary().getAsInt() != b.vocabulary().getAsInt()) {
            throw new IllegalArgumentException(expected + " has a vocabulary of "
                    + a.vocabulary().getAsInt() + " tokens, " + actual + " one of "
                    + b.vocabulary().getAsInt() + "; compare two sides of one model");
        }
    }

    private TokenBlock tokens(LogitSide a, LogitSide b) {
        if (input != null) {
            return TokenInput.read(input);
        }
        List<LogitSide.Stored> stored = Stream.of(a, b)
                .filter(LogitSide.Stored.class::isInstance)
                .map(LogitSide.Stored.class::cast)
                .toList();
        Optional<TokenBlock> tokens =
                stored.stream().flatMap(side -> side.tokens().stream()).findFirst();
        if (tokens.isPresent()) {
            return tokens.get();
        }
        return switch (stored.size()) {
            case 0 -> random(a, b);
            case 1 ->
                throw new IllegalArgumentException(stored.get(0).file()
                        + ": expected a tensor input_ids beside logits, got none; give the tokens with --input");
            default -> stored.get(0).anyTokens();
        };
    }

    private TokenBlock random(LogitSide a, LogitSide b) {
        OptionalInt vocabulary = a.vocabulary().isPresent() ? a.vocabulary() : b.vocabulary();
        return TokenInput.random(
                batch,
                length,
                vocabulary.orElseThrow(() -> new IllegalArgumentException(
                        "neither side says how many tokens it knows; give tokens with --input")),
                tokenSeed);
    }

    private void print(LogitSide a, LogitSide b, TokenBlock tokens, ParityReport report) {
        PrintWriter out = spec.commandLine().getOut();
        out.println("expected  " + a.describe());
        out.println("actual    " + b.describe());
        out.println("tokens    [" + tokens.batch() + ", " + tokens.length() + "]");
        for (TensorComparison comparison : report.comparisons()) {
            if (comparison instanceof TensorComparison.Values values) {
                out.printf(
                        "max abs   %.3g%nmax rel   %.3g%ncosine    %.12f%nargmax    %d of %d, %d near ties%n",
                        values.errors().maxAbsolute(),
                        values.errors().maxRelative(),
                        values.errors().cosine(),
                        values.argmax().equal(),
                        values.argmax().rows(),
                        values.argmax().nearTies());
            }
        }
        report.lines().forEach(line -> out.println((report.passed() ? "same      " : "DIFFERENT ") + line));
        out.flush();
    }

    private static void writeJson(Path file, LogitSide a, LogitSide b, ParityReport report) throws IOException {
        ObjectNode root = JsonNodeFactory.instance.objectNode();
        root.put("expected", a.describe());
        root.put("actual", b.describe());
        root.put("passed", report.passed());
        ObjectNode tensors = root.putObject("tensors");
        for (TensorComparison comparison : report.comparisons()) {
            ObjectNode entry = tensors.putObject(comparison.name());
            entry.put("passed", comparison.passed());
            entry.put("line", comparison.line());
            if (comparison instanceof TensorComparison.Values values) {
                entry.put("max_abs", values.errors().maxAbsolute());
                entry.put("mean_abs", values.errors().meanAbsolute());
                entry.put("max_rel", values.errors().maxRelative());
                entry.put("scale_rel", values.errors().scaleRelative());
                entry.put("cosine", values.errors().cosine());
                entry.put("argmax_equal", values.argmax().equal());
                entry.put("argmax_rows", values.argmax().rows());
                entry.put("near_ties", values.argmax().nearTies());
                entry.put("worst_index", values.worst().index().toString());
                entry.put("worst_expected", values.worst().expected());
                entry.put("worst_actual", values.worst().actual());
            }
        }
        OutputFile.write(
                file,
                new ObjectMapper().enable(SerializationFeature.INDENT_OUTPUT).writeValueAsBytes(root));
    }
}
