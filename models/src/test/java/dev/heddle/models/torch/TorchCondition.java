package dev.heddle.models.torch;

import org.junit.jupiter.api.extension.ConditionEvaluationResult;
import org.junit.jupiter.api.extension.ExecutionCondition;
import org.junit.jupiter.api.extension.ExtensionContext;

/** PyTorch's libraries are on the class path on Linux on x86-64 alone, see the profiles of this module's pom. */
final class TorchCondition implements ExecutionCondition {

    @Override
    public ConditionEvaluationResult evaluateExecutionCondition(ExtensionContext context) {
        boolean present = TorchCondition.class.getResource("/pytorch/cpu/linux-x86_64/libtorch_cpu.so") != null;
        return evaluate(System.getProperty("os.name"), System.getProperty("os.arch"), present);
    }

    static ConditionEvaluationResult evaluate(String system, String architecture, boolean librariesPresent) {
        if (!system.equals("Linux") || !architecture.equals("amd64")) {
            return ConditionEvaluationResult.disabled(
                    "PyTorch: expected Linux on amd64, got " + system + " on " + architecture);
        }
        return librariesPresent
                ? ConditionEvaluationResult.enabled("PyTorch's libraries are on the class path")
                : ConditionEvaluationResult.disabled(
                        "PyTorch: expected pytorch-native-cpu for linux-x86_64 on the class path, found none;"
                                + " run with the Maven profile pytorch-native");
    }
}
