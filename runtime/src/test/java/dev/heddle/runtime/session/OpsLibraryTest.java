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
    /** Changes with the declarations in CustomOps. */
    private static final String SCHEMA = "34999d4163310b2e";

    @TempDir
    private Path folder;

    @Test
    void namedFile_isTheLibrary() throws IOException {
        Path file = Files.writeString(folder.resolve("libheddle_ops.so"), "dev.heddle schema hash=" + SCHEMA);

        assertThat(OpsLibrary.fromEnvironment(Map.of(OpsLibrary.VARIABLE, file.toString()))
                        .locate())
                .hasValue(file);
    }

    @Test
    void namedFileOfOtherSchema_isRefused() throws IOException {
        Path file = Files.writeString(folder.resolve("old.so"), "dev.heddle schema hash=0123456789abcdef");

        assertThatThrownBy(() -> OpsLibrary.fromEnvironment(Map.of(OpsLibrary.VARIABLE, file.toString()))
                        .locate())
                .isInstanceOf(RuntimeFailure.class)
                .hasMessage("HEDDLE_OPS_LIBRARY: " + file + ": custom-op library was built for schema 0123456789abcdef,"
                        + " this jar declares " + SCHEMA + "; rebuild custom-ops");
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
