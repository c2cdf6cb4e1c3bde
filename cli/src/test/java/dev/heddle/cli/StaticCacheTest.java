package dev.heddle.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.heddle.exporter.graph.DType;
import dev.heddle.exporter.graph.FunctionStyle;
import dev.heddle.exporter.onnx.StagedFolder;
import dev.heddle.models.attention.KvCache;
import dev.heddle.models.decoder.GraphOptions;
import dev.heddle.models.export.ModelExport;
import dev.heddle.models.family.Families;
import dev.heddle.models.family.SourceModel;
import dev.heddle.runtime.cache.AttentionMask;
import dev.heddle.runtime.cache.CacheState;
import dev.heddle.runtime.cache.Decoder;
import dev.heddle.runtime.cache.TokenBlock;
import dev.heddle.runtime.generate.Completion;
import dev.heddle.runtime.generate.FinishReason;
import dev.heddle.runtime.generate.GenerationOptions;
import dev.heddle.runtime.generate.LanguageModel;
import dev.heddle.runtime.session.Cancellation;
import dev.heddle.runtime.session.HostTensor;
import dev.heddle.runtime.session.ModelSession;
import dev.heddle.runtime.session.OpsLibrary;
import dev.heddle.runtime.session.OpsMode;
import dev.heddle.runtime.session.SessionOptions;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Models with a cache of fixed length, written in place, for the function bodies and the native kernels. */
final class StaticCacheTest {

    private static final int MAX_LEN = 12;

    /** Largest difference as part of the largest logit; the order of additions differs. */
    private static final double TOLERANCE = 1e-5;

    @TempDir
    Path folder;

    /** @param name of a sample */
    record Model(String name, OpsMode ops) {}

    static Stream<Model> models() {
        return Stream.of("ram-mta-v1", "ram-mta-v2", "baichuan-m1-tiny", "llama-tiny", "diffllama-tiny")
                .flatMap(name -> ops().map(ops -> new Model(name, ops)));
    }

    private static Stream<OpsMode> ops() {
        return OpsLibrary.installed().locate().isPresent()
                ? Stream.of(OpsMode.PORTABLE, OpsMode.NATIVE)
                : Stream.of(OpsMode.PORTABLE);
    }

    private ModelSession open(Model model, KvCache cache) throws IOException {
        return ModelSession.open(
                export(model, cache), SessionOptions.builder().ops(model.ops()).build());
    }

    private Path export(Model model, KvCache cache) throws IOException {
        Path target = folder.resolve(cache.label());
        GraphOptions options = new GraphOptions(23, FunctionStyle.FUNCTION, cache, DType.FLOAT32);
        try (SourceModel source = SourceModel.open(SampleParityTest.SAMPLES.resolve(model.name()), Families.all())) {
            new ModelExport(options, "test")
                    .write(source, target, StagedFolder.Existing.REFUSE, ModelExport.Listener.silent());
        }
        return target;
    }

    private static HostTensor step(Decoder decoder, CacheState state, TokenBlock block) {
        return decoder.step(state, block, new Cancellation());
    }

    private static TokenBlock rows(long[] first, int firstTokens, long[] second, int secondTokens) {
        long[] ids = Stream.of(first, second).flatMapToLong(Arrays::stream).toArray();
        return TokenBlock.of(HostTensor.ofLongs(ids, 2, first.length))
                .withMask(AttentionMask.rightPadded(first.length, new int[] {firstTokens, secondTokens}));
    }

    /** Logits of one row and column of [batch, len, vocab], as a sequence of its own. */
    private static HostTensor at(HostTensor logits, int row, int column) {
        int vocabulary = (int) logits.dim(2);
        float[] values = new float[vocabulary];
        logits.floats().get((row * (int) logits.dim(1) + column) * vocabulary, values);
        return HostTensor.ofFloats(values, 1, 1, vocabulary);
    }

    private static void assertSame(HostTensor expected, HostTensor actual) {
        assertThat(SampleParityTest.scaleRelative(expected, actual)).isLessThan(TOLERANCE);
    }

