package dev.heddle.models.decoder;

import static org.assertj.core.api.Assertions.assertThat;

import dev.heddle.exporter.graph.Shape;
import dev.heddle.models.reference.DoubleTensor;
import dev.heddle.models.weight.MemoryCheckpoint;
import dev.heddle.models.weight.Weight;
import dev.heddle.models.weight.WeightReader;
import org.junit.jupiter.api.Test;

final class LinearReferenceTest {

    @Test
    void apply_multipliesByTheTransposedWeight_andAddsTheBias() {
        MemoryCheckpoint checkpoint = new MemoryCheckpoint()
                .withFloats("w", Shape.of(3, 2), 1, 2, 3, 4, 5, 6)
                .withFloats("b", Shape.of(3), 10, 20, 30);
        Linear linear = new Linear(
                "l", new Weight.Stored("w", Shape.of(3, 2)), new Bias.Added(new Weight.Stored("b", Shape.of(3))));
        DoubleTensor x = new DoubleTensor(new int[] {1, 2, 2}, new double[] {1, 0, 2, -1});

        DoubleTensor y = new LinearReference(new WeightReader(checkpoint)).apply(linear, x);

        assertThat(y.shape()).containsExactly(1, 2, 3);
        assertThat(y.data()).containsExactly(11, 23, 35, 10, 22, 34);
    }
}
