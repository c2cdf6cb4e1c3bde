package dev.heddle.runtime.cache;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.heddle.runtime.session.HostTensor;
import dev.heddle.runtime.session.ModelSession;
import dev.heddle.runtime.session.SessionOptions;
import dev.heddle.runtime.toy.ToyLanguageModel;
import dev.heddle.runtime.toy.ToyLanguageModel.Part;
import java.nio.file.Path;
import java.util.Arrays;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@Tag("ort")
class ForwardTest {
    private static final HostTensor IDS =
            HostTensor.ofLongs(new long[] {0, 0, 3, 5, 9, 1, 4, 7, 2, 2, 8, 6, 10, 0, 1, 3}, 2, 8);
    private static final TokenBlock LEFT_PADDED =
            TokenBlock.of(IDS).withMask(AttentionMask.leftPadded(8, new int[] {6, 8}));

    @TempDir
    private Path folder;

    private ModelSession cached;
    private ModelSession whole;

    @BeforeEach
    void openBoth() {
        cached = open(Part.CACHE);
        whole = open();
    }

    @AfterEach
    void close() {
        cached.close();
        whole.close();
    }

    @ParameterizedTest
    @ValueSource(strings = {"8", "5,1,1,3", "1", "3", "7,1", "2,6"})
    void chunks_doNotChangeABit(String sizes) {
        HostTensor expected = forward(whole).logits(LEFT_PADDED, ChunkSizes.whole());

        HostTensor logits = forward(cached).logits(LEFT_PADDED, chunks(sizes));

        assertThat(logits).hasToString("float32 [2, 8, 11]");
        assertThat(logits.bytes()).isEqualTo(expected.bytes());
    }

    @Test
    void leftPadding_doesNotChangeTheLogitsOfTheTokens() {
        HostTensor alone = forward(cached).logits(TokenBlock.of(3, 5, 9, 1, 4, 7), ChunkSizes.whole());

        HostTensor batch = forward(cached).logits(LEFT_PADDED, ChunkSizes.whole());

        int padding = 2 * ToyLanguageModel.VOCABULARY * Float.BYTES;
        assertThat(batch.bytes().slice(padding, alone.bytes().capacity())).isEqualTo(alone.bytes());
    }

    @Test
    void givenPositions_areCutAlongWithTheTokens() {
        TokenBlock shifted =
                TokenBlock.of(3, 5, 9, 1).withPositions(HostTensor.ofLongs(new long[] {10, 11, 12, 13}, 1, 4));

        HostTensor expected = forward(whole).logits(shifted, ChunkSizes.whole());

        assertThat(forward(cached).logits(shifted, ChunkSizes.of(3)).bytes()).isEqualTo(expected.bytes());
        assertThat(forward(whole)
                        .logits(TokenBlock.of(3, 5, 9, 1), ChunkSizes.whole())
                        .bytes())
                .isNotEqualTo(expected.bytes());
    }

    @Test
    void givenState_isContinued() {
        Decoder decoder = Decoder.of(cached);
        HostTensor expected = new Forward(decoder).logits(TokenBlock.of(3, 5, 9), ChunkSizes.whole());
        try (CacheState state = decoder.newState(1)) {
            new Forward(decoder).logits(state, TokenBlock.of(3, 5), ChunkSizes.of(1));

            HostTensor last = new Forward(decoder).logits(state, TokenBlock.of(9), ChunkSizes.whole());

            int before = 2 * ToyLanguageModel.VOCABULARY * Float.BYTES;
            assertThat(last.bytes())
                    .isEqualTo(expected.bytes().slice(before, last.bytes().capacity()));
        }
    }

    @Test
    void chunks_withoutCache_areRefused() {
        assertThatThrownBy(() -> forward(whole).logits(TokenBlock.of(1, 2), ChunkSizes.of(1)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("chunks: " + whole.file().onnx()
                        + " has no past_key_values inputs and runs whole sequences only; export it with a cache");
    }

    private ModelSession open(Part... parts) {
        return ModelSession.open(
                ToyLanguageModel.write(folder.resolve("parts" + parts.length), parts), SessionOptions.defaults());
    }

    private static Forward forward(ModelSession session) {
        return new Forward(Decoder.of(session));
    }

    private static ChunkSizes chunks(String sizes) {
        return ChunkSizes.of(
                Arrays.stream(sizes.split(",")).mapToInt(Integer::parseInt).toArray());
    }
}
