package dev.heddle.exporter.onnx;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Who does what; the names are weight and piece. */
@Timeout(20)
final class WeightTasksTest {

    private final List<String> done = Collections.synchronizedList(new ArrayList<>());

    private Callable<Void> piece(String name) {
        return () -> {
            done.add(name);
            return null;
        };
    }

    private static Callable<Void> failing(String message) {
        return () -> {
            throw new IOException(message);
        };
    }

    private List<Callable<Void>> pieces(String weight, int count) {
        return IntStream.range(0, count).mapToObj(i -> piece(weight + i)).toList();
    }

    @Test
    void oneThread_goesThroughAllInOrder() throws Exception {
        WeightTasks tasks = new WeightTasks(List.of(pieces("a", 3), pieces("b", 1), pieces("c", 2)));

        tasks.work();

        tasks.requireDone();
        assertThat(done).containsExactly("a0", "a1", "a2", "b0", "c0", "c1");
    }

    @Test
    void secondThread_hasAWeightOfItsOwnAndHelpsThen() throws Exception {
        CountDownLatch begun = new CountDownLatch(1);
        CountDownLatch helped = new CountDownLatch(1);
        Callable<Void> waiting = () -> {
            begun.countDown();
            assertThat(helped.await(10, TimeUnit.SECONDS)).isTrue();
            return null;
        };
        Callable<Void> last = () -> {
            helped.countDown();
            return piece("a1").call();
        };
        WeightTasks tasks = new WeightTasks(List.of(List.of(waiting, last), pieces("b", 2)));
        Thread first = new Thread(tasks::work);
        first.start();
        begun.await();

        tasks.work();
        first.join();

        tasks.requireDone();
        assertThat(done).containsExactly("b0", "b1", "a1");
    }

    @RepeatedTest(20)
    void failure_isTheFirstInOrderWhoeverIsQuicker() throws Exception {
        WeightTasks tasks = new WeightTasks(
                List.of(List.of(piece("a0"), failing("the first")), List.of(failing("the second")), pieces("c", 2)));
        Thread other = new Thread(tasks::work);
        other.start();

        tasks.work();
        other.join();

        assertThatThrownBy(tasks::requireDone)
                .isInstanceOf(ExecutionException.class)
                .cause()
                .hasMessage("the first");
    }

    @Test
    void failure_endsItsWeightAndAllLaterOnes() {
        WeightTasks tasks = new WeightTasks(
                List.of(pieces("a", 2), List.of(piece("b0"), failing("broken"), piece("b2")), pieces("c", 1)));

        tasks.work();

        assertThat(done).containsExactly("a0", "a1", "b0");
        assertThatThrownBy(tasks::requireDone).cause().hasMessage("broken");
    }

    @Test
    void afterAStop_nothingIsBegun() {
        WeightTasks tasks = new WeightTasks(List.of(pieces("a", 2)));

        tasks.stop();
        tasks.work();

        assertThat(done).isEmpty();
    }
}
