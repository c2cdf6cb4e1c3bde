package dev.heddle.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.heddle.exporter.graph.DType;
import dev.heddle.exporter.profile.Target;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The lines of the table for ONNX Runtime on a CPU against ONNX Runtime: each operator in each type, loaded and run; both what works and what does not. */
@Tag("ort")
final class TargetProbeTest {

    private static final Target CPU = Target.of("ort-1.28-cpu");

    @TempDir
    Path folder;

    static List<String> operators() {
        return OpProbe.operators();
    }

    @Test
    void everyOperatorOfTheTable_isProbed() {
        assertThat(OpProbe.operators())
                .containsExactlyInAnyOrderElementsOf(
                        CPU.operators().keySet().stream().sorted().toList());
    }

    @ParameterizedTest
    @MethodSource("operators")
    void operator_worksInTheTypesOfTheTableAndNoOthers(String operator) throws IOException {
        List<String> wrong = new ArrayList<>();
        for (int opset : new int[] {21, 23}) {
            for (DType dtype : List.of(DType.FLOAT32, DType.FLOAT16, DType.BFLOAT16)) {
                OpProbe probe = new OpProbe(operator, opset, dtype);
                if (probe.exists()) {
                    String problem = probe.problem(folder.resolve(opset + dtype.onnxName()));
                    boolean stated = works(operator, dtype, opset);
                    if (stated != problem.isEmpty()) {
                        wrong.add(probe + ": the table says " + stated + ", ONNX Runtime: " + problem);
                    }
                }
            }
        }
        assertThat(wrong).isEmpty();
    }

    private static boolean works(String operator, DType dtype, int opset) {
        int dot = operator.lastIndexOf('.');
        return CPU.works(dot < 0 ? "" : operator.substring(0, dot), operator.substring(dot + 1), dtype, opset);
    }

    /** The newest opset and format are those that load, and the next ones do not. */
    @Test
    void newestOpsetAndFormat_areThoseOfTheTable() throws IOException {
        OpProbe probe = new OpProbe("Add", 23, DType.FLOAT32);

        assertThat(Stream.of(
                                probe.problem(folder.resolve("opset"), CPU.maxOpset(), 10),
                                probe.problem(folder.resolve("format"), 23, CPU.maxIrVersion()))
                        .collect(Collectors.joining()))
                .isEmpty();
        assertThat(probe.problem(folder.resolve("newer"), CPU.maxOpset() + 1, 10))
                .contains("opset");
        assertThat(probe.problem(folder.resolve("newest"), 23, CPU.maxIrVersion() + 1))
                .contains("IR version");
    }
}
