package dev.heddle.cli;

import dev.heddle.models.family.SourceFiles;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/** Plain copying by the system, as a yardstick for everything that writes files. */
final class FileCopy {

    private FileCopy() {}

    /** Copies the files one after the other, forces each to the disk and removes it, which is not counted. */
    static Rate.Sample of(List<Path> files, Path folder) throws IOException {
        long bytes = 0;
        long nanos = 0;
        long cpuNanos = 0;
        Path copy = folder.resolve("copy");
        for (Path file : files) {
            Rate.Sample sample = Rate.measure(() -> copy(file, copy));
            bytes += sample.bytes();
            nanos += sample.nanos();
            cpuNanos += sample.cpuNanos();
            Files.delete(copy);
        }
        return new Rate.Sample(bytes, nanos, cpuNanos);
    }

    private static long copy(Path file, Path copy) throws IOException {
        try (FileChannel in = FileChannel.open(file, StandardOpenOption.READ);
                FileChannel out = FileChannel.open(copy, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE)) {
            long size = in.size();
            long position = 0;
            while (position < size) {
                position += in.transferTo(position, size - position, out);
            }
            out.force(true);
            return size;
        }
    }

    /** All files of a folder. */
    static List<Path> files(Path folder) throws IOException {
        try (Stream<Path> entries = Files.list(folder)) {
            return entries.filter(Files::isRegularFile).sorted().toList();
        }
    }

    /** The files of weights of a checkpoint. */
    static List<Path> weights(Path source) throws IOException {
        if (Files.isRegularFile(source)) {
            return List.of(source);
        }
        List<Path> weights = new ArrayList<>();
        for (Path folder : SourceFiles.at(source).folders()) {
            if (Files.isDirectory(folder)) {
                files(folder).stream().filter(TargetFolder::holdsWeights).forEach(weights::add);
            }
        }
        return weights;
    }
}
