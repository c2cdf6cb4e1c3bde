package dev.heddle.cli;

import static dev.heddle.cli.BenchRun.number;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.heddle.models.attention.KvCache;
import dev.heddle.runtime.parity.report.TextTable;
import dev.heddle.runtime.session.OpsMode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** Attention cores, both forms in turn, and in the same rounds ONNX Runtime's own matrix product and the reading of memory. */
final class AttentionBench implements BenchSubject {

    private static final int PRODUCT = 2048;
    private static final int BLOCKS = 4; // more than caches hold
    private static final long READ_BYTES = 1L << 25;

    private final BenchCase.Subject subject;

    AttentionBench(BenchCase.Subject subject) {
        this.subject = subject;
    }

    /** Times of one case and of the yardsticks between them. */
    private record Times(Samples fast, Samples body, Samples product, Samples read, double off) {}

    @Override
    public void measure(BenchRun run) throws IOException {
        TextTable table = new TextTable(
                "case", "native ms", "spread", "body ms", "spread", "faster", "of MatMul", "of read", "off");
        try (MemoryRate memory = new MemoryRate(BLOCKS, READ_BYTES, run.threads());
                BenchSession product = BenchSession.product(
                        PRODUCT,
                        run.threads(),
                        Files.createDirectory(run.folder().resolve("product")))) {
            for (BenchCase measured : BenchCase.of(subject, run.only())) {
                Times times = times(measured, run, product, memory);
                print(measured, times, memory, table, run.nextCase(measured.title()));
            }
        }
        table.alignRight(1, 2, 3, 4, 5, 6, 7, 8).print(run.out());
        run.explain(
                "faster: median of body / median of native; of MatMul: multiply-adds of visible cells per second against those",
                "of ONNX Runtime's MatMul (2048 cubed); of read: time against that of reading keys and values once; off: largest",
                "difference of the two forms as part of the largest value. Spread: distance of the quartiles / median.",
                "With a past, the native form has a static cache and the body a dynamic one, which is copied in every step.");
    }

    private static Times times(BenchCase measured, BenchRun run, BenchSession product, MemoryRate memory)
            throws IOException {
        boolean cached = measured.past() > 0;
        KvCache bodyCache = cached ? new KvCache.Dynamic() : new KvCache.None();
        KvCache fastCache = cached ? new KvCache.Static(measured.past() + measured.tokens()) : bodyCache;
        try (BenchSession fast = open(measured, fastCache, OpsMode.NATIVE, run);
                BenchSession body = open(measured, bodyCache, OpsMode.PORTABLE, run)) {
            Times times = new Times(
                    new Samples(),
                    new Samples(),
                    new Samples(),
                    new Samples(),
                    BenchSession.difference(fast, body, "context"));
            for (int round = 0; round < run.rounds(); round++) {
                times.fast().add(fast.run());
                times.body().add(body.run());
                times.product().add(product.run());
                times.read().add(memory.settledRead());
            }
            return times;
        }
    }

    private static BenchSession open(BenchCase measured, KvCache cache, OpsMode ops, BenchRun run) throws IOException {
        Path folder = Files.createDirectory(run.folder().resolve(measured.name() + "-" + ops));
        BenchSession.write(BenchGraph.attention(measured.attention(), cache), folder);
        return BenchSession.attention(measured, cache, ops, run.threads(), folder);
    }

    private static void print(BenchCase measured, Times times, MemoryRate memory, TextTable table, ObjectNode node) {
        double keyBytes = 8.0
                * (measured.tokens() + measured.past())
                * measured.attention().heads().keyValue()
                * measured.attention().heads().size();
        double fast = times.fast().medianMillis();
        double body = times.body().medianMillis();
        double ofRead = fast / (times.read().medianMillis() * keyBytes / memory.bytes());
        double productRate = Math.pow(PRODUCT, 3) / times.product().medianMillis();
        double ofProduct = measured.multiplyAdds() / fast / productRate;
        node.put("native_ms", fast).put("native_best_ms", times.fast().bestMillis());
        node.put("body_ms", body).put("body_best_ms", times.body().bestMillis());
        node.put("faster", body / fast);
        node.put("of_matmul", ofProduct).put("of_read", ofRead);
        node.put("matmul_gflops", 2 * productRate / 1e6);
        node.put("read_gb_per_s", memory.bytes() / times.read().medianMillis() / 1e6);
        node.put("off", times.off());
        table.row(
                measured.title(),
                number("%.2f", fast),
                number("%.0f%%", 100 * times.fast().spread()),
                number("%.2f", body),
                number("%.0f%%", 100 * times.body().spread()),
                number("%.1fx", body / fast),
                number("%.2f", ofProduct),
                number("%.1fx", ofRead),
                number("%.0e", times.off()));
    }
}
