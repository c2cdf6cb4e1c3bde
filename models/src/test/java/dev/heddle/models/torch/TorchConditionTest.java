package dev.heddle.models.torch;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ConditionEvaluationResult;

final class TorchConditionTest {

    @Test
    void linuxWithTheLibraries_runs() {
        assertThat(TorchCondition.evaluate("Linux", "amd64", true).isDisabled()).isFalse();
    }

    @Test
    void linuxWithoutTheLibraries_isSkippedWithAReason() {
        ConditionEvaluationResult result = TorchCondition.evaluate("Linux", "amd64", false);

        assertThat(result.isDisabled()).isTrue();
        assertThat(result.getReason())
                .hasValue("PyTorch: expected pytorch-native-cpu for linux-x86_64 on the class path, found none;"
                        + " run with the Maven profile pytorch-native");
    }

    @Test
    void anotherPlatform_isSkippedWithAReason() {
        ConditionEvaluationResult result = TorchCondition.evaluate("Mac OS X", "aarch64", true);

        assertThat(result.isDisabled()).isTrue();
        assertThat(result.getReason()).hasValue("PyTorch: expected Linux on amd64, got Mac OS X on aarch64");
    }
}
