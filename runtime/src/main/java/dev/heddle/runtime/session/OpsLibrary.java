package dev.heddle.runtime.session;

import dev.heddle.runtime.RuntimeFailure;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
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

    /**
     * The library file; empty if there is none on this machine.
     *
     * @throws RuntimeFailure if one was named that is not there
     */
    Optional<Path> locate();

    /** The file that the variable {@value #VARIABLE} of this process names. */
    static OpsLibrary fromEnvironment() {
        return fromEnvironment(System.getenv());
    }

    /** The file that the variable {@value #VARIABLE} of these names. */
    static OpsLibrary fromEnvironment(Map<String, String> environment) {
        return () -> {
            Optional<Path> named = Optional.ofNullable(environment.get(VARIABLE))
                    .filter(name -> !name.isEmpty())
                    .map(Path::of);
            if (named.isPresent() && !Files.isRegularFile(named.get())) {
                throw new RuntimeFailure(VARIABLE + ": expected a library file, found none at " + named.get());
            }
            return named;
        };
    }
}
