package dev.heddle.models.torch;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ConditionEvaluationResult;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

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

    @ParameterizedTest
    @CsvSource({"Linux, aarch64", "Windows 11, amd64", "Mac OS X, aarch64"})
    void anotherPlatform_isSkippedWithAReason(String system, String architecture) {
        ConditionEvaluationResult result = TorchCondition.evaluate(system, architecture, true);

        assertThat(result.isDisabled()).isTrue();
        assertThat(result.getReason())
                .hasValue("PyTorch: expected Linux on amd64, got " + system + " on " + architecture);
    }
}
