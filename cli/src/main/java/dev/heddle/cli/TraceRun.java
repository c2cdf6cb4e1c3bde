package dev.heddle.cli;

import com.fasterxml.jackson.databind.JsonNode;
import dev.heddle.cli.trace.Bisection;
import dev.heddle.cli.trace.InterpretedSide;
import dev.heddle.cli.trace.OrtSide;
import dev.heddle.cli.trace.Replay;
import dev.heddle.cli.trace.Reproduction;
import dev.heddle.cli.trace.TraceInputs;
import dev.heddle.cli.trace.TracedSide;
import dev.heddle.cli.trace.ValueComparison;
import dev.heddle.cli.trace.ValueTrace;
import dev.heddle.cli.trace.WeightAudit;
import dev.heddle.exporter.graph.FunctionStyle;
import dev.heddle.exporter.graph.Model;
import dev.heddle.exporter.onnx.ModelReader;
import dev.heddle.exporter.rewrite.Inliner;
import dev.heddle.exporter.target.Target;
import dev.heddle.models.attention.KvCache;
import dev.heddle.models.decoder.GraphOptions;
import dev.heddle.models.export.ModelExport;
import dev.heddle.models.family.Families;
import dev.heddle.models.family.SourceModel;
import dev.heddle.runtime.cache.Decoder;
import dev.heddle.runtime.cache.Forward;
import dev.heddle.runtime.cache.TokenBlock;
import dev.heddle.runtime.parity.CausalCheck;
import dev.heddle.runtime.parity.DecodeCheck;
import dev.heddle.runtime.session.HostTensor;
import dev.heddle.runtime.session.ModelFile;
import dev.heddle.runtime.session.ModelSession;
import dev.heddle.runtime.session.OpsMode;
import dev.heddle.runtime.session.SessionOptions;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.function.Function;
import java.util.stream.Collectors;

/** Compares the inner values of a checkpoint or model in float64 with those of a model on ONNX Runtime. */
final class TraceRun {

    private static final int SHOWN = 12;

    private final TraceOptions wanted;
    private final PresetOptions presets;
    private final SessionOptions session;
    private final PrintWriter out;

    TraceRun(TraceOptions wanted, PresetOptions presets, SessionOptions session, PrintWriter out) {
        this.wanted = wanted;
        this.presets = presets;
        this.session = session;
        this.out = out;
    }

    /**
     * Whether all that was compared is the same.
     *
     * @param tokenSource gives tokens for a vocabulary of that size
     */
    boolean run(String expected, String actual, Function<OptionalInt, TokenBlock> tokenSource) throws IOException {
        Path file = ModelFile.at(Path.of(actual)).onnx();
        Model written = ModelReader.read(file);
        Model shown = session.ops() == OpsMode.NATIVE ? written : Inliner.inline(written);
        TokenBlock tokens = tokenSource.apply(vocabulary(written));
        boolean same = true;
        if (wanted.needsValues() || wanted.weights) {
            try (TracedSide right = expected(expected, written);
                    OrtSide judged = new OrtSide(file, shown, session)) {
                out.println("expected  " + right.describe());
                out.println("actual    " + judged.describe());
                out.println("tokens    [" + tokens.batch() + ", " + tokens.length() + "]");
                if (wanted.weights) {
                    same &= weights(right.model(), written);
                }
                same &= !wanted.needsValues() || values(right, judged, TraceInputs.fresh(shown, tokens));
            }
        }
        if (wanted.decode || wanted.causal) {
            same &= behaviour(file, tokens);
        }
        out.flush();
        return same;
    }

    private boolean values(TracedSide right, OrtSide judged, Map<String, HostTensor> inputs) throws IOException {
        try (ValueTrace trace = ValueTrace.start(right, judged, inputs)) {
            boolean same = true;
            if (wanted.all) {
                same &= list("values", trace, listener -> trace.compare(trace.names(), listener));
            }
            if (wanted.replay) {
                same &= list("nodes alone", trace, listener -> new Replay(trace).compare(trace.names(), listener));
            }
            if (wanted.bisect) {
                same &= bisect(trace);
            }
            return same;
        }
    }

    private boolean weights(Model right, Model judged) throws IOException {
        List<WeightAudit.Entry> entries = WeightAudit.of(right, judged);
        List<WeightAudit.Entry> wrong =
                entries.stream().filter(entry -> !entry.passed()).toList();
        out.println("weights: " + entries.size() + " compared, " + wrong.size() + " differ");
        wrong.stream().limit(SHOWN).forEach(entry -> out.println("  " + entry.name() + ": " + entry.problem()));
        if (wrong.size() > SHOWN) {
            out.println("  and " + (wrong.size() - SHOWN) + " more");
        }
        return wrong.isEmpty();
    }

