package dev.heddle.runtime.session;

import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession;
import dev.heddle.runtime.RuntimeFailure;
import java.util.ArrayList;
import java.util.List;

/**
 * Lets one thread end the runs of another.
 *
 * <p>A run in flight stops before its next operator, and each later run with the same object stops at once; both throw
 * {@link java.util.concurrent.CancellationException}. Cannot be undone. Thread-safe.
 */
public final class Cancellation {
    private final List<OrtSession.RunOptions> runs = new ArrayList<>();
    private volatile boolean cancelled;

    public synchronized void cancel() {
        cancelled = true;
        for (OrtSession.RunOptions run : runs) {
            terminate(run);
        }
    }

    public boolean isCancelled() {
        return cancelled;
    }

    /** Number of runs that a {@link #cancel()} would end now. */
    synchronized int runsInFlight() {
        return runs.size();
    }

    synchronized void attach(OrtSession.RunOptions run) {
        runs.add(run);
        if (cancelled) {
            terminate(run);
        }
    }

    /** After this the options may be closed: nobody touches them any more. */
    synchronized void detach(OrtSession.RunOptions run) {
        runs.remove(run);
    }

    private static void terminate(OrtSession.RunOptions run) {
        try {
            run.setTerminate(true);
        } catch (OrtException e) {
            throw new RuntimeFailure("cancelling a run", e);
        }
    }
}
