package dev.heddle.runtime.session;

import dev.heddle.ops.OpsLibraryException;
import dev.heddle.ops.OpsLibraryFile;
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
     * @throws RuntimeFailure if one was named that is not there, or the one there is cannot be used
     */
    Optional<Path> locate();

    /** The file that the variable {@value #VARIABLE} of this process names, else the one inside our jars. */
    static OpsLibrary installed() {
        OpsLibrary named = fromEnvironment(System.getenv());
        return () -> named.locate().or(OpsLibrary::packed);
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
            try {
                named.ifPresent(OpsLibraryFile::requireSchema);
            } catch (OpsLibraryException e) {
                throw new RuntimeFailure(VARIABLE + ": " + e.getMessage());
            }
            return named;
        };
    }

    private static Optional<Path> packed() {
        try {
            return OpsLibraryFile.unpacked();
        } catch (OpsLibraryException e) {
            throw new RuntimeFailure(String.valueOf(e.getMessage()));
        }
    }
}