    @ParameterizedTest
    @MethodSource("models")
    void rowsOfDifferentLength_goOnAsIfAlone(Model model) throws IOException {
        try (ModelSession grows = open(model, new KvCache.Dynamic());
                ModelSession fixed = open(model, new KvCache.Static(MAX_LEN))) {
            Decoder alone = Decoder.of(grows);
            Decoder together = Decoder.of(fixed);
            try (CacheState first = alone.newState(1);
                    CacheState second = alone.newState(1);
                    CacheState both = together.newState(2)) {
                HostTensor prompt =
                        step(together, both, rows(new long[] {5, 6, 7, 8, 9}, 5, new long[] {3, 4, 0, 0, 0}, 2));
                HostTensor firstPrompt = step(alone, first, TokenBlock.of(5, 6, 7, 8, 9));
                HostTensor secondPrompt = step(alone, second, TokenBlock.of(3, 4));
                // The first row rests while the second one catches up.
                HostTensor caughtUp = step(together, both, rows(new long[] {0, 0}, 0, new long[] {10, 11}, 2));
                HostTensor secondCaughtUp = step(alone, second, TokenBlock.of(10, 11));
                HostTensor next = step(together, both, rows(new long[] {12}, 1, new long[] {13}, 1));

                assertSame(at(firstPrompt, 0, 4), at(prompt, 0, 4));
                assertSame(at(secondPrompt, 0, 1), at(prompt, 1, 1));
                assertSame(at(secondCaughtUp, 0, 1), at(caughtUp, 1, 1));
                assertSame(step(alone, first, TokenBlock.of(12)), at(next, 0, 0));
                assertSame(step(alone, second, TokenBlock.of(13)), at(next, 1, 0));
                assertThat(both.length()).isEqualTo(6);
            }
        }
    }

    @ParameterizedTest
    @MethodSource("models")
    void cache_isWrittenInPlaceAndNeverMoves(Model model) throws IOException {
        try (ModelSession session = open(model, new KvCache.Static(MAX_LEN))) {
            Decoder decoder = Decoder.of(session);
            try (CacheState state = decoder.newState(1)) {
                step(decoder, state, TokenBlock.of(5, 6, 7));
                HostTensor before = state.toHost().get("past_key_values.0.key");
                step(decoder, state, TokenBlock.of(8));
                HostTensor after = state.toHost().get("past_key_values.0.key");

                int size = (int) after.dim(3);
                assertThat(after.shape()).isEqualTo(before.shape());
                assertThat(after.dim(2)).isEqualTo(MAX_LEN);
                assertThat(after.floats().slice(0, 3 * size))
                        .isEqualTo(before.floats().slice(0, 3 * size));
                assertThat(after.floats().slice(3 * size, size))
                        .isNotEqualTo(before.floats().slice(3 * size, size));
                assertThat(after.floats().slice(4 * size, (MAX_LEN - 4) * size))
                        .isEqualTo(before.floats().slice(4 * size, (MAX_LEN - 4) * size));
            }
        }
    }

    @ParameterizedTest
    @MethodSource("models")
    void tokensThatDoNotFit_areRefusedAndLeaveTheStateAlone(Model model) throws IOException {
        try (ModelSession session = open(model, new KvCache.Static(MAX_LEN))) {
            Decoder decoder = Decoder.of(session);
            try (CacheState state = decoder.newState(1)) {
                step(decoder, state, TokenBlock.of(1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11));

                assertThatThrownBy(() -> step(decoder, state, TokenBlock.of(12, 13)))
                        .isInstanceOf(IllegalArgumentException.class)
                        .hasMessage("sequence of 13 tokens does not fit max_len 12 of layer 0; export with a larger"
                                + " --max-len");
                assertThat(state.length()).isEqualTo(11);
                step(decoder, state, TokenBlock.of(12));
                assertThat(state.length()).isEqualTo(12);
            }
        }
    }

    @ParameterizedTest
    @MethodSource("models")
    void generation_endsWhereTheCacheIsFull(Model model) throws IOException {
        Path fixedFolder = export(model, new KvCache.Static(MAX_LEN));
        Path growingFolder = export(model, new KvCache.Dynamic());
        SessionOptions session = SessionOptions.builder().ops(model.ops()).build();
        try (LanguageModel fixed = LanguageModel.open(fixedFolder, session);
                LanguageModel grows = LanguageModel.open(growingFolder, session)) {
            List<long[]> prompts = List.of(new long[] {5, 6, 7, 8, 9}, new long[] {3, 4});

            List<Completion> completions = generate(fixed, prompts);
            List<Completion> endless = generate(grows, prompts);

            // The last token is made but does not have to fit.
            assertThat(completions.get(0).ids())
                    .isEqualTo(Arrays.copyOf(endless.get(0).ids(), MAX_LEN - 5 + 1));
            assertThat(completions.get(1).ids())
                    .isEqualTo(Arrays.copyOf(endless.get(1).ids(), MAX_LEN - 2 + 1));
            assertThat(completions).allSatisfy(completion -> assertThat(completion.finishReason())
                    .isEqualTo(FinishReason.CACHE_FULL));
        }
    }

    private static List<Completion> generate(LanguageModel model, List<long[]> prompts) {
        GenerationOptions options = model.options(30).withStopTokens(Set.of());
        return model.generate(prompts, options, new Cancellation()).completions();
    }
}