    private boolean behaviour(Path file, TokenBlock tokens) {
        boolean same = true;
        try (ModelSession open = ModelSession.open(file, session)) {
            Decoder decoder = Decoder.of(open);
            Forward forward = new Forward(decoder);
            if (wanted.decode) {
                DecodeCheck.Result result = DecodeCheck.of(
                        forward,
                        tokens,
                        decoder.hasCache(),
                        ModelNumerics.of(ModelMetadata.of(open.metadata())).values());
                out.println("decode: " + open);
                result.comparisons()
                        .forEach(comparison -> out.println(
                                (comparison.passed() ? "  same      " : "  DIFFERENT ") + comparison.line()));
                if (!result.growth().isEmpty()) {
                    out.println("  largest error by position, one token at a time: " + growth(result.growth()));
                }
                same &= result.passed();
            }
            if (wanted.causal) {
                List<CausalCheck.Leak> leaks =
                        CausalCheck.of(forward, tokens, decoder.vocabulary().orElse(2));
                out.println("causal: " + tokens.length() + " tokens changed, " + leaks.size()
                        + " change what is before them");
                leaks.stream().limit(SHOWN).forEach(leak -> out.println("  " + leak));
                same &= leaks.isEmpty();
            }
        }
        return same;
    }

    private static String growth(List<Double> errors) {
        return errors.stream()
                .map(error -> String.format(Locale.ROOT, "%.1e", error))
                .collect(Collectors.joining(" "));
    }

    /** Tokens that a model knows: the last axis of its logits; empty if the graph leaves it open. */
    static OptionalInt vocabulary(Model model) {
        return model.graph().outputs().stream()
                .filter(output ->
                        output.name().equals("logits") && output.type().shape().rank() > 0)
                .map(output -> output.type().shape().dim(-1).fixed())
                .filter(OptionalLong::isPresent)
                .mapToInt(length -> Math.toIntExact(length.getAsLong()))
                .findFirst();
    }

    @FunctionalInterface
    private interface Comparing {
        void compare(ValueTrace.Listener listener) throws IOException;
    }

    private boolean list(String what, ValueTrace trace, Comparing comparing) throws IOException {
        List<ValueComparison> wrong = new ArrayList<>();
        int[] count = new int[1];
        comparing.compare(comparison -> {
            count[0]++;
            if (!comparison.passed()) {
                wrong.add(comparison);
            }
        });
        out.println(what + ": " + count[0] + " compared, " + wrong.size() + " differ");
        List<String> order = trace.names();
        wrong.sort(Comparator.comparingInt(comparison -> order.indexOf(comparison.name())));
        wrong.stream().limit(SHOWN).forEach(comparison -> out.println("  " + line(comparison)));
        if (wrong.size() > SHOWN) {
            out.println("  and " + (wrong.size() - SHOWN) + " more");
        }
        return wrong.isEmpty();
    }

    private boolean bisect(ValueTrace trace) throws IOException {
        Optional<Bisection.Found> found = new Bisection(trace).find();
        if (found.isEmpty()) {
            out.println("bisect: no value differs");
            return true;
        }
        out.println("first value that differs");
        out.println("  " + line(found.get().inherited()));
        if (found.get().own().isEmpty()) {
            out.println(
                    "every node up to there is right for the expected values: the difference is in what the graph is"
                            + " given, or rounding that grew");
            return false;
        }
        ValueComparison own = found.get().own().get();
        out.println("first node that is wrong for the expected values");
        out.println("  " + line(own));
        if (wanted.repro != null) {
            Reproduction.write(trace, own, wanted.repro, TensorFile::write);
            out.println("written   " + wanted.repro.resolve(Reproduction.MODEL));
        }
        return false;
    }

    private static String line(ValueComparison comparison) {
        return comparison.node() + ": " + comparison.comparison().line();
    }

    /** A checkpoint's graph is made as the model's was. */
    private TracedSide expected(String name, Model like) throws IOException {
        Path path = Path.of(name);
        if (LogitSide.isModel(name)) {
            Path file = ModelFile.at(path).onnx();
            return new InterpretedSide(file.toString(), ModelReader.read(file), () -> {});
        }
        SourceModel source = PresetOptions.isPreset(name) ? presets.open(name) : SourceModel.open(path, Families.all());
        Model graph = new ModelExport(options(like), Version.current()).graph(source, finding -> {});
        return new InterpretedSide(source.origin(), graph, source::close);
    }

    /** How a model was exported, as it says of itself. */
    private static GraphOptions options(Model model) {
        JsonNode description = ModelMetadata.of(model);
        GraphOptions defaults = GraphOptions.defaults();
        KvCache cache =
                switch (description.path("cache").asText()) {
                    case "none" -> new KvCache.None();
                    case "static" ->
                        new KvCache.Static(description.path("max_len").asInt());
                    default -> new KvCache.Dynamic();
                };
        FunctionStyle style = model.functions().isEmpty() ? FunctionStyle.INLINE : FunctionStyle.FUNCTION;
        int opset = model.opsets().getOrDefault("", defaults.opset());
        return new GraphOptions(
                GraphOptions.OPSETS.contains(opset) ? opset : defaults.opset(),
                style,
                cache,
                ModelNumerics.of(description).numerics(),
                Target.of(description.path("target").asText(defaults.target().name())));
    }
}
