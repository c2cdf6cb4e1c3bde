package dev.heddle.cli;

import dev.heddle.cli.file.TemporaryFolder;
import dev.heddle.exporter.graph.DType;
import dev.heddle.exporter.graph.FunctionStyle;
import dev.heddle.exporter.onnx.StagedFolder;
import dev.heddle.models.attention.KvCache;
import dev.heddle.models.decoder.GraphOptions;
import dev.heddle.models.export.ModelExport;
import dev.heddle.models.family.SourceModel;
import dev.heddle.models.preset.FuzzModel;
import dev.heddle.models.preset.Initialization;
import dev.heddle.runtime.cache.AttentionMask;
import dev.heddle.runtime.cache.ChunkSizes;
import dev.heddle.runtime.cache.Decoder;
import dev.heddle.runtime.cache.Forward;
import dev.heddle.runtime.cache.TokenBlock;
import dev.heddle.runtime.parity.Finding;
import dev.heddle.runtime.parity.Inputs;
import dev.heddle.runtime.parity.ParityReport;
import dev.heddle.runtime.parity.Precision;
import dev.heddle.runtime.parity.SectionBuilder;
import dev.heddle.runtime.parity.Side;
import dev.heddle.runtime.parity.TensorComparer;
import dev.heddle.runtime.parity.TensorComparison;
import dev.heddle.runtime.session.HostTensor;
import dev.heddle.runtime.session.ModelSession;
import dev.heddle.runtime.session.SessionOptions;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.SplittableRandom;

/** Random models, exported in random forms, against their float64 reference; what fails is made as small as it can be. */
final class FuzzRun {

    private static final int MAX_LEN = 40;

    private final Check check;
    private final long seed;

    /** @param seed of all cases */
    FuzzRun(Check check, long seed) {
        this.check = check;
        this.seed = seed;
    }

    /** What is asked of each case. */
    @FunctionalInterface
    interface Check {
        /** Empty if nothing is wrong. */
        Optional<String> problem(Case tried) throws IOException;

        /** Whether the exported model gives what the reference gives. */
        static Check against(SessionOptions session) {
            return tried -> FuzzRun.problem(tried, session);
        }
    }

    /**
     * A model and what is done with it.
     *
     * @param leftPads of the second sequence
     */
    record Case(FuzzModel model, GraphOptions options, int length, int leftPads, ChunkSizes chunks, long seed) {

        static Case random(SplittableRandom random) {
            FuzzModel model = FuzzModel.random(random);
            List<KvCache> caches = List.of(new KvCache.None(), new KvCache.Dynamic(), new KvCache.Static(MAX_LEN));
            KvCache cache = caches.get(random.nextInt(caches.size()));
            GraphOptions options = new GraphOptions(
                    random.nextBoolean() ? 21 : 23,
                    FunctionStyle.values()[random.nextInt(FunctionStyle.values().length)],
                    cache,
                    DType.FLOAT32);
            int length = 2 + random.nextInt(20);
            ChunkSizes chunks = cache instanceof KvCache.None || random.nextInt(3) == 0
                    ? ChunkSizes.whole()
                    : ChunkSizes.of(1 + random.nextInt(7), 1 + random.nextInt(3), 1);
            return new Case(model, options, length, random.nextInt(length), chunks, random.nextLong(1000));
        }

        /** Cases with one thing less. */
        List<Case> simpler() {
            List<Case> cases = new ArrayList<>();
            model.simpler().forEach(smaller -> cases.add(new Case(smaller, options, length, leftPads, chunks, seed)));
            if (leftPads > 0) {
                cases.add(new Case(model, options, length, 0, chunks, seed));
            }
            if (length > 2) {
                cases.add(new Case(model, options, length - 1, Math.min(leftPads, length - 2), chunks, seed));
            }
            if (!chunks.isWhole()) {
                cases.add(new Case(model, options, length, leftPads, ChunkSizes.whole(), seed));
            }
            return cases;
        }

        @Override
        public String toString() {
            return model + "; opset " + options.opset() + ", " + options.style() + ", cache "
                    + options.cache().label() + "; " + length + " tokens, " + leftPads + " pads, chunks "
                    + (chunks.isWhole() ? "whole" : chunks.sizes()) + ", seed " + seed;
        }

