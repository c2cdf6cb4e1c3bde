package dev.heddle.exporter.onnx;

import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.OptionalLong;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Names of the hidden neighbours of a target: what they are for, and the process they belong to by its number and start. The start tells a process from a
 * later one of the same number, which in a container is nearly always 1.
 */
record StagingNames(String prefix) {

    private static final Pattern OWNER = Pattern.compile("-(\\d{1,18})(?:-(\\d{1,18}))?$");

    /** Two processes may compute the start of a third with a second of difference. */
    private static final long SAME_START_MILLIS = Duration.ofSeconds(2).toMillis();

    static StagingNames of(Path target) {
        return new StagingNames("." + target.getFileName() + ".heddle-");
    }

    /** Of the folder that is being written. */
    String written() {
        return prefix + "new-" + owner();
    }

    /** Of the older folder while the new one takes its place. */
    String retired() {
        return prefix + "old-" + owner();
    }

    /** Of a folder on its way out, so that nothing is added to it any more. */
    String discarded() {
        return prefix + "gone-" + owner();
    }

    boolean isRetired(Path path) {
        return path.getFileName().toString().startsWith(prefix + "old-");
    }

    /** True for what belongs to the target and to a process that is not running any more. */
    boolean isLeftover(Path path) {
        String name = path.getFileName().toString();
        Matcher owner = OWNER.matcher(name);
        return name.startsWith(prefix) && owner.find() && !isAlive(Long.parseLong(owner.group(1)), owner.group(2));
    }

    private static boolean isAlive(long process, String start) {
        return ProcessHandle.of(process)
                .map(handle -> start == null || isStart(handle, Long.parseLong(start)))
                .orElse(false);
    }

    private static boolean isStart(ProcessHandle process, long millis) {
        OptionalLong start = start(process);
        return start.isEmpty() || Math.abs(start.getAsLong() - millis) <= SAME_START_MILLIS;
    }

    private static OptionalLong start(ProcessHandle process) {
        return process.info().startInstant().stream()
                .mapToLong(Instant::toEpochMilli)
                .findFirst();
    }

    private static String owner() {
        ProcessHandle current = ProcessHandle.current();
        OptionalLong start = start(current);
        return current.pid() + (start.isPresent() ? "-" + start.getAsLong() : "");
    }
}
