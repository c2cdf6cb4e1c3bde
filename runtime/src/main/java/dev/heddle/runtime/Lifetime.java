package dev.heddle.runtime;

import java.util.concurrent.locks.ReentrantReadWriteLock;

/**
 * Lets many threads use a native object while exactly one close happens, after the last of them.
 *
 * <p>Each use is a pair {@link #enter()}, {@link #exit()} in one thread; {@link #close(Runnable)} waits for the uses
 * in flight and refuses later ones. Without it a call after close would reach freed native memory and end the JVM.
 * Thread-safe.
 */
public final class Lifetime {
    private final ReentrantReadWriteLock lock = new ReentrantReadWriteLock();
    private final String what;
    private boolean closed;

    /** @param what the object in words, as in "model session out/model.onnx" */
    public Lifetime(String what) {
        this.what = what;
    }

    /**
     * Starts a use; the caller ends it with {@link #exit()} in a finally block.
     *
     * @throws IllegalStateException if the object is closed
     */
    public void enter() {
        lock.readLock().lock();
        if (closed) {
            lock.readLock().unlock();
            throw new IllegalStateException(what + " is closed");
        }
    }

    public void exit() {
        lock.readLock().unlock();
    }

    /** Waits for the uses in flight, then runs {@code release}; later calls do nothing. */
    public void close(Runnable release) {
        lock.writeLock().lock();
        try {
            if (!closed) {
                closed = true;
                release.run();
            }
        } finally {
            lock.writeLock().unlock();
        }
    }
}
