package dev.heddle.cli;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.heddle.cli.file.TemporaryFolder;
import dev.heddle.models.attention.KvCache;
import dev.heddle.runtime.session.HostTensor;
import dev.heddle.runtime.session.OpsMode;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code heddle bench}: the native kernels against the function bodies of the same file, in turn, in one process. */
@Command(
        name = "bench",
        description = {
            "Time the native kernels and the function bodies of the same file in turn, and in the same rounds",
            "ONNX Runtime's own matrix product and the reading of memory."
        },
        mixinStandardHelpOptions = true)
final class BenchCommand implements Callable<Integer> {

    private static final int PRODUCT = 2048;
    private static final long READ_BYTES = 1L << 25;

    /** What can be measured. */
    enum Subject {
        ATTENTION,
        DECODE
    }

    @Parameters(paramLabel = "SUBJECT", description = "attention (many rows) or decode (few rows at a long past).")
    private Subject subject = Subject.ATTENTION;

    @Option(names = "--rounds", paramLabel = "N", description = "Runs of each form (default: ${DEFAULT-VALUE}).")
    private int rounds = 15;

    @Option(names = "--threads", paramLabel = "N", description = "Threads (default: ${DEFAULT-VALUE}).")
    private int threads = 2;

    @Option(names = "--case", paramLabel = "TEXT", description = "Only cases whose title contains this.")
    private String only = "";

    @Option(names = "--json", paramLabel = "FILE", description = "Write the figures to this file as well.")
    private @Nullable Path json;

    @Spec
    private CommandSpec spec;

    @Override
    public Integer call() throws IOException {
        PrintWriter out = spec.commandLine().getOut();
        ObjectNode report = JsonNodeFactory.instance.objectNode();
        report.put("threads", threads).put("rounds", rounds);
        TextTable table = new TextTable(
                "case", "native ms", "spread", "body ms", "spread", "faster", "of MatMul", "of read", "off");
        try (TemporaryFolder folder = TemporaryFolder.create("heddle-bench");
                MemoryReader reader = new MemoryReader(READ_BYTES, threads);
                BenchSession product = BenchSession.product(
                        PRODUCT, threads, Files.createDirectory(folder.path().resolve("product")))) {
            for (BenchCase measured : cases()) {
                Path place = Files.createDirectory(folder.path().resolve(measured.name()));
                measure(
                        measured,
                        place,
                        product,
                        reader,
                        table,
                        report.withArray("cases").addObject());
            }
        }
        table.alignRight(1, 2, 3, 4, 5, 6, 7, 8).print(out);
        out.println();
        out.println(
                "faster: median of body / median of native; of MatMul: multiply-adds of visible cells per second against those");
        out.println(
                "of ONNX Runtime's MatMul (2048 cubed); of read: time against that of reading keys and values once; off: largest");
        out.println(
                "difference of the two forms as part of the largest value. Spread: distance of the quartiles / median.");
        out.flush();
        if (json != null) {
            new ObjectMapper().writerWithDefaultPrettyPrinter().writeValue(json.toFile(), report);
        }
        return 0;
    }

    private List<BenchCase> cases() {
        return Arrays.stream(BenchCase.values())
                .filter(measured -> (measured.past() > 0) == (subject == Subject.DECODE))
                .filter(measured -> measured.title().contains(only))
                .toList();
    }

    private void measure(
            BenchCase measured,
            Path folder,
            BenchSession product,
            MemoryReader reader,
            TextTable table,
            ObjectNode node)
            throws IOException {
        Samples nativeTimes = new Samples();
        Samples bodyTimes = new Samples();
        Samples productTimes = new Samples();
        Samples readTimes = new Samples();
        double off;
        BenchSession.write(
                BenchGraph.attention(
                        measured.attention(), measured.past() > 0 ? new KvCache.Dynamic() : new KvCache.None()),
                folder);
        try (BenchSession fast = BenchSession.attention(measured, OpsMode.NATIVE, threads, folder);
                BenchSession body = BenchSession.attention(measured, OpsMode.PORTABLE, threads, folder)) {
            off = difference(fast.context(), body.context());
            for (int round = 0; round < rounds; round++) {
                nativeTimes.add(fast.run());
                bodyTimes.add(body.run());
                productTimes.add(product.run());
                readTimes.add(reader.run());
            }
        }
        double keyBytes = 8.0
                * (measured.tokens() + measured.past())
                * measured.attention().heads().keyValue()
                * measured.attention().heads().size();
        double readMillis = readTimes.medianMillis() * keyBytes / reader.bytes();
        double rate = measured.multiplyAdds() / nativeTimes.medianMillis();
        double productRate = Math.pow(PRODUCT, 3) / productTimes.medianMillis();
        node.put("case", measured.title());
        node.put("native_ms", nativeTimes.medianMillis()).put("native_best_ms", nativeTimes.bestMillis());
        node.put("body_ms", bodyTimes.medianMillis()).put("body_best_ms", bodyTimes.bestMillis());
        node.put("faster", bodyTimes.medianMillis() / nativeTimes.medianMillis());
        node.put("of_matmul", rate / productRate).put("of_read", nativeTimes.medianMillis() / readMillis);
        node.put("matmul_gflops", 2 * productRate / 1e6);
        node.put("read_gb_per_s", reader.bytes() / readTimes.medianMillis() / 1e6);
        node.put("off", off);
        table.row(
                measured.title(),
                number("%.2f", nativeTimes.medianMillis()),
                number("%.0f%%", 100 * nativeTimes.spread()),
                number("%.2f", bodyTimes.medianMillis()),
                number("%.0f%%", 100 * bodyTimes.spread()),
                number("%.1fx", bodyTimes.medianMillis() / nativeTimes.medianMillis()),
                number("%.2f", rate / productRate),
                number("%.1fx", nativeTimes.medianMillis() / readMillis),
                number("%.0e", off));
    }

    private static double difference(HostTensor a, HostTensor b) {
        double largest = 0;
        double size = 0;
        for (int i = 0; i < a.elementCount(); i++) {
            largest = Math.max(largest, Math.abs(a.floats().get(i) - b.floats().get(i)));
            size = Math.max(size, Math.abs(b.floats().get(i)));
        }
        return largest / size;
    }

    private static String number(String format, double value) {
        return String.format(Locale.ROOT, format, value);
    }
}
