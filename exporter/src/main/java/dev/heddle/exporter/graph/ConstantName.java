package dev.heddle.exporter.graph;

import java.util.stream.Collectors;

/** Names shared constants by their value: {@code const_i64_1}, {@code const_i64s_0_m1}, {@code const_f32_0.5}. */
final class ConstantName {

    private ConstantName() {}

    static String of(Literal literal) {
        String kind =
                switch (literal.type().dtype()) {
                    case FLOAT32 -> "f32";
                    case INT64 -> "i64";
                    case INT32 -> "i32";
                    case BOOL -> "bool";
                    case UINT8, INT8, UINT4, INT4, FLOAT16, FLOAT64, BFLOAT16 ->
                        literal.type().dtype().onnxName();
                };
        String many = literal.type().shape().rank() == 0 ? "" : "s";
        String values = literal.values().stream().map(ConstantName::number).collect(Collectors.joining("_"));
        return "const_" + kind + many + "_" + values;
    }

    private static String number(Number value) {
        if (value.equals(Long.MAX_VALUE)) {
            return "max";
        }
        if (value.equals(-Float.MAX_VALUE)) {
            return "lowest";
        }
        String text = value instanceof Float number ? ShortestDecimal.of(number) : value.toString();
        return text.replace("-", "m").replace("+", "");
    }
}
