package dev.heddle.ops;

import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;

/** Prints {@link CustomOps} as the C++ header that the native library is compiled with. */
final class CppHeader {

    private CppHeader() {}

    static String text() {
        StringBuilder text = new StringBuilder();
        text.append("// Rendered from CustomOps.java by CppHeaderTest; do not edit.\n");
        text.append("#ifndef HEDDLE_GENERATED_OP_SCHEMAS_G_H_\n#define HEDDLE_GENERATED_OP_SCHEMAS_G_H_\n\n");
        text.append("#include <cstddef>\n\n");
        text.append("#define HEDDLE_SCHEMA_HASH \"")
                .append(SchemaHash.current())
                .append("\"\n\n");
        text.append("namespace heddle::schema {\n\n");
        text.append("inline constexpr char kDomain[] = \"")
                .append(CustomOps.DOMAIN)
                .append("\";\n");
        CustomOps.all().forEach(schema -> append(text, schema));
        return text.append("\n}  // namespace heddle::schema\n\n#endif  // HEDDLE_GENERATED_OP_SCHEMAS_G_H_\n")
                .toString();
    }

    private static void append(StringBuilder text, OpSchema schema) {
        text.append("\nstruct ").append(schema.name()).append(" {\n");
        text.append("  static constexpr char kName[] = \"")
                .append(schema.name())
                .append("\";\n");
        appendParameters(text, "Input", schema.inputs());
        appendParameters(text, "Output", schema.outputs());
        schema.attributes().forEach(attribute -> text.append("  static constexpr char ")
                .append(constant(attribute.name()))
                .append("Attribute[] = \"")
                .append(attribute.name())
                .append("\";\n"));
        text.append("};\n");
    }

    private static void appendParameters(StringBuilder text, String kind, List<OpSchema.Parameter> parameters) {
        text.append("  enum ").append(kind).append(" : size_t {\n");
        parameters.forEach(parameter ->
                text.append("    ").append(constant(parameter.name())).append(",\n"));
        text.append("    k").append(kind).append("s\n  };\n");
        text.append("  static constexpr bool k")
                .append(kind)
                .append("Required[] = {")
                .append(parameters.stream()
                        .map(parameter -> String.valueOf(parameter.presence() != OpSchema.Presence.OPTIONAL))
                        .collect(Collectors.joining(", ")))
                .append("};\n");
    }

    /** {@code past_key} as {@code kPastKey}. */
    private static String constant(String name) {
        StringBuilder constant = new StringBuilder("k");
        for (String word : name.split("_")) {
            constant.append(word.substring(0, 1).toUpperCase(Locale.ROOT)).append(word.substring(1));
        }
        return constant.toString();
    }
}
