package dev.heddle.runtime.cache;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.heddle.runtime.session.Cancellation;
import dev.heddle.runtime.session.DType;
import dev.heddle.runtime.session.HostTensor;
import dev.heddle.runtime.session.ModelSession;
import dev.heddle.runtime.session.SessionOptions;
import dev.heddle.runtime.toy.ToyLanguageModel;
import dev.heddle.runtime.toy.ToyLanguageModel.Part;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.CancellationException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@Tag("ort")
@Timeout(60)
class DecoderTest {
    @TempDir
    private Path folder;

    private ModelSession session;
    private Decoder decoder;

    @BeforeEach
    void openCached() {
        open(Part.CACHE);
    }

    @AfterEach
    void close() {
        session.close();
    }

    @Test
    void freshState_hasEmptyRowsWhereSymbolicAndZerosWhereFixed() {
        try (CacheState state = decoder.newState(2)) {
            Map<String, HostTensor> tensors = state.toHost();

            assertThat(tensors.get("past_key_values.0.key")).hasToString("float32 [2, 1, 0, 4]");
            assertThat(tensors.get("past_key_values.0.last_key")).hasToString("float32 [2, 1, 1, 4]");
            assertThat(tensors.get("past_key_values.0.last_key").values().applyAsDouble(3))
                    .isZero();
            assertThat(state.length()).isZero();
        }
    }

    @Test
    void steps_growTheState() {
        try (CacheState state = decoder.newState(1)) {
            step(state, 1, 2, 3);
            step(state, 4);

            assertThat(state.length()).isEqualTo(4);
            assertThat(state.toHost().get("past_key_values.0.key")).hasToString("float32 [1, 1, 4, 4]");
        }
    }

    @Test
    void openVocabulary_givesTheSameLogits() {
        HostTensor expected = step(decoder.newState(1), 1, 2, 3);
        open(Part.CACHE, Part.OPEN_VOCABULARY);

        assertThat(decoder.vocabulary()).isEmpty();
        assertThat(step(decoder.newState(1), 1, 2, 3).bytes()).isEqualTo(expected.bytes());
    }

    @Test
    void restoredState_goesOnAsTheOriginal() {
        try (CacheState state = decoder.newState(1)) {
            step(state, 1, 2, 3);
            try (CacheState restored = decoder.restore(state.toHost(), state.mask())) {
                assertThat(step(restored, 4).bytes()).isEqualTo(step(state, 4).bytes());
            }
        }
    }

    @Test
    void step_afterClose_isRefused() {
        CacheState state = decoder.newState(1);
        state.close();
        state.close();

        assertThatThrownBy(() -> step(state, 1))
                .isInstanceOf(IllegalStateException.class)
                .hasMessage("cache state is closed");
    }

    @Test
    void step_withClosedSession_isRefused() {
        try (CacheState state = decoder.newState(1)) {
            session.close();

            assertThatThrownBy(() -> step(state, 1))
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessage("model session " + folder.resolve("model.onnx") + " is closed");
        }
    }

    @ParameterizedTest
    @ValueSource(longs = {-1, ToyLanguageModel.VOCABULARY})
    void tokenOutsideTheVocabulary_isRefused(long token) {
        try (CacheState state = decoder.newState(1)) {
            assertThatThrownBy(() -> step(state, 0, token))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessage("input_ids: token " + token + " at [0, 1] is not in the vocabulary of 11");
        }
    }

    @Test
    void otherBatchThanTheState_isRefused() {
        try (CacheState state = decoder.newState(2)) {
            assertThatThrownBy(() -> step(state, 1))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessage("input_ids: expected 2 sequences as in the cache state, got 1");
        }
    }

    @Test
    void tokensBehindRightPadding_areRefusedAndLeaveTheStateAlone() {
        try (CacheState state = decoder.newState(1)) {
            TokenBlock padded =
                    TokenBlock.of(1, 0).withMask(AttentionMask.of(HostTensor.ofLongs(new long[] {1, 0}, 1, 2)));
            decoder.step(state, padded, new Cancellation());

            assertThatThrownBy(() -> step(state, 2))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessage(
                            "attention_mask: expected one run of 1s per row, row 0 has a 0 between 1s at 1; pad on the"
                                    + " left");
            assertThat(state.length()).isEqualTo(2);
        }
    }

