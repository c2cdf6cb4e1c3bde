package dev.heddle.ops;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class OpsLibraryFileTest {

    @TempDir
    Path cache;

    private static byte[] library(String hash) {
        return ("ELF dev.heddle schema hash=" + hash + " and more").getBytes(StandardCharsets.US_ASCII);
    }

    @Test
    void unpack_twice_givesOneCompleteFile() throws IOException {
        byte[] library = library(SchemaHash.current());

        Path first = OpsLibraryFile.unpack(library, cache);
        Path second = OpsLibraryFile.unpack(library, cache);

        assertThat(second).isEqualTo(first);
        assertThat(first).hasBinaryContent(library);
        assertThat(first.getParent().getFileName()).hasToString(SchemaHash.sha256(library));
        try (Stream<Path> files = Files.list(first.getParent())) {
            assertThat(files).containsExactly(first);
        }
    }

    @Test
    void unpack_ontoDamagedFile_replacesIt() throws IOException {
        byte[] library = library(SchemaHash.current());
        Path file = OpsLibraryFile.unpack(library, cache);
        Files.writeString(file, "half");

        assertThat(OpsLibraryFile.unpack(library, cache)).hasBinaryContent(library);
    }

    @Test
    void unpack_ofOtherSchema_saysBothHashes() {
        assertThatThrownBy(() -> OpsLibraryFile.unpack(library("0123456789abcdef"), cache))
                .isInstanceOf(OpsLibraryException.class)
                .hasMessage(
                        "libheddle_ops.so: custom-op library was built for schema 0123456789abcdef, this jar declares "
                                + SchemaHash.current() + "; rebuild custom-ops");
    }

    @Test
    void requireSchema_ofSomeOtherFile_saysThatTheMarkIsMissing() throws IOException {
        Path other = Files.writeString(cache.resolve("other.so"), "ELF");

        assertThatThrownBy(() -> OpsLibraryFile.requireSchema(other))
                .isInstanceOf(OpsLibraryException.class)
                .hasMessage(other + ": expected a custom-op library of dev.heddle, found no schema mark in it");
    }

    @Test
    void cacheFolder_prefersPropertyThenVariableThenXdgThenHome() {
        Map<String, String> both = Map.of("HEDDLE_CACHE", "/b", "XDG_CACHE_HOME", "/c");

        assertThat(OpsLibraryFile.cacheFolder(both, "/a")).isEqualTo(Path.of("/a"));
        assertThat(OpsLibraryFile.cacheFolder(both, null)).isEqualTo(Path.of("/b"));
        assertThat(OpsLibraryFile.cacheFolder(Map.of("XDG_CACHE_HOME", "/c"), null))
                .isEqualTo(Path.of("/c/heddle"));
        assertThat(OpsLibraryFile.cacheFolder(Map.of(), null))
                .isEqualTo(Path.of(System.getProperty("user.home"), ".cache", "heddle"));
    }
}
