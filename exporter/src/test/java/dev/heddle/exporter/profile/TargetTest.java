package dev.heddle.exporter.profile;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.heddle.exporter.graph.DType;
import dev.heddle.exporter.graph.GraphException;
import dev.heddle.exporter.graph.Kernels;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

final class TargetTest {

    static List<Target> targets() {
        return Target.all();
    }

    @Test
    void table_hasTheTargetsOfTheCommandLine() {
        assertThat(Target.names()).isEqualTo("standard, ort-1.28-cpu, ort-1.28-cuda");
        assertThat(Target.usual()).isSameAs(Target.of("ort-1.28-cpu"));
    }

    @ParameterizedTest
    @MethodSource("targets")
    void everyTarget_hasAllOperatorsOfTheStandardOne(Target target) {
        assertThat(target.operators().keySet())
                .containsAll(Target.of("standard").operators().keySet());
    }

    @ParameterizedTest
    @MethodSource("targets")
    void everyOperator_worksInFloat32(Target target) {
        assertThat(target.operators().values())
                .allSatisfy(types -> assertThat(types).containsKey(DType.FLOAT32));
    }

    @Test
    void computed_whereTheKernelIsMissing_isFloat32() {
        Kernels kernels = Target.of("ort-1.28-cpu").kernels(23, 10);

        assertThat(kernels.computed("", "Mul", DType.BFLOAT16)).isEqualTo(DType.FLOAT32);
        assertThat(kernels.computed("", "Mul", DType.FLOAT16)).isEqualTo(DType.FLOAT16);
        assertThat(kernels.computed("", "Concat", DType.BFLOAT16)).isEqualTo(DType.BFLOAT16);
        assertThat(kernels.computed("dev.heddle", "KVShift", DType.BFLOAT16)).isEqualTo(DType.BFLOAT16);
    }

    @Test
    void works_fromTheOpsetOnThatTheTableSays() {
        Target cuda = Target.of("ort-1.28-cuda");

        assertThat(cuda.works("", "Conv", DType.BFLOAT16, 21)).isFalse();
        assertThat(cuda.works("", "Conv", DType.BFLOAT16, 22)).isTrue();
    }

    @Test
    void computed_ofAnOperatorThatIsNotKnown_isRefused() {
        Kernels kernels = Target.of("standard").kernels(21, 10);

        assertThatThrownBy(() -> kernels.computed("com.microsoft", "MatMulNBits", DType.FLOAT32))
                .isInstanceOf(GraphException.class)
                .hasMessage("target standard, opset 21: operator com.microsoft.MatMulNBits is not known there;"
                        + " choose another --target");
        assertThatThrownBy(() -> kernels.computed("", "Attention", DType.FLOAT16))
                .hasMessage("target standard, opset 21: operator Attention works in [FLOAT32, FLOAT16, BFLOAT16],"
                        + " got FLOAT16; choose another --target");
    }

    @Test
    void kernels_ofAModelThatIsTooNew_areRefused() {
        assertThatThrownBy(() -> Target.of("ort-1.28-cpu").kernels(27, 10))
                .isInstanceOf(GraphException.class)
                .hasMessage("target ort-1.28-cpu loads models up to opset 26 and IR 13, got opset 27 and IR 10");
    }

    @Test
    void of_anUnknownName_listsTheKnownOnes() {
        assertThatThrownBy(() -> Target.of("tpu"))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("targets are standard, ort-1.28-cpu, ort-1.28-cuda, got tpu");
    }

    @Test
    void parse_readsTypesAndOpsets() {
        List<Target> parsed =
                TargetTable.parse(List.of("# a comment", "", "target\tx\t5\t6", "A B\tfloat bfloat16@22"));

        assertThat(parsed)
                .containsExactly(new Target(
                        "x",
                        5,
                        6,
                        Map.of(
                                "A", Map.of(DType.FLOAT32, 1, DType.BFLOAT16, 22),
                                "B", Map.of(DType.FLOAT32, 1, DType.BFLOAT16, 22))));
    }

    @Test
    void parse_ofAnOperatorGivenTwice_isRefused() {
        assertThatThrownBy(() -> TargetTable.parse(List.of("target\tx\t5\t6", "A\tfloat", "A\tfloat16")))
                .isInstanceOf(IllegalStateException.class)
                .hasMessage("x has two lines for A");
    }

    @Test
    void parse_ofAnUnknownType_isRefused() {
        assertThatThrownBy(() -> TargetTable.parse(List.of("target\tx\t5\t6", "A\tfloat12")))
                .isInstanceOf(IllegalStateException.class)
                .hasMessage("no element type is called float12");
    }
}
