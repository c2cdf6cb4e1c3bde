package dev.heddle.exporter.onnx;

import dev.heddle.exporter.graph.TensorPieces;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;

/**
 * Writes the data files of a model: several threads, each piece of a weight at its place, so that the bytes do not depend on who is first. The largest weight is begun
 * first.
 */
final class DataFileWriter {

    /** Of a thread: a turned matrix comes to the disk in bursts of eight. */
    private static final int BLOCKS = 8;

    private final Path folder;
    private final DataLayout layout;
    private final int threads;
    private final ModelWriter.WriteListener listener;

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
        List<BlockFile> files = new ArrayList<>();
        try {
            for (int file = 0; file < layout.ends().size(); file++) {
                files.add(BlockFile.create(folder.resolve(layout.fileName(file))));
            }
            try (WriteBehind disk = new WriteBehind(threads * BLOCKS)) {
                writeAll(disk, files);
                disk.finish();
            }
            for (int file = 0; file < files.size(); file++) {
                files.get(file).complete(layout.ends().get(file));
            }
        } finally {
            for (BlockFile file : files) {
                file.close();
            }
        }
    }

    private void writeAll(WriteBehind disk, List<BlockFile> files) throws IOException {
        WeightTasks tasks = new WeightTasks(largestFirst().stream()
                .map(place -> pieces(place, disk, files.get(place.file())))
                .toList());
        ExecutorService pool = Executors.newFixedThreadPool(threads);
        try {
            List<Future<?>> working = new ArrayList<>();
            for (int thread = 0; thread < threads; thread++) {
                working.add(pool.submit(tasks::work));
            }
            for (Future<?> thread : working) {
                thread.get();
            }
            tasks.requireDone();
        } catch (InterruptedException e) {
            tasks.stop();
            Thread.currentThread().interrupt();
            throw new InterruptedIOException("interrupted while writing weights");
        } catch (ExecutionException e) {
            throw rethrown(Objects.requireNonNull(e.getCause()));
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

    /** The last one to be done finishes the weight. */
    private List<Callable<Void>> pieces(DataLayout.Place place, WriteBehind disk, BlockFile file) {
        TensorPieces pieces = place.weight().data().pieces();
        AtomicInteger left = new AtomicInteger(pieces.count());
        return IntStream.range(0, pieces.count())
                .mapToObj(piece -> (Callable<Void>) () -> {
                    write(place, pieces, piece, disk, file);
                    if (left.decrementAndGet() == 0) {
                        pieces.finish();
                    }
                    return null;
                })
                .toList();
    }

    private void write(DataLayout.Place place, TensorPieces pieces, int piece, WriteBehind disk, BlockFile file)
            throws IOException {
        long start = place.offset() + pieces.offset(piece);
        long end = place.offset() + pieces.offset(piece + 1);
        try (PlacedChannel out = new PlacedChannel(disk, file, start, end, bytes -> told(place, bytes))) {
            pieces.write(piece, out);
            if (out.position() != end) {
                throw new IllegalStateException("weight " + place.weight().name() + " must have " + (end - start)
                        + " bytes, it wrote " + (out.position() - start));
            }
            out.finish();
        }
    }

    private void told(DataLayout.Place place, long bytes) {
        synchronized (listener) {
            listener.written(place.weight().name(), bytes);
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
