package dev.heddle.ops;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

final class CppHeaderTest {

    private static final Path HEADER = Path.of("src/main/cpp/generated/op_schemas.g.h");

    @Test
    void committedHeader_equalsTheDeclarations() throws IOException {
        String text = CppHeader.text();
        if (Boolean.getBoolean("goldens.update")) {
            Files.createDirectories(HEADER.getParent());
            Files.writeString(HEADER, text);
        }

        assertThat(HEADER).hasContent(text);
    }

    @Test
    void hash_changesWithTheOrderOfInputs() {
        OpSchema shift = CustomOps.KV_SHIFT;
        OpSchema turned = new OpSchema(
                shift.domain(),
                shift.name(),
                shift.sinceVersion(),
                shift.doc(),
                java.util.List.of(
                        shift.inputs().get(1),
                        shift.inputs().get(0),
                        shift.inputs().get(2),
                        shift.inputs().get(3)),
                shift.outputs(),
                shift.attributes());

        assertThat(SchemaHash.of(java.util.List.of(turned))).isNotEqualTo(SchemaHash.of(java.util.List.of(shift)));
    }
}
