package dev.heddle.ops;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.AtomicMoveNotSupportedException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Arrays;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/**
 * The native library inside this jar, as a file.
 *
 * <p>It is unpacked once to a folder named by its SHA-256, so that two versions never meet and a file found there is complete. Thread-safe, also between
 * processes.
 */
public final class OpsLibraryFile {

    /** Environment variable and, in lower case with dots, system property that name the folder for unpacked libraries. */
    public static final String CACHE_VARIABLE = "HEDDLE_CACHE";

    private static final String NAME = "libheddle_ops.so";
    private static final byte[] MARKER = "dev.heddle schema hash=".getBytes(StandardCharsets.US_ASCII);

    private OpsLibraryFile() {}

    /** What unpacking gave, found out once in a process: the jar does not change under it. */
    private record Outcome(Optional<Path> file, Optional<OpsLibraryException> failure) {
        static final Outcome OF_THIS_PROCESS = find();

        private static Outcome find() {
            try {
                return new Outcome(findAndUnpack(), Optional.empty());
            } catch (OpsLibraryException e) {
                return new Outcome(Optional.empty(), Optional.of(e));
            }
        }
    }

    /**
     * The library for this platform; empty if this jar was built without one.
     *
     * @throws OpsLibraryException if it cannot be unpacked
     */
    public static Optional<Path> unpacked() {
        Outcome.OF_THIS_PROCESS.failure().ifPresent(failure -> {
            throw new OpsLibraryException(String.valueOf(failure.getMessage()), failure);
        });
        return Outcome.OF_THIS_PROCESS.file();
    }

    private static Optional<Path> findAndUnpack() {
        String resource = "native/" + platform() + '/' + NAME;
        try (InputStream in = OpsLibraryFile.class.getResourceAsStream(resource)) {
            return in == null
                    ? Optional.empty()
                    : Optional.of(unpack(
                            in.readAllBytes(), cacheFolder(System.getenv(), System.getProperty("heddle.cache"))));
        } catch (IOException e) {
            throw new OpsLibraryException("reading " + resource + " from the jar: " + e.getMessage(), e);
        }
    }

    /**
     * Refuses a library that was built for other signatures.
     *
     * @throws OpsLibraryException if it was, or is no library of ours
     */
    public static void requireSchema(Path library) {
        try {
            requireSchema(library.toString(), Files.readAllBytes(library));
        } catch (IOException e) {
            throw new OpsLibraryException("reading " + library + ": " + e.getMessage(), e);
        }
    }

    static void requireSchema(String name, byte[] library) {
        String found = schemaHash(library)
                .orElseThrow(() -> new OpsLibraryException(name + ": expected a custom-op library of "
                        + CustomOps.DOMAIN + ", found no schema mark in it"));
        String declared = SchemaHash.current();
        if (!found.equals(declared)) {
            throw new OpsLibraryException(name + ": custom-op library was built for schema " + found
                    + ", this jar declares " + declared + "; rebuild custom-ops");
        }
    }

    /** The hash that stands in the file after a fixed mark; read, not run, because the library may be for other hardware. */
    private static Optional<String> schemaHash(byte[] library) {
        int length = SchemaHash.current().length();
        for (int i = 0; i + MARKER.length + length <= library.length; i++) {
            if (library[i] == MARKER[0] && Arrays.equals(library, i, i + MARKER.length, MARKER, 0, MARKER.length)) {
                return Optional.of(new String(library, i + MARKER.length, length, StandardCharsets.US_ASCII));
            }
        }
        return Optional.empty();
    }

    static Path unpack(byte[] library, Path cache) {
        requireSchema(NAME, library);
        String digest = SchemaHash.sha256(library);
        Path file = cache.resolve(digest).resolve(NAME);
        try {
            if (isComplete(file, digest)) {
                return file;
            }
            Files.createDirectories(file.getParent());
            Path part = Files.createTempFile(file.getParent(), NAME, ".part");
            try {
                Files.write(part, library);
                move(part, file);
            } finally {
                Files.deleteIfExists(part);
            }
            return file;
        } catch (IOException e) {
            throw new OpsLibraryException(
                    file + ": expected to unpack the native library there, but that fails at " + e.getMessage()
                            + "; set " + CACHE_VARIABLE + " to a folder that can be written",
                    e);
        }
    }

    private static void move(Path part, Path file) throws IOException {
        try {
            Files.move(part, file, StandardCopyOption.ATOMIC_MOVE);
        } catch (AtomicMoveNotSupportedException e) {
            Files.move(part, file, StandardCopyOption.REPLACE_EXISTING);
        }
    }

    private static boolean isComplete(Path file, String digest) throws IOException {
        return Files.isRegularFile(file)
                && SchemaHash.sha256(Files.readAllBytes(file)).equals(digest);
    }

    static Path cacheFolder(Map<String, String> environment, @org.jspecify.annotations.Nullable String property) {
        String named = property != null ? property : environment.getOrDefault(CACHE_VARIABLE, "");
        if (!named.isEmpty()) {
            return Path.of(named);
        }
        String home = environment.getOrDefault("XDG_CACHE_HOME", "");
        Path base = home.isEmpty() ? Path.of(System.getProperty("user.home"), ".cache") : Path.of(home);
        return base.resolve("heddle");
    }

    /** For example linux-x86_64. */
    static String platform() {
        String system = System.getProperty("os.name").toLowerCase(Locale.ROOT);
        String architecture = System.getProperty("os.arch").toLowerCase(Locale.ROOT);
        return (system.startsWith("mac") ? "macos" : system.split(" ")[0])
                + '-'
                + (architecture.equals("amd64") ? "x86_64" : architecture);
    }
}
