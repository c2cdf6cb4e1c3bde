package dev.heddle.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.heddle.models.preset.FuzzModel;
import dev.heddle.runtime.session.OpsMode;
import dev.heddle.runtime.session.SessionOptions;
import java.io.IOException;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** No false alarm: the shipped tolerances hold for random models. */
final class FuzzRunTest {

    @Test
    void randomModels_onNativeKernels_giveWhatTheReferenceGives() throws IOException {
        assertThat(fuzz(OpsMode.AUTO, 17).run(200, cases -> {})).isEmpty();
    }

    @Test
    void randomModels_onFunctionBodies_giveWhatTheReferenceGives() throws IOException {
        assertThat(fuzz(OpsMode.PORTABLE, 18).run(60, cases -> {})).isEmpty();
    }

    private static FuzzRun fuzz(OpsMode ops, long seed) {
        return new FuzzRun(
                FuzzRun.Check.against(SessionOptions.builder().ops(ops).build()), seed);
    }

    @Test
    void failure_isMadeAsSmallAsItCanBe() throws IOException {
        FuzzRun run = new FuzzRun(
                tried -> tried.model().kind() == FuzzModel.Kind.MULTI_TOKEN
                                && tried.model().queryKernel() > 0
                                && tried.length() >= 5
                        ? Optional.of("a planted problem")
                        : Optional.empty(),
                3);

        FuzzRun.Failure failure = run.run(500, cases -> {}).orElseThrow();

        assertThat(failure.problem()).isEqualTo("a planted problem");
        assertThat(failure.smallest().model()).hasToString("multi_token, 1 layer, 2/2 heads of 4, pre 1x1");
        assertThat(failure.smallest().length()).isEqualTo(5);
        assertThat(failure.smallest().leftPads()).isZero();
        assertThat(failure.smallest().chunks().isWhole()).isTrue();
        assertThat(failure.original().toString())
                .isNotEqualTo(failure.smallest().toString());
    }
}
