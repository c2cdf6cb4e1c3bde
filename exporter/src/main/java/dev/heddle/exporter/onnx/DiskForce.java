package dev.heddle.exporter.onnx;

import java.io.File;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;

/** Has the system write to the disk what it still holds in memory, so that it is there after a loss of power. */
final class DiskForce {

    /** Windows keeps the entries of folders safe by itself, and opens no folder as a file. */
    private static final boolean FOLDERS_ARE_FILES = File.separatorChar == '/';

    private DiskForce() {}

    /** The files of a folder and their names, at any depth. */
    static void contents(Path folder) throws IOException {
        Files.walkFileTree(folder, new SimpleFileVisitor<>() {
            @Override
            public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) throws IOException {
                force(file);
                return FileVisitResult.CONTINUE;
            }

            @Override
            public FileVisitResult postVisitDirectory(Path visited, IOException problem) throws IOException {
                names(visited);
                return FileVisitResult.CONTINUE;
            }
        });
    }

    /** The names in a folder, after one was added, moved or removed. */
    static void names(Path folder) throws IOException {
        if (FOLDERS_ARE_FILES) {
            force(folder);
        }
    }

    private static void force(Path path) throws IOException {
        try (FileChannel channel = FileChannel.open(path, StandardOpenOption.READ)) {
            channel.force(true);
        } catch (IOException e) {
            throw UnwritableFileException.of(path, e);
        }
    }
}
