package dev.heddle.models.attention;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.heddle.models.reference.DoubleTensor;
import dev.heddle.models.reference.TensorAssertions;
import java.util.Arrays;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What must hold for every variant's float64 reference. */
final class AttentionReferenceTest {

    private static final int TOKENS = 14;

    @ParameterizedTest
    @EnumSource
    void chunks_throughTheState_equalTheWholeSequence(VariantSamples sample) {
        ReferenceRun run = ReferenceRun.seeded(sample.variant(), TOKENS);

        assertClose(run.chunked(5, 1, 1, 3, 1, 1, 2), run.whole());
    }

    @ParameterizedTest
    @EnumSource
    void laterTokens_doNotChangeEarlierRows_notEvenInTheLastBit(VariantSamples sample) {
        ReferenceRun run = ReferenceRun.seeded(sample.variant(), TOKENS);

        DoubleTensor prefix = run.step(0, 9, run.reference().fresh(1)).context();

        assertThat(prefix.data()).isEqualTo(ReferenceRun.rows(run.whole(), 0, 9).data());
    }

    @ParameterizedTest
    @EnumSource
    void padding_onBothSides_changesNothing(VariantSamples sample) {
        ReferenceRun run = ReferenceRun.seeded(sample.variant(), TOKENS);

        DoubleTensor padded = run.padded(3, 2).context();

        assertClose(ReferenceRun.rows(padded, 3, 3 + TOKENS), run.whole());
        assertClose(ReferenceRun.rows(padded, 0, 3), DoubleTensor.zeros(1, 3, padded.dim(2)));
    }

    @ParameterizedTest
    @EnumSource
    void state_afterAStep_hasTheDeclaredLengths(VariantSamples sample) {
        ReferenceRun run = ReferenceRun.seeded(sample.variant(), TOKENS);

        Map<String, DoubleTensor> present =
                run.step(0, TOKENS, run.reference().fresh(1)).present();

        assertThat(present.keySet())
                .containsExactlyElementsOf(
                        sample.variant().state().stream().map(CacheSlot::role).toList());
        assertThat(present.values().stream().map(DoubleTensor::shape).map(Arrays::toString))
                .containsExactlyElementsOf(sample.variant().state().stream()
                        .map(slot -> Arrays.toString(
                                new int[] {1, slot.heads(), slot.length().kept(TOKENS), slot.size()}))
                        .toList());
    }

    @Test
    void everyPermittedVariant_hasASample() {
        Set<Class<?>> sampled = VariantSamples.all().map(Object::getClass).collect(Collectors.toSet());

        assertThat(sampled).containsExactlyInAnyOrder(AttentionVariant.class.getPermittedSubclasses());
    }

    @Test
    void reference_withoutAWeight_namesWhatItNeeds() {
        assertThatThrownBy(() -> VariantSamples.KV_SHIFT.variant().reference(Map.of()))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("the variant needs the weights [KEY_SHIFT, VALUE_SHIFT], got []");
    }

    @Test
    void reference_withAWeightOfAnotherShape_namesBothShapes() {
        Map<AttentionWeight, DoubleTensor> weights = Map.of(
                AttentionWeight.KEY_SHIFT,
                DoubleTensor.zeros(2, 2),
                AttentionWeight.VALUE_SHIFT,
                DoubleTensor.zeros(2));

        assertThatThrownBy(() -> VariantSamples.KV_SHIFT.variant().reference(weights))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("VALUE_SHIFT must have shape [2,2], got [2]");
    }

    @Test
    void attend_withAPastOfOtherRoles_namesThem() {
        ReferenceRun run = ReferenceRun.seeded(VariantSamples.PLAIN.variant(), 2);

        assertThatThrownBy(() -> run.step(0, 2, Map.of("key", DoubleTensor.zeros(1, 4, 0, 6))))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("the past of this variant holds [key, value], got [key]");
    }

    static void assertClose(DoubleTensor actual, DoubleTensor expected) {
        TensorAssertions.assertClose(actual, expected, 1e-12);
    }
}
