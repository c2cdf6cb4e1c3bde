package dev.heddle.runtime.cache;

import static org.assertj.core.api.Assertions.assertThat;

import dev.heddle.runtime.session.HostTensor;
import org.junit.jupiter.api.Test;

class StepMemoryTest {
    private final StepMemory memory = new StepMemory();

    @Test
    void growingTensors_shareMemoryUntilItIsFull() {
        HostTensor first = memory.longs(1, 3);
        HostTensor second = memory.longs(1, 6);
        first.longs().put(0, 42);

        assertThat(second.longs().get(0)).isEqualTo(42);
        assertThat(memory.longs(1, 7).longs().get(0)).isZero();
    }

    @Test
    void tensor_hasTheShapeAskedFor() {
        memory.longs(4, 4);

        assertThat(memory.longs(2, 3)).hasToString("int64 [2, 3]");
    }
}
