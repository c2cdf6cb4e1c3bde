package dev.heddle.ops;

import dev.heddle.ops.OpSchema.Parameter;
import dev.heddle.ops.OpSchema.Presence;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;

/** Renders {@code docs/operators.md} from the declarations. */
final class OperatorsDoc {

    private OperatorsDoc() {}

    static String render(List<OpSchema> schemas) {
        String head = """
                # Operators of domain `%s`, version %d

                Written by `OperatorsDocTest` from `CustomOps`; edit that class and run the test with `-Dgoldens.update=true`.
                Every model that uses one of these also holds its body in standard ONNX, so it runs without our library.
                """.formatted(CustomOps.DOMAIN, CustomOps.VERSION);
        return head + schemas.stream().map(OperatorsDoc::section).collect(Collectors.joining());
    }

    private static String section(OpSchema schema) {
        return "\n## " + schema.name() + "\n\n" + schema.doc() + "\n" + parameters("Input", schema.inputs())
                + parameters("Output", schema.outputs()) + attributes(schema.attributes());
    }

    private static String parameters(String kind, List<Parameter> parameters) {
        return parameters.stream()
                .map(parameter -> row("`" + parameter.name() + "`", presence(parameter.presence()), parameter.doc()))
                .collect(Collectors.joining("", header(kind, "", "Shape and meaning"), ""));
    }

    private static String attributes(List<OpSchema.Attribute> attributes) {
        return attributes.isEmpty()
                ? ""
                : attributes.stream()
                        .map(attribute -> row(
                                "`" + attribute.name() + "`",
                                attribute.type().name().toLowerCase(Locale.ROOT) + ", "
                                        + presence(attribute.presence()),
                                attribute.doc()))
                        .collect(Collectors.joining("", header("Attribute", "", "Meaning"), ""));
    }

    private static String header(String... cells) {
        return "\n" + row(cells) + "|" + "---|".repeat(cells.length) + "\n";
    }

    private static String row(String... cells) {
        return List.of(cells).stream()
                .map(cell -> cell.replace("|", "\\|"))
                .collect(Collectors.joining(" | ", "| ", " |\n"));
    }

    private static String presence(Presence presence) {
        return presence.name().toLowerCase(Locale.ROOT);
    }
}
