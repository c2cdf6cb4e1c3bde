package dev.heddle.runtime.session;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.heddle.runtime.RuntimeFailure;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class OpsLibraryTest {
    @TempDir
    private Path folder;

    @Test
    void namedFile_isTheLibrary() throws IOException {
        Path file = Files.createFile(folder.resolve("libheddle_ops.so"));

        assertThat(OpsLibrary.fromEnvironment(Map.of(OpsLibrary.VARIABLE, file.toString()))
                        .locate())
                .hasValue(file);
    }

    @Test
    void unsetOrEmptyVariable_meansNone() {
        assertThat(OpsLibrary.fromEnvironment(Map.of()).locate()).isEmpty();
        assertThat(OpsLibrary.fromEnvironment(Map.of(OpsLibrary.VARIABLE, "")).locate())
                .isEmpty();
    }

    @Test
    void namedFileThatIsNotThere_isRefused() {
        Path missing = folder.resolve("missing.so");

        assertThatThrownBy(() -> OpsLibrary.fromEnvironment(Map.of(OpsLibrary.VARIABLE, missing.toString()))
                        .locate())
                .isInstanceOf(RuntimeFailure.class)
                .hasMessage("HEDDLE_OPS_LIBRARY: expected a library file, found none at " + missing);
    }
}
