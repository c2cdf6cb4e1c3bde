package dev.heddle.cli;

import static dev.heddle.cli.BenchRun.number;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.heddle.runtime.parity.report.TextTable;
import dev.heddle.runtime.session.OpsMode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** KVShift alone, both forms in turn, against the rates of copying and reading memory: it does nothing but move rows. */
final class ShiftBench implements BenchSubject {

    private static final int BATCH = 4;
    private static final int TOKENS = 1024;
    private static final int HEADS = 8;
    private static final int SIZE = 128;
    private static final long BYTES = 4L * BATCH * TOKENS * HEADS * SIZE;
    // As the operator, which reads and writes the same memory in each run.
    private static final int BLOCKS = 2;
    private static final String TITLE = "KVShift of 2, [4, 8, 1024, 128]";

    @Override
    public void measure(BenchRun run) throws IOException {
        Path folder = Files.createDirectory(run.folder().resolve("shift"));
        BenchSession.write(BenchGraph.shift(HEADS, SIZE), folder);
        Samples fast = new Samples();
        Samples body = new Samples();
        Samples copy = new Samples();
        Samples read = new Samples();
        double off;
        try (MemoryRate memory = new MemoryRate(BLOCKS, BYTES, run.threads());
                BenchSession kernel =
                        BenchSession.shift(BATCH, HEADS, TOKENS, SIZE, OpsMode.NATIVE, run.threads(), folder);
                BenchSession function =
                        BenchSession.shift(BATCH, HEADS, TOKENS, SIZE, OpsMode.PORTABLE, run.threads(), folder)) {
            off = BenchSession.difference(kernel, function, "y");
            for (int round = 0; round < run.rounds(); round++) {
                fast.add(kernel.run());
                body.add(function.run());
                read.add(memory.settledRead());
                copy.add(memory.copy());
            }
        }
        ObjectNode node = run.nextCase(TITLE);
        TextTable table = new TextTable("what", "ms", "spread", "GB/s", "of copy").alignRight(1, 2, 3, 4);
        row(table, node, "native", TITLE + ", native", fast, 2 * BYTES, copy);
        row(table, node, "body", TITLE + ", body", body, 2 * BYTES, copy);
        row(table, node, "copy", "copying as many bytes", copy, 2 * BYTES, copy);
        row(table, node, "read", "reading half of them", read, BYTES, copy);
        node.put("faster", body.medianMillis() / fast.medianMillis()).put("off", off);
        table.print(run.out());
        run.explain(
                number("The kernel is %.1f times as fast as the body", body.medianMillis() / fast.medianMillis())
                        + number("; they differ by %.0e of the largest value.", off),
                "GB/s: bytes that must be read and written, each once, per second of the median; of copy: that rate against the",
                "one of copying blocks of the same size on as many threads. Spread: distance of the quartiles / median.");
    }

    private static void row(
            TextTable table, ObjectNode node, String key, String what, Samples times, long bytes, Samples copy) {
        double rate = bytes / times.medianMillis() / 1e6;
        double ofCopy = rate / (2 * BYTES / copy.medianMillis() / 1e6);
        node.put(key + "_ms", times.medianMillis()).put(key + "_best_ms", times.bestMillis());
        node.put(key + "_gb_per_s", rate).put(key + "_of_copy", ofCopy);
        table.row(
                what,
                number("%.2f", times.medianMillis()),
                number("%.0f%%", 100 * times.spread()),
                number("%.1f", rate),
                number("%.2f", ofCopy));
    }
}
