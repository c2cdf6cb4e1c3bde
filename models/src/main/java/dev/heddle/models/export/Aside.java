package dev.heddle.models.export;

import java.io.IOException;
import java.io.InterruptedIOException;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;

/** Work that goes on while its starter does other work. Closing it waits for its end, whatever became of it. */
final class Aside implements AutoCloseable {

    /** Work that may fail. */
    @FunctionalInterface
    interface Work {
        void run() throws IOException;
    }

    private final FutureTask<Void> task;
    private final Thread thread;

    private Aside(Callable<Void> work) {
        task = new FutureTask<>(work);
        thread = new Thread(task, "aside");
    }

    static Aside start(Work work) {
        Aside aside = new Aside(() -> {
            work.run();
            return null;
        });
        aside.thread.start();
        return aside;
    }

    /** Waits for the end; throws what the work threw. */
    void finish() throws IOException {
        try {
            task.get();
        } catch (InterruptedException e) {
            throw interrupted();
        } catch (ExecutionException e) {
            throw rethrown(e);
        }
    }

    private static IOException rethrown(ExecutionException wrapped) {
        Throwable cause = wrapped.getCause();
        if (cause instanceof Error error) {
            throw error;
        }
        if (cause instanceof RuntimeException failure) {
            throw failure;
        }
        return cause instanceof IOException failure ? failure : new IOException(cause);
    }

    private static IOException interrupted() {
        Thread.currentThread().interrupt();
        return new InterruptedIOException("interrupted while writing");
    }

    /** Work that is not finished is interrupted. */
    @Override
    public void close() throws IOException {
        if (!task.isDone()) {
            thread.interrupt();
        }
        try {
            thread.join();
        } catch (InterruptedException e) {
            throw interrupted();
        }
    }
}