        TokenBlock tokens(int vocabulary) {
            int[] counts = {length, length - leftPads};
            return TokenInput.random(2, length, vocabulary, seed).withMask(AttentionMask.leftPadded(length, counts));
        }
    }

    /**
     * The smallest case that fails.
     *
     * @param original the one it came from
     */
    record Failure(Case smallest, Case original, String problem) {}

    /** Told after each case. */
    @FunctionalInterface
    interface Listener {
        void done(int cases);
    }

    /** The verdict on that many models. */
    static ParityReport report(int cases, long seed, SessionOptions session) throws IOException {
        Optional<Failure> failure = new FuzzRun(Check.against(session), seed).run(cases, done -> {});
        var section = new SectionBuilder("fuzz", TensorComparer.of(Precision.FLOAT32));
        if (failure.isPresent()) {
            section.add(Finding.fail(
                    failure.get().smallest().toString(), failure.get().problem()));
            section.add(Finding.note("found as", failure.get().original().toString()));
        } else {
            section.add(Finding.pass(cases + " random models", "give what their reference gives"));
        }
        Side judged = new Side(
                "the same, exported",
                "ONNX Runtime on " + session.provider(),
                "operators " + session.ops().name().toLowerCase(Locale.ROOT),
                Precision.FLOAT32.toString());
        return new ParityReport(
                new Side("random models", "reference", "-", Precision.FLOAT64.toString()),
                judged,
                Inputs.of("random, seed " + seed),
                List.of(section.build()));
    }

    /** The first failure of that many cases, made smaller; empty if all pass. */
    Optional<Failure> run(int cases, Listener listener) throws IOException {
        SplittableRandom random = new SplittableRandom(seed);
        for (int i = 0; i < cases; i++) {
            Case tried = Case.random(random.split());
            Optional<String> problem = check.problem(tried);
            if (problem.isPresent()) {
                return Optional.of(shrunk(tried, problem.get()));
            }
            listener.done(i + 1);
        }
        return Optional.empty();
    }

    private Failure shrunk(Case original, String firstProblem) throws IOException {
        Case smallest = original;
        String problem = firstProblem;
        boolean smaller = true;
        while (smaller) {
            smaller = false;
            for (Case candidate : smallest.simpler()) {
                Optional<String> found = check.problem(candidate);
                if (found.isPresent()) {
                    smallest = candidate;
                    problem = found.get();
                    smaller = true;
                    break;
                }
            }
        }
        return new Failure(smallest, original, problem);
    }

    private static Optional<String> problem(Case tried, SessionOptions session) throws IOException {
        try (TemporaryFolder folder = TemporaryFolder.create("heddle-fuzz");
                SourceModel source = tried.model().preset().open(Initialization.RANDOM, tried.seed())) {
            Path target = folder.path().resolve("model");
            new ModelExport(tried.options(), "fuzz")
                    .write(source, target, StagedFolder.Existing.REFUSE, ModelExport.Listener.silent());
            TokenBlock tokens = tried.tokens(source.decoder().vocabSize());
            HostTensor right = ReferenceLogits.of(source, tokens);
            try (ModelSession open = ModelSession.open(target, session)) {
                HostTensor judged = new Forward(Decoder.of(open)).logits(tokens, tried.chunks());
                TensorComparison comparison = TensorComparer.of(Precision.of(judged.dtype()))
                        .outputs("logits", masked(right, tokens), masked(judged, tokens));
                return comparison.passed() ? Optional.empty() : Optional.of(comparison.line());
            }
        }
    }

    /** Logits of pads are nobody's business. */
    private static HostTensor masked(HostTensor logits, TokenBlock tokens) {
        HostTensor copy = HostTensor.zeros(logits.dtype(), logits.shape());
        copy.bytes().put(logits.bytes());
        HostTensor real = tokens.mask().toTensor();
        int width = (int) logits.dim(2) * logits.dtype().bytes();
        byte[] zeros = new byte[width];
        for (int i = 0; i < real.elementCount(); i++) {
            if (real.longs().get(i) == 0) {
                copy.bytes().put(i * width, zeros);
            }
        }
        return copy;
    }
}
