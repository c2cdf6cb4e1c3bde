package dev.heddle.exporter.op;

import static org.assertj.core.api.Assertions.assertThat;

import dev.heddle.ops.OpSchema;
import dev.heddle.ops.OpSchema.AttributeType;
import dev.heddle.ops.OpSchema.Parameter;
import dev.heddle.ops.OpSchema.Presence;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Our declarations against a dump of ONNX's own; {@code src/test/scripts/dump_standard_ops.py} makes it. */
final class StandardOpsTest {

    /** One operator at one opset, as ONNX declares it. */
    private record Official(
            String name,
            int opset,
            int sinceVersion,
            List<Parameter> inputs,
            List<Parameter> outputs,
            List<String> attributes) {

        static Official parse(String line) {
            String[] cells = line.split("\t");
            return new Official(
                    cells[0],
                    Integer.parseInt(cells[1]),
                    Integer.parseInt(cells[2]),
                    words(cells[3]).stream().map(Official::parameter).toList(),
                    words(cells[4]).stream().map(Official::parameter).toList(),
                    words(cells[5]));
        }

        private static List<String> words(String cell) {
            return cell.equals("-") ? List.of() : List.of(cell.split(" "));
        }

        private static Parameter parameter(String text) {
            Presence presence =
                    text.endsWith("?") ? Presence.OPTIONAL : text.endsWith("*") ? Presence.VARIADIC : Presence.REQUIRED;
            return new Parameter(text.replaceAll("[?*]", ""), presence, "");
        }

        OpSchema ours() {
            return StandardOps.get(name).schema();
        }

        @Override
        public String toString() {
            return name + " " + opset;
        }
    }

    static Stream<Official> official() {
        try (InputStream in = StandardOpsTest.class.getResourceAsStream("standard-ops.tsv")) {
            assertThat(in).isNotNull();
            List<String> lines = new String(in.readAllBytes(), StandardCharsets.UTF_8)
                    .lines()
                    .toList();
            return lines.stream().filter(line -> !line.startsWith("#")).map(Official::parse);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** A newer version of a signature may only allow more element types, which shows in the other tests. */
    static Stream<Official> oldestOfficial() {
        List<Official> all = official().toList();
        return all.stream().filter(row -> all.stream()
                .noneMatch(other -> other.name().equals(row.name()) && other.opset() < row.opset()));
    }

    @Test
    void everyDeclaration_isInTheDump() {
        List<String> declared = StandardOps.all().stream()
                .map(op -> op.schema().name())
                .sorted()
                .toList();

        assertThat(official().map(Official::name).distinct()).containsExactlyElementsOf(declared);
    }

    @ParameterizedTest
    @MethodSource("oldestOfficial")
    void sinceVersion_isTheOneInForceAtTheFirstOpset(Official official) {
        assertThat(official.ours().sinceVersion()).isEqualTo(official.sinceVersion());
    }

    @ParameterizedTest
    @MethodSource("official")
    void inputs_areTheOfficialOnes(Official official) {
        assertThat(official.ours().inputs()).isEqualTo(official.inputs());
    }

    /** Outputs at the end may be left undeclared if they are optional. */
    @ParameterizedTest
    @MethodSource("official")
    void outputs_areTheFirstOfTheOfficialOnes(Official official) {
        List<Parameter> ours = official.ours().outputs();

        assertThat(official.outputs()).startsWith(ours.toArray(Parameter[]::new));
        assertThat(official.outputs().subList(ours.size(), official.outputs().size()))
                .allMatch(output -> output.presence() == Presence.OPTIONAL);
    }

    /** Optional attributes may be left undeclared: a graph that uses them is refused. */
    @ParameterizedTest
    @MethodSource("official")
    void attributes_areOfficialOnes(Official official) {
        List<OpSchema.Attribute> ours = official.ours().attributes();

        assertThat(official.attributes())
                .containsAll(ours.stream().map(StandardOpsTest::text).toList());
        assertThat(ours.stream().map(StandardOpsTest::text))
                .containsAll(official.attributes().stream()
                        .filter(attribute -> attribute.endsWith("!"))
                        .toList());
    }

    private static String text(OpSchema.Attribute attribute) {
        return attribute.name() + ":" + attribute.type() + (attribute.presence() == Presence.REQUIRED ? "!" : "");
    }

    @Test
    void attributeTypes_areNamedAsOnnxNamesThem() {
        Stream<String> types = official()
                .flatMap(row -> row.attributes().stream())
                .map(attribute -> attribute.replaceAll(".*:|!", ""));

        assertThat(types)
                .contains(Arrays.stream(AttributeType.values()).map(Enum::name).toArray(String[]::new));
    }
}
