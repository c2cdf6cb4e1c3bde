package dev.heddle.cli;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/** Reads blocks of memory with several threads, each block far larger than the caches: the yardstick for decoding. */
final class MemoryReader implements AutoCloseable {

    private static final int BLOCKS = 4;

    private final ExecutorService pool;
    private final int threads;
    private final long[][] blocks;
    private int next;
    private long sum;

    MemoryReader(long bytes, int threads) {
        this.threads = threads;
        this.pool = Executors.newFixedThreadPool(threads);
        this.blocks = new long[BLOCKS][(int) (bytes / Long.BYTES)];
        for (long[] block : blocks) {
            java.util.Arrays.setAll(block, i -> i);
        }
    }

    long bytes() {
        return (long) blocks[0].length * Long.BYTES;
    }

    /** Reads one block; returns the nanoseconds. */
    long run() {
        long[] block = blocks[next++ % BLOCKS];
        long start = System.nanoTime();
        List<Future<Long>> parts = new ArrayList<>();
        for (int part = 0; part < threads; part++) {
            int from = (int) ((long) block.length * part / threads);
            int to = (int) ((long) block.length * (part + 1) / threads);
            parts.add(pool.submit(() -> sum(block, from, to)));
        }
        for (Future<Long> part : parts) {
            try {
                sum += part.get();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new IllegalStateException("interrupted while reading memory", e);
            } catch (ExecutionException e) {
                throw new IllegalStateException("reading memory cannot fail", e);
            }
        }
        return System.nanoTime() - start;
    }

    private static long sum(long[] block, int from, int to) {
        long sum = 0;
        for (int i = from; i < to; i++) {
            sum += block[i];
        }
        return sum;
    }

    @Override
    public void close() {
        pool.shutdown();
    }
}
