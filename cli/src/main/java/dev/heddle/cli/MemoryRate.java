package dev.heddle.cli;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/** Reads and copies blocks of memory with several threads: the yardstick for work that is bound by memory. */
final class MemoryRate implements AutoCloseable {

    private final ExecutorService pool;
    private final int threads;
    private final long[][] blocks;
    private int next;
    private long sum;

    /** @param count of the blocks that are used by turns, at least 2 */
    MemoryRate(int count, long bytes, int threads) {
        this.threads = threads;
        this.pool = Executors.newFixedThreadPool(threads);
        this.blocks = new long[count][(int) (bytes / Long.BYTES)];
        for (long[] block : blocks) {
            Arrays.setAll(block, i -> i);
        }
    }

    long bytes() {
        return (long) blocks[0].length * Long.BYTES;
    }

    /** Reads as many bytes as a block has, half of each of two that are equal; returns the nanoseconds. The JVM compares at the rate of memory, it adds up at half of it. */
    long read() {
        long[] one = nextBlock();
        long[] other = nextBlock();
        return inParts(one.length / 2, (from, to) -> Arrays.mismatch(one, from, to, other, from, to));
    }

    /** As {@link #read}, once threads of ONNX Runtime sleep and a few reads have gone before. */
    long settledRead() {
        IdleThreads.letSleep();
        for (int i = 0; i < blocks.length; i++) {
            read();
        }
        return read();
    }

    /** Copies one block to another; returns the nanoseconds. */
    long copy() {
        long[] source = nextBlock();
        long[] target = nextBlock();
        return inParts(source.length, (from, to) -> {
            System.arraycopy(source, from, target, from, to - from);
            return target[from];
        });
    }

    private long[] nextBlock() {
        return blocks[next++ % blocks.length];
    }

    /** Work on the elements [from, to); its result only keeps the JVM from leaving it out. */
    private interface Part {
        long work(int from, int to);
    }

    private long inParts(int length, Part work) {
        long start = System.nanoTime();
        List<Future<Long>> parts = new ArrayList<>();
        for (int part = 0; part < threads; part++) {
            int from = (int) ((long) length * part / threads);
            int to = (int) ((long) length * (part + 1) / threads);
            parts.add(pool.submit(() -> work.work(from, to)));
        }
        for (Future<Long> part : parts) {
            try {
                sum += part.get();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new IllegalStateException("interrupted while measuring memory", e);
            } catch (ExecutionException e) {
                throw new IllegalStateException("reading and copying memory cannot fail", e);
            }
        }
        return System.nanoTime() - start;
    }

    @Override
    public void close() {
        pool.shutdown();
    }
}
