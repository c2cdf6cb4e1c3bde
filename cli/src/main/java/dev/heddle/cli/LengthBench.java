package dev.heddle.cli;

import static dev.heddle.cli.BenchRun.number;

import dev.heddle.models.attention.KvCache;
import dev.heddle.runtime.parity.report.TextTable;
import dev.heddle.runtime.session.OpsMode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** What a prompt of twice the length costs in time and memory, native only: a function body stores all scores. */
final class LengthBench implements BenchSubject {

    @Override
    public void measure(BenchRun run) throws IOException {
        TextTable table =
                new TextTable("case", "native ms", "spread", "ratio", "peak", "scores").alignRight(1, 2, 3, 4, 5);
        List<Samples> times = new ArrayList<>();
        List<Long> peaks = new ArrayList<>();
        List<BenchCase> cases = BenchCase.of(BenchCase.Subject.LENGTH, run.only());
        for (BenchCase measured : cases) {
            times.add(new Samples());
            peaks.add(0L);
        }
        List<BenchSession> sessions = new ArrayList<>();
        try {
            for (int i = 0; i < cases.size(); i++) {
                sessions.add(open(cases.get(i), run));
                peaks.set(i, peak(cases.get(i), sessions.get(i)));
            }
            for (int round = 0; round < run.rounds(); round++) {
                for (int i = 0; i < cases.size(); i++) {
                    times.get(i).add(sessions.get(i).run());
                }
            }
        } finally {
            sessions.forEach(BenchSession::close);
        }
        for (int i = 0; i < cases.size(); i++) {
            row(cases.get(i), times.get(i), times.get(0), peaks.get(i), run, table);
        }
        table.print(run.out());
        run.explain(
                "ratio: median against that of the first case; peak: the most memory in RAM during the first run of a session above",
                "what the process had before it, inputs included, less the output (VmHWM after writing 5 to /proc/self/clear_refs);",
                "scores: size of one plane of scores of all heads, of which a function body stores several.");
    }

    private static BenchSession open(BenchCase measured, BenchRun run) throws IOException {
        Path folder = Files.createDirectory(run.folder().resolve(measured.name()));
        BenchSession.write(BenchGraph.attention(measured.attention(), new KvCache.None()), folder);
        return BenchSession.attention(measured, new KvCache.None(), OpsMode.NATIVE, run.threads(), folder);
    }

    /** In the first run, because ONNX Runtime keeps what it has once taken. */
    private static long peak(BenchCase measured, BenchSession session) throws IOException {
        PeakMemory memory = PeakMemory.start();
        session.run();
        return memory.growth() - outputBytes(measured);
    }

    private static long outputBytes(BenchCase measured) {
        return 4L
                * measured.tokens()
                * measured.attention().heads().query()
                * measured.attention().heads().size();
    }

    private static void row(
            BenchCase measured, Samples times, Samples first, long peak, BenchRun run, TextTable table) {
        double ratio = times.medianMillis() / first.medianMillis();
        long scores = 4L * measured.attention().heads().query() * measured.tokens() * measured.tokens();
        run.nextCase(measured.title())
                .put("native_ms", times.medianMillis())
                .put("native_best_ms", times.bestMillis())
                .put("ratio", ratio)
                .put("peak_bytes", peak)
                .put("scores_bytes", scores);
        table.row(
                measured.title(),
                number("%.1f", times.medianMillis()),
                number("%.0f%%", 100 * times.spread()),
                number("%.2fx", ratio),
                Quantity.bytes(peak),
                Quantity.bytes(scores));
    }
}
