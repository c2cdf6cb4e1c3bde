package dev.heddle.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.HexFormat;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.Stream;

/** What lies in a folder, hidden files too. */
final class FolderContents {

    private FolderContents() {}

    /** Relative path of each file to its bytes. */
    static SortedMap<String, String> of(Path folder) throws IOException {
        SortedMap<String, String> contents = new TreeMap<>();
        for (Path file : walk(folder)) {
            if (Files.isRegularFile(file)) {
                contents.put(folder.relativize(file).toString(), HexFormat.of().formatHex(Files.readAllBytes(file)));
            }
        }
        return contents;
    }

    /** Names of the entries, sorted. */
    static List<String> names(Path folder) throws IOException {
        try (Stream<Path> entries = Files.list(folder)) {
            return entries.map(entry -> entry.getFileName().toString()).sorted().toList();
        }
    }

    static void copy(Path from, Path to) throws IOException {
        for (Path entry : walk(from)) {
            Files.copy(entry, to.resolve(from.relativize(entry)));
        }
    }

    static void remove(Path folder) throws IOException {
        List<Path> entries = new ArrayList<>(walk(folder));
        Collections.reverse(entries);
        for (Path entry : entries) {
            Files.delete(entry);
        }
    }

    private static List<Path> walk(Path folder) throws IOException {
        try (Stream<Path> entries = Files.walk(folder)) {
            return entries.sorted(Comparator.naturalOrder()).toList();
        }
    }
}
