package dev.heddle.exporter.onnx;

import java.io.IOException;
import java.io.InterruptedIOException;
import java.nio.ByteBuffer;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/** Writes blocks on a thread of its own, one at a time, while others fill the next ones. */
final class WriteBehind implements AutoCloseable {

    private static final int BLOCK_BYTES = 4 << 20;

    private final int blocks;
    private final AtomicInteger made = new AtomicInteger();
    private final BlockingQueue<ByteBuffer> free;
    private final ExecutorService disk = Executors.newSingleThreadExecutor(work -> new Thread(work, "write-behind"));
    private volatile @Nullable IOException failure;

    /** @param blocks of 4 MiB that may wait for the disk; made when they are needed */
    WriteBehind(int blocks) {
        this.blocks = blocks;
        this.free = new ArrayBlockingQueue<>(blocks);
    }

    /**
     * A block to fill; waits for one. To be given to {@link #write} or back.
     *
     * @throws IOException if an earlier write failed: the same for all
     */
    ByteBuffer take() throws IOException {
        try {
            ByteBuffer block = free.poll();
            if (block == null) {
                block = made.getAndIncrement() < blocks ? make() : free.take();
            }
            if (failure != null) {
                giveBack(block);
                throw failure;
            }
            return block.clear().limit(BLOCK_BYTES);
        } catch (InterruptedException e) {
            throw interrupted();
        }
    }

    private static ByteBuffer make() {
        int alignment = (int) DataLayout.ALIGNMENT;
        return ByteBuffer.allocateDirect(BLOCK_BYTES + alignment).alignedSlice(alignment);
    }

    void giveBack(ByteBuffer block) {
        free.add(block);
    }

    /** Writes a block from its start to its limit, at some time. */
    void write(ByteBuffer block, BlockFile file, long position) {
        disk.execute(() -> {
            try {
                if (failure == null) {
                    file.write(block.rewind(), position);
                }
            } catch (IOException e) {
                failure = e;
            } finally {
                giveBack(block);
            }
        });
    }

    /**
     * Waits until all is written.
     *
     * @throws IOException if something was not
     */
    void finish() throws IOException {
        disk.shutdown();
        try {
            disk.awaitTermination(Long.MAX_VALUE, TimeUnit.NANOSECONDS);
        } catch (InterruptedException e) {
            throw interrupted();
        }
        if (failure != null) {
            throw failure;
        }
    }

    private static IOException interrupted() {
        Thread.currentThread().interrupt();
        return new InterruptedIOException("interrupted while writing weights");
    }

    /** What was not written yet is not; a write that has begun is waited for, since the file is closed next. */
    @Override
    public void close() throws IOException {
        disk.shutdownNow();
        boolean interrupted = Thread.interrupted();
        try {
            disk.awaitTermination(Long.MAX_VALUE, TimeUnit.NANOSECONDS);
        } catch (InterruptedException e) {
            throw interrupted();
        } finally {
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }
}
