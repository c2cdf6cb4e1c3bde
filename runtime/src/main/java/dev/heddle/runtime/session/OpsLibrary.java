package dev.heddle.runtime.session;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/**
 * Finds the native library with the kernels of domain {@code dev.heddle}.
 *
 * <p>This is the only place that decides which library a session registers; see {@link OpsMode} for when it is asked.
 */
@FunctionalInterface
public interface OpsLibrary {
    /** Environment variable that names the library file. */
    String VARIABLE = "HEDDLE_OPS_LIBRARY";

    /** The library file; empty if there is none on this machine. */
    Optional<Path> locate();

    /** The file that the environment variable {@value #VARIABLE} names, if it exists. */
    static OpsLibrary fromEnvironment() {
        return () -> Optional.ofNullable(System.getenv(VARIABLE)).map(Path::of).filter(Files::isRegularFile);
    }
}
