package dev.heddle.cli;

import static dev.heddle.cli.BenchRun.number;

import dev.heddle.cli.file.TemporaryFolder;
import dev.heddle.exporter.onnx.StagedFolder;
import dev.heddle.models.export.ModelExport;
import dev.heddle.models.family.SourceModel;
import dev.heddle.runtime.parity.report.TextTable;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.function.Supplier;

/** Exports a source and copies files of the same kind in turn, both down to the disk: what exporting costs beyond copying. */
final class ExportBench implements BenchSubject {

    /** Of the rate of copying: what an export must reach. */
    static final double FLOOR = 0.7;

    private final String source;
    private final Supplier<SourceModel> opener;
    private final ModelExport export;

    /**
     * @param source as it was given
     * @param opener opens it anew for each round
     */
    ExportBench(String source, Supplier<SourceModel> opener, ModelExport export) {
        this.source = source;
        this.opener = opener;
        this.export = export;
    }

    @Override
    public void measure(BenchRun run) throws IOException {
        Rate exporting = new Rate();
        Rate copying = new Rate();
        MemoryPeak peak = MemoryPeak.start();
        try {
            for (int round = 0; round < run.rounds(); round++) {
                try (TemporaryFolder folder = TemporaryFolder.in(run.folder(), "round")) {
                    Path target = folder.path().resolve("model");
                    exporting.add(export(target));
                    copying.add(FileCopy.of(copied(target), folder.path()));
                }
            }
        } finally {
            peak.close();
        }
        report(exporting, copying, peak, run);
    }

    private List<Path> copied(Path target) throws IOException {
        return PresetOptions.isPreset(source) ? FileCopy.files(target) : FileCopy.weights(Path.of(source));
    }

    private Rate.Sample export(Path target) throws IOException {
        return Rate.measure(() -> {
            try (SourceModel model = opener.get()) {
                export.write(model, target, StagedFolder.Existing.REFUSE, ModelExport.Listener.silent());
            }
            return ModelFolderSize.of(target);
        });
    }

    private void report(Rate exporting, Rate copying, MemoryPeak peak, BenchRun run) {
        double ratio = exporting.megabytesPerSecond() / copying.megabytesPerSecond();
        long heapLimit = Runtime.getRuntime().maxMemory();
        run.nextCase(source)
                .put("bytes", exporting.bytes())
                .put("export_s", exporting.seconds())
                .put("export_mb_per_s", exporting.megabytesPerSecond())
                .put("export_cpu_s", exporting.cpuSeconds())
                .put("copied_bytes", copying.bytes())
                .put("copy_s", copying.seconds())
                .put("copy_mb_per_s", copying.megabytesPerSecond())
                .put("copy_cpu_s", copying.cpuSeconds())
                .put("ratio", ratio)
                .put("floor", FLOOR)
                .put("dtype", export.options().dtype().onnxName())
                .put("threads", export.files().threads())
                .put("heap_limit_bytes", heapLimit)
                .put("peak_heap_bytes", peak.heapBytes())
                .put("peak_anonymous_bytes", peak.anonymousBytes());
        new TextTable(
                        "source",
                        "bytes",
                        "export s",
                        "CPU s",
                        "MB/s",
                        "copied",
                        "copy s",
                        "CPU s",
                        "MB/s",
                        "ratio",
                        "heap",
                        "of",
                        "RSS")
                .alignRight(1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12)
                .row(
                        source,
                        Quantity.bytes(exporting.bytes()),
                        number("%.2f", exporting.seconds()),
                        number("%.2f", exporting.cpuSeconds()),
                        number("%.0f", exporting.megabytesPerSecond()),
                        Quantity.bytes(copying.bytes()),
                        number("%.2f", copying.seconds()),
                        number("%.2f", copying.cpuSeconds()),
                        number("%.0f", copying.megabytesPerSecond()),
                        number("%.0f%%", 100 * ratio),
                        Quantity.bytes(peak.heapBytes()),
                        Quantity.bytes(heapLimit),
                        Quantity.bytes(peak.anonymousBytes()))
                .print(run.out());
        run.explain(
                "export and copy in turn, medians, each forced to the disk; CPU: of all threads of the process; copied: the checkpoint's files of weights, or the model's for a preset,",
                "one after the other, each removed before the next; ratio: rate of the export against that of the copy, to be at least 70%;",
                "heap: most in use, of what was allowed; RSS: most anonymous memory of the process (RssAnon), so without pages of files;",
                "both read every " + MemoryPeak.INTERVAL_MILLIS + " ms.");
    }
}