    @Test
    void cancelledStep_leavesTheStateAsItWas() {
        try (CacheState state = decoder.newState(1)) {
            HostTensor expected = step(decoder.newState(1), 1, 2);
            var cancelled = new Cancellation();
            cancelled.cancel();

            assertThatThrownBy(() -> decoder.step(state, TokenBlock.of(1, 2), cancelled))
                    .isInstanceOf(CancellationException.class);

            assertThat(step(state, 1, 2).bytes()).isEqualTo(expected.bytes());
        }
    }

    @Test
    void stateWithFewerTensors_isOfAnotherModel() {
        CacheState cached = decoder.newState(1);
        open();

        assertThatThrownBy(() -> step(cached, 1))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("cache state of another model: it has 2 tensors, this model needs 0");
    }

    @Test
    void stateOfOtherShape_isOfAnotherModel() {
        CacheState small = decoder.newState(1);
        openEcho(DType.FLOAT32, 8);

        assertThatThrownBy(() -> step(small, 1))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage(
                        "cache state of another model: it has past_key_values.0.key: float32 [batch, 1, past_len, 4],"
                                + " this model needs past_key_values.0.key: float32 [batch, 1, past_len, 8]");
    }

    @Test
    void stateOfOtherType_isOfAnotherModel() {
        CacheState single = decoder.newState(1);
        openEcho(DType.FLOAT16, 4);

        assertThatThrownBy(() -> step(single, 1))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage(
                        "cache state of another model: it has past_key_values.0.key: float32 [batch, 1, past_len, 4],"
                                + " this model needs past_key_values.0.key: float16 [batch, 1, past_len, 4]");
    }

    @Test
    void restoringOtherNames_isRefused() {
        Map<String, HostTensor> tensors = Map.of("past_key_values.0.key", HostTensor.zeros(DType.FLOAT32, 1, 1, 0, 4));

        assertThatThrownBy(() -> decoder.restore(tensors, AttentionMask.ones(1, 0)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("cache state of another model: it has [past_key_values.0.key], this model needs"
                        + " [past_key_values.0.key, past_key_values.0.last_key]");
    }

    @Test
    void restoringOtherShape_isRefused() {
        try (CacheState state = decoder.newState(1)) {
            Map<String, HostTensor> tensors = new HashMap<>(state.toHost());
            tensors.put("past_key_values.0.last_key", HostTensor.zeros(DType.FLOAT32, 1, 1, 2, 4));

            assertThatThrownBy(() -> decoder.restore(tensors, state.mask()))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessage("cache state of another model: for 1 sequences, this model needs"
                            + " past_key_values.0.last_key: float32 [batch, 1, 1, 4], got float32 [1, 1, 2, 4]");
        }
    }

    @Test
    void modelWithoutCache_refusesASecondStep() {
        open();
        try (CacheState state = decoder.newState(1)) {
            step(state, 1, 2);

            assertThat(decoder.hasCache()).isFalse();
            assertThatThrownBy(() -> step(state, 3))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessage(folder.resolve("model.onnx")
                            + " has no past_key_values inputs and runs whole sequences only;"
                            + " export it with a cache");
        }
    }

    private HostTensor step(CacheState state, long... tokens) {
        return decoder.step(state, TokenBlock.of(tokens), new Cancellation());
    }

    private void open(Part... parts) {
        open(ToyLanguageModel.write(folder, parts));
    }

    private void openEcho(DType dtype, int size) {
        open(EchoModel.write(folder, dtype, size));
    }

    private void open(Path model) {
        if (session != null) {
            session.close();
        }
        session = ModelSession.open(model, SessionOptions.defaults());
        decoder = Decoder.of(session);
    }
}
