package dev.heddle.exporter.onnx;

import java.io.IOException;
import java.io.InterruptedIOException;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Writes the data files of a model: several threads, each weight at its place, so that the bytes do not depend on who is first. The largest weight
 * is begun first, so that no thread is left with it at the end, and after a failure no other is begun: of several broken weights it is always the same one that is
 * reported.
 */
final class DataFileWriter {

    private final Path folder;
    private final DataLayout layout;
    private final int threads;
    private final ModelWriter.WriteListener listener;
    private final AtomicInteger firstFailed = new AtomicInteger(Integer.MAX_VALUE);

    /** @param listener told by one thread at a time */
    DataFileWriter(Path folder, DataLayout layout, int threads, ModelWriter.WriteListener listener) {
        this.folder = folder;
        this.layout = layout;
        this.threads = threads;
        this.listener = listener;
    }

    /**
     * @throws UnwritableFileException if a file cannot be written to its end
     * @throws IOException if a file exists or cannot be made, or a weight cannot be read
     */
    void write() throws IOException {
        List<FileChannel> files = new ArrayList<>();
        try {
            for (int file = 0; file < layout.ends().size(); file++) {
                files.add(open(path(file)));
            }
            writeAll(files);
            for (int file = 0; file < files.size(); file++) {
                force(files.get(file), path(file));
            }
        } finally {
            for (FileChannel file : files) {
                file.close();
            }
        }
    }

    private Path path(int file) {
        return folder.resolve(layout.fileName(file));
    }

    private static FileChannel open(Path path) throws IOException {
        try {
            return FileChannel.open(path, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE);
        } catch (IOException e) {
            throw UnwritableFileException.of(path, e);
        }
    }

    private static void force(FileChannel file, Path path) throws IOException {
        try {
            file.force(true);
        } catch (IOException e) {
            throw UnwritableFileException.of(path, e);
        }
    }

    private void writeAll(List<FileChannel> files) throws IOException {
        ExecutorService pool =
                Executors.newFixedThreadPool(Math.min(threads, layout.places().size()));
        try {
            List<Future<?>> begun = new ArrayList<>();
            for (DataLayout.Place place : largestFirst()) {
                int number = begun.size();
                begun.add(pool.submit(() -> {
                    writeUnlessFailed(number, place, files.get(place.file()));
                    return place;
                }));
            }
            await(begun);
        } finally {
            pool.shutdownNow();
        }
    }

    /** Of the same size: in the model's order. */
    private List<DataLayout.Place> largestFirst() {
        return layout.places().stream()
                .sorted(Comparator.comparingLong((DataLayout.Place place) ->
                                place.weight().data().byteCount())
                        .reversed())
                .toList();
    }

    /** A weight before the first that failed is written all the same: it may fail as well, and would then be the one to tell of. */
    private void writeUnlessFailed(int number, DataLayout.Place place, FileChannel file) throws IOException {
        if (number > firstFailed.get()) {
            return;
        }
        boolean complete = false;
        try {
            write(place, file);
            complete = true;
        } finally {
            if (!complete) {
                firstFailed.accumulateAndGet(number, Math::min);
            }
        }
    }

    private void write(DataLayout.Place place, FileChannel file) throws IOException {
        PlacedChannel out =
                new PlacedChannel(file, path(place.file()), place.offset(), place.end(), bytes -> told(place, bytes));
        place.weight().data().writeTo(out);
        if (out.position() != place.end()) {
            throw new IllegalStateException("weight " + place.weight().name() + " must have "
                    + place.weight().data().byteCount() + " bytes, it wrote " + (out.position() - place.offset()));
        }
        if (place.end() < layout.ends().get(place.file())) {
            out.pad(DataLayout.aligned(place.end()));
        }
    }

    private void told(DataLayout.Place place, long bytes) {
        synchronized (listener) {
            listener.written(place.weight().name(), bytes);
        }
    }

    /** The failure of the weight that was begun first of those that have one, as it was thrown. */
    private void await(List<Future<?>> begun) throws IOException {
        for (Future<?> weight : begun) {
            try {
                weight.get();
            } catch (InterruptedException e) {
                firstFailed.set(-1);
                Thread.currentThread().interrupt();
                throw new InterruptedIOException("interrupted while writing weights");
            } catch (ExecutionException e) {
                throw rethrown(Objects.requireNonNull(e.getCause()));
            }
        }
    }

    private static IOException rethrown(Throwable cause) {
        if (cause instanceof Error error) {
            throw error;
        }
        if (cause instanceof RuntimeException failure) {
            throw failure;
        }
        return (IOException) cause;
    }
}
