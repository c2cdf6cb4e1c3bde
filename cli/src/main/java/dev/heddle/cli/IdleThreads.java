package dev.heddle.cli;

/**
 * Threads of other sessions that still look for work. After a run, ONNX Runtime's threads spin for 2^20 pauses, 50 to 70 ms on recent processors, before they sleep; a
 * session that runs meanwhile shares its cores with them and takes up to twice as long.
 */
final class IdleThreads {

    private static final long SPINNING_MILLIS = 150;

    private IdleThreads() {}

    /** Returns when they sleep. */
    static void letSleep() {
        try {
            Thread.sleep(SPINNING_MILLIS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted between two measurements", e);
        }
    }
}
