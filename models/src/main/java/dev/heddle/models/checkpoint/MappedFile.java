package dev.heddle.models.checkpoint;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.MappedByteBuffer;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.FileChannel;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.concurrent.atomic.AtomicReferenceArray;

/**
 * A file of any size as read-only memory. A buffer is limited to 2 GiB, so it is mapped in windows, each on first use.
 * Window {@code i} starts at {@code i * step} and reaches over the next one, so every range of at most {@code step}
 * bytes lies in a single window.
 *
 * <p>Thread-safe. Buffers handed out stay readable after {@link #close}; the memory goes back when the last of them is
 * collected.
 */
final class MappedFile implements AutoCloseable {

    private static final long STEP = 1L << 30;

    private final String name;
    private final FileChannel channel;
    private final long size;
    private final long step;
    private final AtomicReferenceArray<MappedByteBuffer> windows;
    private volatile boolean closed;

    private MappedFile(String name, FileChannel channel, long size, long step) {
        this.name = name;
        this.channel = channel;
        this.size = size;
        this.step = step;
        this.windows = new AtomicReferenceArray<>(Math.toIntExact(size / step + 1));
    }

    static MappedFile open(Path path) {
        return open(path, STEP);
    }

    static MappedFile open(Path path, long step) {
        String name = path.getFileName().toString();
        try {
            FileChannel channel = FileChannel.open(path, StandardOpenOption.READ);
            return new MappedFile(name, channel, channel.size(), step);
        } catch (NoSuchFileException e) {
            throw new ModelFormatException(name + ": expected a file, found none; download it again", e);
        } catch (IOException e) {
            throw new ModelFormatException(name + ": cannot be opened: " + e.getMessage(), e);
        }
    }

    /** File name without folder, for messages. */
    String name() {
        return name;
    }

    long size() {
        return size;
    }

    /**
     * Bytes {@code start} to {@code start + bytes}, read-only and little endian.
     *
     * @throws IllegalStateException after {@link #close}
     */
    ByteBuffer read(long start, int bytes) {
        requireOpen();
        if (bytes == 0) {
            return ByteBuffer.allocate(0).asReadOnlyBuffer().order(ByteOrder.LITTLE_ENDIAN);
        }
        long inWindow = start % step;
        ByteBuffer slice = inWindow + bytes <= windowBytes(start / step)
                ? window(start / step).slice((int) inWindow, bytes)
                : map(start, bytes);
        return slice.order(ByteOrder.LITTLE_ENDIAN);
    }

    /** Appends one element of {@code width} bytes to {@code target} without creating a buffer. */
    void copy(long start, int width, ByteBuffer target) {
        requireOpen();
        target.put(target.position(), window(start / step), (int) (start % step), width);
        target.position(target.position() + width);
    }

    private MappedByteBuffer window(long number) {
        int index = (int) number;
        MappedByteBuffer window = windows.get(index);
        if (window == null) {
            // Two threads may map the same window; both maps show the same bytes and one is dropped.
            window = map(number * step, windowBytes(number));
            windows.set(index, window);
        }
        return window;
    }

    private long windowBytes(long number) {
        return Math.min(Math.min(2 * step, Integer.MAX_VALUE), size - number * step);
    }

    private MappedByteBuffer map(long start, long bytes) {
        try {
            return channel.map(FileChannel.MapMode.READ_ONLY, start, bytes);
        } catch (ClosedChannelException e) {
            throw new IllegalStateException(name + ": the checkpoint is closed", e);
        } catch (IOException e) {
            throw new ModelFormatException(name + ": cannot be mapped at byte " + start + ": " + e.getMessage(), e);
        }
    }

    private void requireOpen() {
        if (closed) {
            throw new IllegalStateException(name + ": the checkpoint is closed");
        }
    }

    @Override
    public void close() {
        closed = true;
        for (int i = 0; i < windows.length(); i++) {
            windows.set(i, null);
        }
        try {
            channel.close();
        } catch (IOException e) {
            throw new UncheckedIOException(name + ": cannot be closed", e);
        }
    }
}
