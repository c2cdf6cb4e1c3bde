package dev.heddle.ops;

import static org.assertj.core.api.Assertions.assertThat;

import dev.heddle.ops.OpSchema.Parameter;
import dev.heddle.ops.OpSchema.Presence;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

final class OpSchemaTest {

    static Stream<OpSchema> all() {
        return CustomOps.all().stream();
    }

    @ParameterizedTest
    @MethodSource("all")
    void declaration_isFoundByItsName(OpSchema schema) {
        assertThat(CustomOps.find(CustomOps.DOMAIN, schema.name())).contains(schema);
        assertThat(CustomOps.find("", schema.name())).isEmpty();
    }

    /** An optional parameter in front of a required one could not be left out. */
    @ParameterizedTest
    @MethodSource("all")
    void requiredParameters_comeFirst(OpSchema schema) {
        assertThat(schema.minInputs()).isEqualTo(required(schema.inputs()));
        assertThat(schema.minOutputs()).isEqualTo(required(schema.outputs()));
    }

    private static int required(List<Parameter> parameters) {
        return (int) parameters.stream()
                .filter(parameter -> parameter.presence() == Presence.REQUIRED)
                .count();
    }

    @Test
    void counts_ofAVariadicOperator_haveNoLimit() {
        Parameter many = new Parameter("inputs", Presence.VARIADIC, "");
        OpSchema concat = new OpSchema("", "Concat", 13, "", List.of(many), List.of(many), List.of());

        assertThat(concat.minInputs()).isEqualTo(1);
        assertThat(concat.maxInputs()).isEqualTo(Integer.MAX_VALUE);
        assertThat(concat.maxOutputs()).isEqualTo(Integer.MAX_VALUE);
    }

    @Test
    void attribute_thatIsNotDeclared_isEmpty() {
        assertThat(CustomOps.MULTI_TOKEN_ATTENTION.attribute("num_head")).isEmpty();
        assertThat(CustomOps.MULTI_TOKEN_ATTENTION.attribute("num_heads"))
                .map(OpSchema.Attribute::type)
                .contains(OpSchema.AttributeType.INT);
    }
}
