package dev.heddle.ops;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

final class OperatorsDocTest {

    /** Tests run in the folder of their module. */
    private static final Path PAGE = Path.of("../docs/operators.md");

    @Test
    void page_isWhatTheDeclarationsSay() throws IOException {
        String rendered = OperatorsDoc.render(CustomOps.all());

        if (Boolean.getBoolean("goldens.update")) {
            Files.createDirectories(PAGE.getParent());
            Files.writeString(PAGE, rendered);
        }

        assertThat(PAGE).hasContent(rendered);
    }
}
