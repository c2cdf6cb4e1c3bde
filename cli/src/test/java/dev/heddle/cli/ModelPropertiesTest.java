package dev.heddle.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import dev.heddle.exporter.onnx.StagedFolder;
import dev.heddle.models.decoder.GraphOptions;
import dev.heddle.models.export.ModelExport;
import dev.heddle.models.family.Families;
import dev.heddle.models.family.ModelConfig;
import dev.heddle.models.family.SourceModel;
import dev.heddle.models.preset.Initialization;
import dev.heddle.models.preset.Preset;
import dev.heddle.models.preset.SmallModels;
import dev.heddle.runtime.cache.AttentionMask;
import dev.heddle.runtime.cache.ChunkSizes;
import dev.heddle.runtime.cache.Decoder;
import dev.heddle.runtime.cache.Forward;
import dev.heddle.runtime.cache.TokenBlock;
import dev.heddle.runtime.session.HostTensor;
import dev.heddle.runtime.session.ModelSession;
import dev.heddle.runtime.session.SessionOptions;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** What must hold for whole models of every family on ONNX Runtime. */
final class ModelPropertiesTest {

    private static final int LENGTH = 24;
    private static final int CHANGED = 15;

    @TempDir
    Path folder;

    static List<Preset> models() {
        return SmallModels.all();
    }

    private ModelSession open(Preset preset, Initialization initialization) throws IOException {
        Path target = folder.resolve(preset.name());
        try (SourceModel source = preset.open(initialization, 5)) {
            new ModelExport(GraphOptions.defaults(), "test")
                    .write(source, target, StagedFolder.Existing.REFUSE, ModelExport.Listener.silent());
        }
        return ModelSession.open(target, SessionOptions.defaults());
    }

    private static long[] tokens(int count) {
        long[] tokens = new long[count];
        Arrays.setAll(tokens, index -> (index * 37 + 11) % 64);
        return tokens;
    }

    private static float[] logits(ModelSession session, TokenBlock tokens) {
        HostTensor logits = new Forward(Decoder.of(session)).logits(tokens, ChunkSizes.whole());
        float[] values = new float[logits.elementCount()];
        logits.floats().get(values);
        return values;
    }

    @ParameterizedTest
    @MethodSource("models")
    void logitsBeforeAChangedToken_areBitIdentical(Preset preset) throws IOException {
        try (ModelSession session = open(preset, Initialization.RANDOM)) {
            long[] changed = tokens(LENGTH);
            changed[CHANGED] = (changed[CHANGED] + 1) % 64;

            float[] before = logits(session, TokenBlock.of(tokens(LENGTH)));
            float[] after = logits(session, TokenBlock.of(changed));

            int vocabulary = before.length / LENGTH;
            int end = CHANGED * vocabulary;
            assertThat(Arrays.copyOf(after, end)).containsExactly(Arrays.copyOf(before, end));
            assertThat(Arrays.copyOfRange(after, end, end + vocabulary))
                    .isNotEqualTo(Arrays.copyOfRange(before, end, end + vocabulary));
        }
    }

    @ParameterizedTest
    @MethodSource("models")
    void logits_withPadding_equalThoseWithout(Preset preset) throws IOException {
        int left = 6;
        int right = 4;
        int real = LENGTH - left - right;
        long[] padded = tokens(LENGTH);
        long[] mask = new long[LENGTH];
        Arrays.fill(mask, left, left + real, 1);
        TokenBlock withPadding = TokenBlock.of(padded).withMask(AttentionMask.of(HostTensor.ofLongs(mask, 1, LENGTH)));

        try (ModelSession session = open(preset, Initialization.RANDOM)) {
            float[] all = logits(session, withPadding);
            float[] plain = logits(session, TokenBlock.of(Arrays.copyOfRange(padded, left, left + real)));

            int vocabulary = all.length / LENGTH;
            float[] inside = Arrays.copyOfRange(all, left * vocabulary, (left + real) * vocabulary);
            assertThat(inside).usingComparatorWithPrecision(1e-4f).containsExactly(plain);
        }
    }

    /** Models of one seed hold the same projections, so only the parts differ. */
    @ParameterizedTest
    @MethodSource("identityPairs")
    void logits_withIdentityParts_equalPlainAttention(Preset withParts, Preset plain) throws IOException {
        try (ModelSession parts = open(withParts, Initialization.IDENTITY);
                ModelSession without = open(plain, Initialization.IDENTITY)) {
            TokenBlock tokens = TokenBlock.of(tokens(LENGTH));

            assertThat(logits(parts, tokens))
                    .usingComparatorWithPrecision(1e-4f)
                    .containsExactly(logits(without, tokens));
        }
    }

    static Stream<Arguments> identityPairs() throws IOException {
        Preset plain = lingua("plain", "\"use_mta\": false");
        return Stream.of(
                Arguments.of(SmallModels.keyValueShift(), SmallModels.llama()),
                Arguments.of(lingua("convolutions-and-mixes", """
                                "use_mta": true, "query_kernel_size": 6, "key_kernel_size": 11,
                                "after_sm_query_kernel_size": 4, "after_sm_key_kernel_size": 5,
                                "pre_sm_linear_head": true, "head_kernel_size": 2"""), plain),
                Arguments.of(lingua("two-dense-mixes", """
                                "use_mta": true, "query_kernel_size": null, "pre_sm_linear_head": true,
                                "post_sm_linear_head": true"""), plain));
    }

    private static Preset lingua(String name, String parts) throws IOException {
        String config = """
                {"model": {"dim": 48, "n_layers": 3, "n_heads": 4, "vocab_size": 64, "multiple_of": 16,
                           "rope_theta": 100000, "weight_tying": true, "max_seqlen": 128, "mta": {%s}}}""".formatted(parts);
        ModelConfig parsed = new ModelConfig("params.json", new ObjectMapper().readTree(config));
        return new Preset(name, name, Families.linguaMta(), parsed, new TreeMap<>());
    }
}
