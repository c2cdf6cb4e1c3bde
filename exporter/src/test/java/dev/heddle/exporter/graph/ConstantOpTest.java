package dev.heddle.exporter.graph;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

final class ConstantOpTest {

    private static Typed infer(Map<String, Attribute> attributes) {
        Call call = new Call(ConstantOp.DEFINITION.schema(), "c", List.of(), 1, new TreeMap<>(attributes));
        return ConstantOp.DEFINITION.rule().infer(call).get(0);
    }

    @Test
    void tensor_keepsItsTypeAndElements() {
        Typed typed = infer(Map.of("value", new Attribute.Tensor(Literal.int64s(3, 4))));

        assertThat(typed.type()).hasToString("int64[2]");
        assertThat(typed.contents()).isEqualTo(new Contents.Known(List.of(Dim.of(3), Dim.of(4))));
    }

    @Test
    void integer_isAKnownScalar() {
        Typed typed = infer(Map.of("value_int", new Attribute.Int(3)));

        assertThat(typed.type()).hasToString("int64[]");
        assertThat(typed.contents()).isEqualTo(new Contents.Known(List.of(Dim.of(3))));
    }

    @Test
    void real_isAFloatScalar() {
        assertThat(infer(Map.of("value_float", new Attribute.Real(0.5f))).type())
                .hasToString("float[]");
    }

    @Test
    void nothing_isRefused() {
        assertThatThrownBy(() -> infer(Map.of()))
                .isInstanceOf(GraphException.class)
                .hasMessage("Constant at c: one of value, value_float and value_int is needed, got none");
    }
}
