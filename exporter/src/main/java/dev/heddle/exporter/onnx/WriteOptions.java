package dev.heddle.exporter.onnx;

/**
 * How a model is written; what is written depends on the size of the data files alone.
 *
 * @param shardBytes that a data file with more than one weight has at most
 * @param threads that produce and write weights; each needs memory for its blocks
 */
public record WriteOptions(long shardBytes, int threads) {

    /** More threads wait for the disk, and each holds blocks of some ten MiB. */
    private static final int MOST_THREADS = 4;

    public WriteOptions {
        if (shardBytes < 1) {
            throw new IllegalArgumentException("a data file must have at least 1 byte, got " + shardBytes);
        }
        if (threads < 1) {
            throw new IllegalArgumentException("at least 1 thread must write, got " + threads);
        }
    }

    /** One data file; as many threads as the machine has, up to four. */
    public static WriteOptions defaults() {
        return new WriteOptions(
                Long.MAX_VALUE, Math.min(MOST_THREADS, Runtime.getRuntime().availableProcessors()));
    }

    /** The same with data files of this size. */
    public WriteOptions withShardBytes(long bytes) {
        return new WriteOptions(bytes, threads);
    }

    /** The same with this number of threads. */
    public WriteOptions withThreads(int number) {
        return new WriteOptions(shardBytes, number);
    }
}
